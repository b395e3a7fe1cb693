//! The rule names no technique of ATT&CK.

use super::{Certainty, Level, Lint, finding::Findings, subject::Subject};
use crate::model::Format;

pub(super) static LINT: Lint = Lint {
    name: "missing-technique",
    summary: "The rule names no technique of ATT&CK",
    level: Level::Note,
    certainty: Certainty::Sure,
    why: "Alerts are sorted, and coverage is measured, by technique. A rule without one is in no matrix.",
    fix: "Name the technique: `relevantTechniques: [T1566]`; for forged mail T1672 (Email Spoofing).",
    fires: &[r##"id: x
name: Mail
tactics: [InitialAccess]
query: |
  EmailEvents | take 5"##],
    silent: &[
        r##"id: x
name: Mail
tactics: [InitialAccess]
relevantTechniques: [T1566]
query: |
  EmailEvents | take 5"##,
        "EmailEvents | take 5",
    ],
    check,
};

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let rule = subject.rule;
    // A query in a file of its own says nothing about itself.
    if rule.format != Format::Kql && rule.attack.techniques.is_empty() && rule.attack.sub_techniques.is_empty() {
        findings.rule("it names no technique of MITRE ATT&CK", "name the one it finds, such as T1566");
    }
}
