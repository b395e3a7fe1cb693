//! Questions that nobody answered.

use crate::{Check, Finding, Reference, Severity, evidence::DomainEvidence};

/// The declaration.
pub static CHECK: Check = Check {
    id: "dns-trouble",
    severity: Severity::Low,
    title: "Some questions to the DNS were not answered, or not asked",
    meaning: "Name servers did not answer in time, answered that they could not, or answered something that makes no sense; or there was more to \
              ask than one domain is allowed. What rests on these answers is not known: it is neither called missing nor called right.",
    risk: "While its name servers do not answer, the domain's mail cannot be told from forged mail: receivers put messages \
              off, or decide without.",
    advice: "Check again later. If it stays, look at the name servers of the names below, and at whether the resolver that \
              was asked can reach them.",
    references: &[Reference { title: "RFC 2308 section 7", url: "https://www.rfc-editor.org/rfc/rfc2308.html#section-7" }],
    baseline: &[],
    run,
};

/// Questions that are shown; more would say the same.
const SHOWN: usize = 20;

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    if evidence.trouble.is_empty() && evidence.unfinished.is_none() {
        return;
    }
    let below = format!(".{}", evidence.domain);
    let own = evidence.trouble.iter().any(|trouble| trouble.name == evidence.domain || trouble.name.ends_with(&below));
    // Without these two, mail neither finds its way nor can be told from forged mail; and little else could be looked at.
    let blind = evidence.dmarc.is_unknown() || evidence.mx.is_unknown();
    let severity = match (blind, own || evidence.unfinished.is_some()) {
        (true, _) => Severity::High,
        (false, true) => Severity::Medium,
        (false, false) => check.severity,
    };
    let mut finding = check.found(&evidence.domain).matters(severity);
    if let Some(words) = &evidence.unfinished {
        finding = finding.seen(evidence.domain.clone(), words.clone());
    }
    // The shortest names first: those below rest on them.
    let mut shown: Vec<_> = evidence.trouble.iter().collect();
    shown.sort_by_key(|trouble| (trouble.name.split('.').count(), trouble.name.contains('_')));
    for trouble in shown.into_iter().take(SHOWN) {
        finding = finding.seen(format!("{} {}", trouble.name, trouble.kind), trouble.words.clone());
    }
    if let Some(more) = evidence.trouble.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        finding = finding.seen("more", format!("{more} other questions were not answered"));
    }
    found.push(finding);
}
