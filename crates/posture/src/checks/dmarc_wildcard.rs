//! A policy for every name that nobody has made.

use mailauth::dmarc::Policy;

use crate::{Check, Finding, Reference, Severity, evidence::DomainEvidence};

/// The declaration.
pub static CHECK: Check = Check {
    id: "dmarc-wildcard",
    severity: Severity::Low,
    title: "A wildcard answers with a DMARC policy",
    meaning: "A TXT record with an asterisk as its name answers for every name that does not exist, also for the names where \
              policies are looked for. Each of these names then has a policy of its own, and the policy that the domain has \
              for sub-domains does not count.",
    risk: "Who changes the domain's policy does not change that of the names below it. A name gets or loses a policy when \
              any other record is made or deleted there.",
    advice: "Delete the wildcard. The domain's own record counts for all names below it.",
    references: &[
        Reference { title: "RFC 9989 section 4.10.1", url: "https://www.rfc-editor.org/rfc/rfc9989.html#section-4.10.1" },
        Reference { title: "RFC 4592 section 3.3.1", url: "https://www.rfc-editor.org/rfc/rfc4592.html#section-3.3.1" },
    ],
    baseline: &[],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let dmarc = &evidence.dmarc;
    let Some(record) = dmarc.made_up_record() else { return };
    let policy = record.policy.unwrap_or(Policy::None);
    let would = dmarc.below(false).map_or(Policy::None, |below| below.asked);
    let severity = match policy {
        Policy::None if would > Policy::None => Severity::High,
        _ if policy < would => Severity::Medium,
        _ => check.severity,
    };
    let finding = check.found(&evidence.domain).matters(severity).seen(format!("{} TXT", dmarc.made_up.name), record.text);
    found.push(finding.seen(format!("{} TXT", dmarc.own.name), format!("asks for {} for such names", would.as_str())));
}
