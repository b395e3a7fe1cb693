//! A mail exchanger that is an alias.

use crate::{Check, Finding, Reference, Severity, evidence::DomainEvidence};

/// The declaration.
pub static CHECK: Check = Check {
    id: "mx-alias",
    severity: Severity::Low,
    title: "A mail exchanger is an alias",
    meaning: "The record that says where mail goes has to name a server. Here it names an alias, a name that stands for another name, which the \
              standards forbid.",
    risk: "Most senders follow the alias. Some do not, and mail from them does not arrive.",
    advice: "Put the name of the server itself into the record.",
    references: &[
        Reference { title: "RFC 2181 section 10.3", url: "https://www.rfc-editor.org/rfc/rfc2181.html#section-10.3" },
        Reference { title: "RFC 5321 section 5.1", url: "https://www.rfc-editor.org/rfc/rfc5321.html#section-5.1" },
    ],
    baseline: &[],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    for mx in evidence.mx.hosts() {
        let Some(target) = &mx.alias else { continue };
        let finding =
            check.found(&evidence.domain).seen(format!("{} MX", evidence.domain), format!("{} {}.", mx.preference, mx.host));
        let finding = finding.seen(format!("{} CNAME", mx.host), format!("{target}."));
        let instead = vec![format!("{} {}.", mx.preference, mx.host)];
        found.push(finding.publish(evidence.domain.clone(), "MX", format!("{} {target}.", mx.preference), &instead));
    }
}
