//! `dkim-moera-signing`: domains with a DMARC policy whose mail carries no signature but that of the tenant's first domain.

use crate::{Finding, Severity, TenantCheck, TenantEvidence, tenancy::pages};

/// The declaration.
pub static CHECK: TenantCheck = TenantCheck {
    id: "dkim-moera-signing",
    severity: Severity::Medium,
    title: "Mail is signed with the onmicrosoft.com name",
    meaning: "Where a domain has no signing of its own, Exchange Online signs with the tenant's first domain (its MOERA, Microsoft Online E-mail \
              Routing Address). That signature is valid, but not in the name of the domain in From, so DMARC does not count it.",
    risk: "The domains below ask receivers to refuse mail that fails DMARC, and their own mail passes by SPF alone: forwarded mail and mail through \
           lists is lost.",
    advice: "Set up DKIM for each of these domains before their policy gets stricter.",
    references: &[pages::RFC_9989, pages::DKIM],
    baseline: &[],
    run,
};

fn run(check: &TenantCheck, evidence: &TenantEvidence<'_>, found: &mut Vec<Finding>) {
    let Some(initial) = evidence.snapshot.initial_domain().filter(|_| evidence.snapshot.dkim.read().is_some()) else { return };
    let mut finding = check.found(initial);
    for domain in evidence.own().filter(|domain| evidence.sends(domain)) {
        let name = &domain.domain_name;
        let is_signed = evidence.signing(name).is_some_and(|config| config.enabled);
        let Some(record) = evidence.facts(name).and_then(|facts| facts.dmarc.as_ref()) else { continue };
        if !is_signed && asks_for_more_than_none(record) {
            finding = finding.seen(format!("_dmarc.{name} TXT"), record.clone());
        }
    }
    if !finding.facts.is_empty() {
        found.push(finding);
    }
}

/// Whether a record has receivers do something about mail that fails.
pub(super) fn asks_for_more_than_none(record: &str) -> bool {
    matches!(tag(record, "p").as_deref(), Some("quarantine" | "reject"))
}

/// The value of a tag in lower case, the first that stands in a record.
pub(super) fn tag(record: &str, name: &str) -> Option<String> {
    record
        .split(';')
        .filter_map(|part| part.split_once('='))
        .find(|(tag, _)| tag.trim().eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim().to_ascii_lowercase())
}
