//! Reports that are not sent, or go to whoever registers a domain.

use crate::{
    Check, Finding, Reference, Severity,
    evidence::{DomainEvidence, dmarc::Delivery},
};

/// The declaration.
pub static CHECK: Check = Check {
    id: "dmarc-report-authorisation",
    severity: Severity::Medium,
    title: "DMARC reports do not arrive",
    meaning: "The record asks for reports at an address that does not get them. A domain of another organisation has to say in the DNS that it \
              wants them, or nobody sends any; and mail must be able to reach the address.",
    risk: "The owner believes that forgery is reported, and hears nothing. If the domain is registered by nobody, whoever \
              registers it gets the reports.",
    advice: "Have the receiving domain publish the record below, or name an address that can be reached. Services that read \
              reports publish it when the domain is entered with them.",
    references: &[
        Reference { title: "RFC 9990 section 4", url: "https://www.rfc-editor.org/rfc/rfc9990.html#section-4" },
        Reference { title: "RFC 9991 section 5", url: "https://www.rfc-editor.org/rfc/rfc9991.html#section-5" },
    ],
    baseline: &[],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let own = evidence.dmarc.receivers.iter().filter(|receiver| receiver.policy_domain == evidence.domain);
    for receiver in own {
        let Some(host) = &receiver.host else { continue };
        let finding = check
            .found(&evidence.domain)
            .seen(format!("{} TXT", evidence.dmarc.own.name), format!("{}={}", receiver.tag, receiver.address));
        let finding = match &receiver.delivery {
            Delivery::Unregistered(domain) => {
                finding.matters(Severity::High).seen(host.clone(), format!("does not exist: nobody has registered {domain}"))
            }
            Delivery::Impossible(why) => finding.seen(host.clone(), format!("cannot be reached by mail: {why}")),
            Delivery::Possible | Delivery::Unknown => match (&receiver.consent, receiver.consents()) {
                (Some(consent), Some(false)) => {
                    let finding = finding.seen(format!("{} TXT", consent.name), "no record that begins with v=DMARC1");
                    finding.publish(consent.name.clone(), "TXT", "v=DMARC1", &[])
                }
                _ => continue,
            },
        };
        found.push(finding);
    }
}
