//! A check told to people and programs: what was found about domains and the tenant, as text for a terminal ([`text`]), as JSON ([`json`]) and as
//! a page of HTML ([`html`]). Pure; records and names are others' text and stay text ([`harmless`]).

mod harmless;
pub mod html;
pub mod json;
mod record;
#[cfg(test)]
pub(crate) mod sample;
pub mod text;

use serde::{Deserialize, Serialize};

pub use harmless::harmless;
pub use record::zone_line;

use crate::{Finding, Severity, baseline::Standing, compare::Comparison, evidence::Purpose};

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
    /// How well it is guarded, from 0 to 100.
    pub score: u8,
    /// The same as a letter, from `A` to `F`.
    pub grade: char,
    /// Whether others can send in its name and be believed.
    pub spoofable: Spoofable,
    /// How it stands, in a sentence.
    pub verdict: String,
    /// What was found, what matters most first.
    pub findings: Vec<Finding>,
    /// What is as it should be, a sentence each.
    pub fine: Vec<String>,
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

/// Whether others can send in a domain's name and be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Spoofable {
    /// They can.
    Yes,
    /// Some can, or some receivers believe it.
    Partly,
    /// Receivers that follow the standards refuse it.
    No,
    /// It could not be learned.
    Unknown,
}

impl Spoofable {
    /// As one word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::Partly => "partly",
            Self::No => "no",
            Self::Unknown => "unknown",
        }
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
    /// The whole check in a sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        let of = |which| self.domains.iter().filter(|domain| domain.spoofable == which).count();
        let all = self.domains.len();
        let domains = if all == 1 { "1 domain".to_owned() } else { format!("{all} domains") };
        match (of(Spoofable::Yes), of(Spoofable::Partly), of(Spoofable::Unknown)) {
            _ if all == 0 => "No domain was checked.".to_owned(),
            (0, 0, 0) if all == 1 => "The domain is closed to spoofing.".to_owned(),
            (0, 0, 0) => format!("All {domains} are closed to spoofing."),
            (0, 0, unknown) => format!("{unknown} of {domains} could not be judged; no other can be spoofed."),
            (0, partly, _) => format!("{partly} of {domains} can be spoofed in part."),
            (yes, 0, _) => format!("{yes} of {domains} can be spoofed today."),
            (yes, partly, _) => format!("{yes} of {domains} can be spoofed today, {partly} more in part."),
        }
    }
}

/// What a purpose is called.
#[must_use]
pub const fn purpose(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Unknown => "not said",
        Purpose::Sending => "sends mail",
        Purpose::NonSending => "sends no mail",
    }
}
