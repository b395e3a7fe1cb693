//! A tactic is none of ATT&CK.

use super::{Certainty, Level, Lint, finding::Findings, subject::Subject};

pub(super) static LINT: Lint = Lint {
    name: "unknown-tactic",
    summary: "A tactic is none of ATT&CK",
    level: Level::Note,
    certainty: Certainty::Sure,
    why: "Alerts are grouped by tactic; one that nobody else uses is a group of its own.",
    fix: "Write a tactic as ATT&CK has it, such as InitialAccess.",
    fires: &[r##"id: x
name: Mail
tactics: [Phishing]
relevantTechniques: [T1566]
query: |
  EmailEvents | take 5"##],
    silent: &[r##"id: x
name: Mail
tactics: [InitialAccess]
relevantTechniques: [T1566]
query: |
  EmailEvents | take 5"##],
    check,
};

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for tactic in subject.rule.attack.tactics.iter().filter(|tactic| tactic.id.is_empty()) {
        let name = tactic.name.as_deref().unwrap_or_default();
        findings.rule(format!("`{name}` is no tactic of MITRE ATT&CK"), "write one of its names, such as InitialAccess");
    }
}
