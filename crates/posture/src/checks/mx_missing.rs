//! A domain that sends mail and cannot get any.

use mailauth::dns::Absent;

use crate::{Check, Finding, Reference, Severity, evidence::DomainEvidence};

/// The declaration.
pub static CHECK: Check = Check {
    id: "mx-missing",
    severity: Severity::Medium,
    title: "No mail exchanger",
    meaning: "The DNS names no server that takes mail for the domain.",
    risk: "Replies, and notices that a message could not be delivered, go to the web server or nowhere. Some receivers \
              refuse mail from a domain that cannot be answered.",
    advice: "Publish the mail exchanger. If the domain neither sends nor takes mail, say so: then the records of a domain \
              without mail are the right ones.",
    references: &[Reference { title: "RFC 5321 section 5.1", url: "https://www.rfc-editor.org/rfc/rfc5321.html#section-5.1" }],
    baseline: &[],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let Err(why @ (Absent::NoData | Absent::NoSuchName)) = &evidence.mx.records else { return };
    if evidence.sends_nothing() {
        return;
    }
    let finding = check.found(&evidence.domain).seen(format!("{} MX", evidence.domain), why.to_string());
    let finding = match &evidence.mx.own_addresses {
        Ok(addresses) => {
            let list: Vec<String> = addresses.iter().map(ToString::to_string).collect();
            finding
                .matters(Severity::Low)
                .seen(format!("{} A, AAAA", evidence.domain), format!("{}: mail goes there", list.join(", ")))
        }
        Err(_) => finding,
    };
    found.push(finding.for_purpose(evidence));
}
