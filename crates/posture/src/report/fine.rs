//! What is as it should be, in sentences: a report that tells faults only leaves open what was looked at. A sentence is told where the evidence says
//! so and no finding speaks against it.

use mailauth::{dkim::PublicPart, dmarc::Policy, spf::record::Qualifier};
use tenant::Snapshot;

use crate::{
    Finding, Severity, baseline,
    evidence::{DomainEvidence, mta_sts},
};

/// Sentences about a tenant, a line each: the checks that must have found nothing, what must have been read, the sentence.
const TENANT: &str = include_str!("../../data/tenant-fine.tsv");

/// A key with so many bits is as it should be (RFC 8301 section 3.2).
const BITS: u32 = 2048;

/// What is as it should be about a domain.
pub(super) fn of_domain(evidence: &DomainEvidence, findings: &[Finding]) -> Vec<String> {
    let is_clear =
        |area: &str| !findings.iter().any(|found| found.check.starts_with(area) && found.severity > Severity::Informational);
    let told = [
        ("spf-", spf(evidence)),
        ("dkim-", dkim(evidence)),
        ("dmarc-", dmarc(evidence)),
        ("dmarc-report", reports(evidence)),
        ("mx-", evidence.mx.is_null().then(|| "It says that it takes no mail (null MX).".to_owned())),
        ("mta-sts-", mta_sts(evidence)),
        (
            "tls-rpt-",
            (evidence.tls_rpt.records.len() == 1)
                .then(|| "Senders report when they cannot deliver over TLS (TLS-RPT).".to_owned()),
        ),
        (
            "dane-",
            evidence.dane.is_whole().then(|| "The certificates of its mail servers are bound by the DNS (DANE).".to_owned()),
        ),
        (
            "dnssec-",
            (evidence.dnssec.is_signed() && evidence.dnssec.proven).then(|| "Answers about it are signed (DNSSEC).".to_owned()),
        ),
    ];
    told.into_iter().filter(|(area, _)| is_clear(area)).filter_map(|(_, sentence)| sentence).collect()
}

fn spf(evidence: &DomainEvidence) -> Option<String> {
    if evidence.apex.nobody_sends() {
        return Some("SPF lets nobody send.".to_owned());
    }
    match evidence.spf.of_others()? {
        Qualifier::Fail => Some("SPF names who may send, and fails everybody else (`-all`).".to_owned()),
        Qualifier::Softfail => Some("SPF names who may send, and marks everybody else (`~all`).".to_owned()),
        Qualifier::Neutral | Qualifier::Pass => None,
    }
}

fn dkim(evidence: &DomainEvidence) -> Option<String> {
    let mut good = 0_usize;
    for (_, key) in evidence.dkim.keys() {
        match key.key {
            PublicPart::Revoked => {}
            PublicPart::Ed25519 => good += 1,
            PublicPart::Rsa { bits, .. } if bits >= BITS => good += 1,
            PublicPart::Rsa { .. } | PublicPart::Unusable => return None,
        }
    }
    match good {
        0 => None,
        1 => Some("The DKIM key that was found is long enough.".to_owned()),
        good => Some(format!("All {good} DKIM keys that were found are long enough.")),
    }
}

fn dmarc(evidence: &DomainEvidence) -> Option<String> {
    let effective = evidence.dmarc.effective()?;
    (effective.counts() == Policy::Reject).then(|| format!("DMARC has forged mail refused (`{}=reject`).", effective.tag))
}

fn reports(evidence: &DomainEvidence) -> Option<String> {
    let (_, record) = evidence.dmarc.found()?;
    (!record.aggregate_reports.is_empty()).then(|| "Receivers report who sends in its name (DMARC `rua`).".to_owned())
}

fn mta_sts(evidence: &DomainEvidence) -> Option<String> {
    let mode = evidence.mta_sts.policy()?.mode?;
    (mode == mta_sts::Mode::Enforce).then(|| "Senders have to use TLS (MTA-STS, `mode: enforce`).".to_owned())
}

/// What is as it should be about a tenant.
pub(super) fn of_tenant(snapshot: &Snapshot, findings: &[Finding]) -> Vec<String> {
    let told = TENANT.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let mut cells = line.split('\t');
        let (checks, needs, sentence) = (cells.next()?, cells.next()?, cells.next()?);
        let is_found = checks.split(',').any(|check| findings.iter().any(|found| found.check == check));
        let is_known = needs.split(',').all(|need| baseline::is_known(need, Some(snapshot), false));
        (is_known && !is_found).then(|| sentence.to_owned())
    });
    told.collect()
}

#[cfg(test)]
mod tests {
    use tenant::{AdminAuditLogConfig, Part, Snapshot};

    use super::{TENANT, of_tenant};
    use crate::tenant_checks::ALL;

    #[test]
    fn every_sentence_names_checks_that_are_there() {
        for line in TENANT.lines().filter(|line| !line.starts_with('#')) {
            let cells: Vec<&str> = line.split('\t').collect();
            assert!(cells.len() == 3 && cells[2].ends_with('.'), "{line}");
            assert!(cells[0].split(',').all(|id| ALL.iter().any(|check| check.id == id)), "{line}");
        }
    }

    #[test]
    fn what_could_not_be_read_is_not_fine() {
        let mut snapshot = Snapshot::default();
        assert!(of_tenant(&snapshot, &[]).is_empty());
        snapshot.audit =
            Part::Read(AdminAuditLogConfig { unified_audit_log_ingestion_enabled: Some(true), admin_audit_log_enabled: None });
        assert_eq!(of_tenant(&snapshot, &[]), ["The unified audit log is switched on."]);
    }
}
