//! A scheduled rule maps no entities.

use super::{Certainty, Level, Lint, finding::Findings, subject::Subject};
use crate::model::Format;

pub(super) static LINT: Lint = Lint {
    name: "missing-entity-mapping",
    summary: "A scheduled rule maps no entities",
    level: Level::Warning,
    certainty: Certainty::Sure,
    why: "Without entities an alert names no user, host or message: incidents are not grouped, playbooks have nothing to act on.",
    fix: "Map the columns that name who and what is hit: `entityMappings`.",
    fires: &[r##"id: x
name: Mail
kind: Scheduled
severity: Low
queryFrequency: 1h
queryPeriod: 1h
tactics: [InitialAccess]
relevantTechniques: [T1566]
query: |
  EmailEvents | take 5"##],
    silent: &[
        r##"id: x
name: Late mail
kind: Scheduled
severity: Low
tactics: [InitialAccess]
relevantTechniques: [T1566]
entityMappings: [{entityType: Account, fieldMappings: [{identifier: FullName, columnName: Subject}]}]
queryFrequency: 1h
queryPeriod: 1h
query: |
  EmailEvents | take 5"##,
        "EmailEvents | take 5",
    ],
    check,
};

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let rule = subject.rule;
    let entities = rule.entity_mappings.is_empty() && rule.impacted_assets.is_empty();
    let sentinel = matches!(rule.format, Format::SentinelAnalytics | Format::SentinelArm | Format::DefenderDetection);
    if sentinel && entities && rule.not_runnable().is_none() {
        findings.rule("its alerts name no entities", "map the columns that say who and what is hit");
    }
}
