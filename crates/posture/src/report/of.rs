//! A report made of evidence and findings.

use mailauth::spf::survey::Published;

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
            policy: evidence.dmarc.effective().map_or("", |effective| effective.asked.as_str()),
            records: records(evidence),
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

/// Records of one kind that are shown: a name may have hundreds.
const MOST: usize = 20;

/// The records that say how mail of a domain is to be taken.
fn records(evidence: &DomainEvidence) -> Vec<(String, &'static str, String)> {
    let mut records = Vec::new();
    let exchanges = evidence.mx.records.iter().flatten().take(MOST);
    records
        .extend(exchanges.map(|exchange| (evidence.domain.clone(), "MX", format!("{} {}", exchange.preference, exchange.host))));
    let spf: &[String] = match evidence.spf.survey.root().map(|node| &node.published) {
        Some(Published::Record(text)) => std::slice::from_ref(text),
        Some(Published::Several(texts)) => texts,
        _ => &[],
    };
    records.extend(spf.iter().take(MOST).map(|text| (evidence.domain.clone(), "TXT", text.clone())));
    for texts in [&evidence.dmarc.own, &evidence.mta_sts.texts, &evidence.tls_rpt.texts] {
        for text in texts.found.iter().flat_map(|found| found.iter()).take(MOST) {
            records.push((texts.name.clone(), "TXT", String::from_utf8_lossy(text).into_owned()));
        }
    }
    records
}
