//! A report made of evidence and findings.

use super::{DomainReport, SpfTree, TenantReport, fine};
use crate::{Finding, Score, Spoofing, TenantEvidence, evidence::DomainEvidence};

impl DomainReport {
    /// The report about a domain: its findings, with a score and a verdict made of them. `took` is in milliseconds.
    #[must_use]
    pub fn of(evidence: &DomainEvidence, findings: Vec<Finding>, took: Option<u64>) -> Self {
        Self {
            domain: evidence.domain.clone(),
            purpose: evidence.deduced().purpose,
            score: Score::of(&findings),
            spoofing: Spoofing::of(evidence, &findings),
            fine: fine::of_domain(evidence, &findings),
            spf: SpfTree::of(evidence),
            unfinished: evidence.unfinished.clone(),
            findings,
            took,
        }
    }
}

impl TenantReport {
    /// The report about a tenant.
    #[must_use]
    pub fn of(evidence: &TenantEvidence<'_>, findings: Vec<Finding>) -> Self {
        Self { name: evidence.tenant().to_owned(), fine: fine::of_tenant(evidence.snapshot, &findings), findings }
    }
}
