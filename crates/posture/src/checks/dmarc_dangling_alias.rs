//! A policy that somebody else is to keep, and nobody does.

use mailauth::dns::Absent;

use crate::{Check, Finding, Reference, Severity, evidence::DomainEvidence};

/// The declaration.
pub static CHECK: Check = Check {
    id: "dmarc-dangling-alias",
    severity: Severity::High,
    title: "The DMARC record is an alias that leads nowhere",
    meaning: "The name where the DMARC policy stands is an alias of a name at another organisation, which is to keep the policy. That name does \
              not exist, or has no text.",
    risk: "There is no policy, and anybody can send mail in the domain's name. Where nobody has registered the domain the alias leads to, \
           whoever registers it writes the policy and is sent the reports.",
    advice: "Delete the alias and publish a record of your own, or have the organisation put its name back.",
    references: &[
        Reference { title: "RFC 9989 section 4.10", url: "https://www.rfc-editor.org/rfc/rfc9989.html#section-4.10" },
        Reference { title: "RFC 1034 section 3.6.2", url: "https://www.rfc-editor.org/rfc/rfc1034.html#section-3.6.2" },
    ],
    baseline: &["MS.EXO.4.1v1"],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let (own, Some(alias)) = (&evidence.dmarc.own, &evidence.dmarc.alias) else { return };
    let words = match &own.found {
        Err(Absent::NoSuchName) => "does not exist",
        Err(Absent::NoData) => "has no text",
        Ok(_) | Err(Absent::Trouble(_)) => return,
    };
    let finding = check.found(&evidence.domain).seen(format!("{} CNAME", own.name), format!("{}.", alias.target));
    let finding = finding.seen(format!("{} TXT", alias.target), words);
    found.push(match &alias.unregistered {
        Some(domain) => {
            finding.matters(Severity::Critical).seen(domain.clone(), "nobody has registered this domain: anybody can")
        }
        None => finding,
    });
}
