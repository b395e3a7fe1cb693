//! What became of a message, and what it was taken for: Microsoft's columns from Microsoft's headers, as far as these tell.
//!
//! Sources: learn.microsoft.com, "Anti-spam message headers in Microsoft 365" and `advanced-hunting-emailevents-table`.

use mailauth::evidence::{AntispamReport, Direction};
use serde_json::json;

use super::Parsed;

/// What became of a message, in the words of `EmailEvents`. Live mail knows; of other mail it is told by its headers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Delivery {
    /// `DeliveryAction`: Delivered, Junked, Blocked or Replaced.
    pub action: String,
    /// `DeliveryLocation`, such as Inbox/folder, Quarantine or Failed.
    pub location: String,
    /// `OrgLevelAction`: what a rule of ours did, such as Block or Quarantine; empty without.
    pub rule_action: String,
    /// `OrgLevelPolicy`: which rule; empty without.
    pub rule: String,
}

/// Folders that mail programs put what they take for spam into.
const JUNK: [&str; 7] = ["junk", "spam", "junk e-mail", "junk email", "junkemail", "junk mail", "bulk mail"];
/// The least spam confidence level that takes a message to the junk folder.
const JUNK_LEVEL: i32 = 5;
/// The least one that is called high: the filter gives 9 for spam with high confidence, and 7 and 8 are kept for the same.
const HIGH_LEVEL: i32 = 7;

impl Delivery {
    fn new(action: &str, location: &str) -> Self {
        Self { action: action.to_owned(), location: location.to_owned(), ..Self::default() }
    }

    /// What headers and the folder tell. A message that is kept somewhere was delivered.
    pub(crate) fn of(parsed: &Parsed) -> Self {
        let microsoft = parsed.evidence.microsoft.as_ref();
        let report = microsoft.and_then(|microsoft| microsoft.antispam.as_ref());
        let mailbox = microsoft.and_then(|microsoft| microsoft.mailbox.as_ref());
        let junked = match mailbox.and_then(|mailbox| mailbox.destination.as_deref()) {
            Some("J") => true,
            Some(_) => false,
            None => {
                in_junk(&parsed.source) || (released(report).is_none() && level(parsed).is_some_and(|level| level >= JUNK_LEVEL))
            }
        };
        match parsed.direction {
            _ if junked => Self::new("Junked", "Junk folder"),
            Direction::Outbound => Self::new("Delivered", "On-premises/external"),
            Direction::Inbound | Direction::IntraOrg | Direction::Unknown => Self::new("Delivered", "Inbox/folder"),
        }
    }
}

/// Verdicts that let a message through whatever its level: from a safe sender, or out of quarantine.
fn released(report: Option<&AntispamReport>) -> Option<&str> {
    report.and_then(|report| report.spam_verdict.as_deref()).filter(|verdict| matches!(*verdict, "SFE" | "SKA" | "SKN" | "SKQ"))
}

fn in_junk(source: &str) -> bool {
    let folders = source.split(['/', '\\', '!']).map(|part| part.trim_start_matches('.').to_lowercase());
    folders.rev().skip(1).any(|folder| JUNK.contains(&folder.as_str()))
}

/// The spam confidence level.
fn level(parsed: &Parsed) -> Option<i32> {
    let microsoft = parsed.evidence.microsoft.as_ref()?;
    microsoft.antispam.as_ref().and_then(|report| report.scl).or(microsoft.exchange.scl)
}

/// What a message was taken for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Threat {
    /// `ThreatTypes`.
    pub(crate) types: String,
    /// `DetectionMethods`, JSON.
    pub(crate) methods: String,
    /// `ConfidenceLevel`, JSON.
    pub(crate) confidence: String,
    /// `BulkComplaintLevel`.
    pub(crate) bulk: Option<i32>,
    /// `IsFirstContact`: true where Microsoft says so; that it does not says nothing.
    pub(crate) first_contact: Option<bool>,
}

impl Threat {
    /// What headers tell.
    pub(crate) fn of(parsed: &Parsed) -> Self {
        let Some(microsoft) = &parsed.evidence.microsoft else { return Self::default() };
        let mut threat = Self { bulk: microsoft.bulk.as_ref().and_then(|bulk| bulk.bcl), ..Self::default() };
        let level = level(parsed);
        let Some(report) = &microsoft.antispam else {
            if level.is_some_and(|level| level >= JUNK_LEVEL) {
                threat.set("Spam", None, level);
            }
            return threat;
        };
        let is_spam = matches!(report.spam_verdict.as_deref(), Some("SPM" | "BLK" | "SKB" | "SKS"));
        match report.threat() {
            Some(kind) => threat.set(kind, technology(report, parsed), level),
            None if is_spam => threat.set("Spam", None, level),
            None => {}
        }
        if matches!(report.category.as_deref(), Some("HPHSH" | "HPHISH")) {
            threat.confidence = json!({ "Phish": "High" }).to_string();
        }
        threat.first_contact = report.safety.as_deref().is_some_and(|safety| safety.contains("9.25")).then_some(true);
        threat
    }

    fn set(&mut self, kind: &str, method: Option<&str>, level: Option<i32>) {
        kind.clone_into(&mut self.types);
        if let Some(method) = method {
            self.methods = json!({ kind: [method] }).to_string();
        }
        let high = level.is_some_and(|level| level >= HIGH_LEVEL);
        if kind != "Malware" {
            self.confidence = json!({ kind: if high && kind == "Spam" { "High" } else { "Normal" } }).to_string();
        }
    }
}

/// The technology of a category; a spoofed sender that a policy of DMARC condemns was found by that.
fn technology<'p>(report: &'p AntispamReport, parsed: &'p Parsed) -> Option<&'p str> {
    let by_policy = parsed.evidence.overview.as_ref().is_some_and(|overview| {
        overview.dmarc.as_deref() == Some("fail")
            && overview.action.as_deref().is_some_and(|action| !action.eq_ignore_ascii_case("none"))
    });
    report
        .technology()
        .map(|technology| if by_policy && technology == "Spoof external domain" { "Spoof DMARC" } else { technology })
}
