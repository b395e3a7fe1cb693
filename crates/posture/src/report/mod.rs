//! A check told to people and programs: what was found about domains and the tenant, as text for a terminal ([`text`]), as JSON ([`json`]) and as
//! a page of HTML ([`html`]). Pure; records and names are others' text and stay text ([`harmless`]).

mod fine;
mod harmless;
pub mod html;
pub mod json;
mod of;
mod record;
#[cfg(test)]
pub(crate) mod sample;
mod spf;
pub mod text;

pub use harmless::harmless;
pub use record::zone_line;
pub use spf::{SpfTerm, SpfTree};

use std::collections::BTreeSet;

use tenant::Snapshot;

use crate::{
    Finding, Score, Severity, Spoofing, Today,
    baseline::{self, Standing},
    compare::{Comparison, Known, compare},
    evidence::Purpose,
};

/// A check of domains and, where it is known, of the tenant behind them.
#[derive(Debug, Clone)]
pub struct Report {
    /// The moment the check stands for: microseconds since 1970 in UTC.
    pub made_at: i64,
    /// The domains, in the order they are shown.
    pub domains: Vec<DomainReport>,
    /// The tenant, where it was looked at.
    pub tenant: Option<TenantReport>,
    /// How CISA's baseline stands; empty where it is not shown.
    pub baseline: Vec<Standing>,
    /// What changed since an earlier check, where there was one.
    pub changes: Option<Changes>,
}

/// What was found about a domain.
#[derive(Debug, Clone)]
pub struct DomainReport {
    /// The domain.
    pub domain: String,
    /// What it is for.
    pub purpose: Purpose,
    /// How well it is guarded.
    pub score: Score,
    /// Whether others can send in its name and be believed.
    pub spoofing: Spoofing,
    /// What was found, what matters most first.
    pub findings: Vec<Finding>,
    /// What is as it should be, a sentence each.
    pub fine: Vec<String>,
    /// What its SPF record leads to, if it publishes one.
    pub spf: Option<SpfTree>,
    /// The policy of DMARC that counts for its mail; empty: none, or nobody could say.
    pub policy: &'static str,
    /// The records that were seen: name, type, value. Keys of DKIM are apart.
    pub records: Vec<(String, &'static str, String)>,
    /// Why not everything was asked, where that is so: what was not found may be there.
    pub unfinished: Option<String>,
    /// How long the check took, in milliseconds.
    pub took: Option<u64>,
}

/// What was found about a tenant.
#[derive(Debug, Clone)]
pub struct TenantReport {
    /// Its name.
    pub name: String,
    /// What was found, what matters most first.
    pub findings: Vec<Finding>,
    /// What is as it should be, a sentence each.
    pub fine: Vec<String>,
}

/// What changed since an earlier check.
#[derive(Debug, Clone)]
pub struct Changes {
    /// When that was: microseconds since 1970 in UTC.
    pub since: i64,
    /// What became of its findings.
    pub found: Comparison,
}

/// Whether a domain can be spoofed, as one word.
#[must_use]
pub const fn today(today: Today) -> &'static str {
    match today {
        Today::Yes => "yes",
        Today::Partly => "partly",
        Today::No => "no",
        Today::Unknown => "unknown",
    }
}

/// Every severity, from what matters most.
pub const SEVERITIES: [Severity; 5] =
    [Severity::Critical, Severity::High, Severity::Medium, Severity::Low, Severity::Informational];

/// How many findings are of a severity.
#[must_use]
pub fn count(findings: &[Finding], severity: Severity) -> usize {
    findings.iter().filter(|finding| finding.severity == severity).count()
}

impl Report {
    /// The same, with how CISA's baseline stands: by what was found, and by which parts of the tenant could be read.
    #[must_use]
    pub fn with_baseline(mut self, tenant: Option<&Snapshot>) -> Self {
        let of_domains = self.domains.iter().flat_map(|domain| &domain.findings);
        let findings = of_domains.chain(self.tenant.iter().flat_map(|tenant| &tenant.findings));
        self.baseline = baseline::standings(findings, tenant, !self.domains.is_empty());
        self
    }

    /// The same, with what changed since an earlier check: what it [knew](Self::known), and when it was, in microseconds since 1970 in UTC.
    #[must_use]
    pub fn compared(mut self, before: &[Known], since: i64) -> Self {
        let found = compare(before, &self.known(), &self.checked());
        self.changes = Some(Changes { since, found });
        self
    }

    /// What is kept of every finding, to compare the next check with.
    #[must_use]
    pub fn known(&self) -> Vec<Known> {
        let of_domains = self.domains.iter().map(|domain| (&domain.domain, &domain.findings));
        let of_tenant = self.tenant.iter().map(|tenant| (&tenant.name, &tenant.findings));
        of_domains.chain(of_tenant).flat_map(|(of, findings)| findings.iter().map(|finding| Known::of(of, finding))).collect()
    }

    /// What was checked to the end, by name: only there can a finding be gone that was there before. A domain whose name servers did not answer
    /// everything, and a tenant of which a part could not be read, are not among it.
    #[must_use]
    pub fn checked(&self) -> BTreeSet<String> {
        let has = |findings: &[Finding], check: &str| findings.iter().any(|finding| finding.check == check);
        let domains = self.domains.iter().filter(|domain| domain.unfinished.is_none() && !has(&domain.findings, DNS_TROUBLE));
        let tenant = self.tenant.iter().filter(|tenant| !has(&tenant.findings, TENANT_TROUBLE));
        domains.map(|domain| domain.domain.clone()).chain(tenant.map(|tenant| tenant.name.clone())).collect()
    }

    /// The whole check in a sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        let of = |which| self.domains.iter().filter(|domain| domain.spoofing.today == which).count();
        if let [only] = self.domains.as_slice() {
            let domain = &only.domain;
            return match only.spoofing.today {
                Today::Yes => format!("{domain} can be spoofed today."),
                Today::Partly => format!("{domain} can be spoofed in part."),
                Today::No => format!("{domain} is closed to spoofing."),
                Today::Unknown => format!("Whether {domain} can be spoofed could not be learned."),
            };
        }
        let all = self.domains.len();
        match (of(Today::Yes), of(Today::Partly), of(Today::Unknown)) {
            _ if all == 0 => "No domain was checked.".to_owned(),
            (0, 0, 0) => format!("All {all} domains are closed to spoofing."),
            (0, 0, unknown) if unknown == all => "Nothing could be learned: the DNS did not answer.".to_owned(),
            (0, 0, unknown) => format!("{unknown} of {all} domains could not be judged; no other can be spoofed."),
            (0, partly, _) => format!("{partly} of {all} domains can be spoofed in part."),
            (yes, 0, _) => format!("{yes} of {all} domains can be spoofed today."),
            (yes, partly, _) => format!("{yes} of {all} domains can be spoofed today, {partly} more in part."),
        }
    }
}

/// The check that tells of questions which nobody answered.
const DNS_TROUBLE: &str = "dns-trouble";
/// The check that tells of parts which could not be read.
const TENANT_TROUBLE: &str = "tenant-part-unreadable";

/// What a purpose is called.
#[must_use]
pub const fn purpose(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Unknown => "not said",
        Purpose::Sending => "sends mail",
        Purpose::NonSending => "sends no mail",
    }
}

#[cfg(test)]
mod tests {
    use super::{DNS_TROUBLE, TENANT_TROUBLE, sample};
    use crate::{checks, tenant_checks};

    #[test]
    fn checks_that_tell_of_trouble_are_there() {
        assert!(checks::ALL.iter().any(|check| check.id == DNS_TROUBLE));
        assert!(tenant_checks::ALL.iter().any(|check| check.id == TENANT_TROUBLE));
    }

    #[test]
    fn what_could_not_be_looked_at_whole_was_not_checked_to_the_end() {
        let mut report = sample::report();
        // A part of its tenant could not be read.
        assert!(report.checked().contains("contoso.com") && !report.checked().contains("contoso.onmicrosoft.com"));
        report.domains[0].unfinished = Some("the time was over".to_owned());
        assert!(!report.checked().contains("contoso.com"));
        assert_eq!(
            report.known().len(),
            report.domains.iter().map(|domain| domain.findings.len()).sum::<usize>() + report.tenant.unwrap().findings.len()
        );
    }
}
