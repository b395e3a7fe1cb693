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
    risk: "There is no policy, and anybody can send mail in the domain's name.",
    advice: "Delete the alias and publish a record of your own, or have the organisation put its name back.",
    references: &[
        Reference { title: "RFC 9989 section 4.10", url: "https://www.rfc-editor.org/rfc/rfc9989.html#section-4.10" },
        Reference { title: "RFC 1034 section 3.6.2", url: "https://www.rfc-editor.org/rfc/rfc1034.html#section-3.6.2" },
    ],
    baseline: &["MS.EXO.4.1v1"],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let own = &evidence.dmarc.own;
    // Where anybody can register what the alias leads to, that is worse, and another check's.
    let alias = evidence.alias_at(&own.name).filter(|alias| alias.unregistered.is_none());
    let Some(target) = alias.and_then(|alias| alias.targets.last()) else { return };
    let words = match &own.found {
        Err(Absent::NoSuchName) => "does not exist",
        Err(Absent::NoData) => "has no text",
        Ok(_) | Err(Absent::Trouble(_)) => return,
    };
    let finding = check.found(&evidence.domain).seen(format!("{} CNAME", own.name), format!("{target}."));
    found.push(finding.seen(format!("{target} TXT"), words));
}
