//! The rule looks at less time than passes between two of its runs.

use super::time;
use super::{Certainty, Level, Lint, finding::Findings, subject::Subject};

pub(super) static LINT: Lint = Lint {
    name: "look-back-below-interval",
    summary: "The rule looks at less time than passes between two of its runs",
    level: Level::Error,
    certainty: Certainty::Sure,
    why: "The rows between the end of one window and the start of the next are never looked at.",
    fix: "Make the period (`queryPeriod`, `from`) at least as long as the frequency (`queryFrequency`, `interval`).",
    fires: &[r##"id: x
name: Late mail
kind: Scheduled
severity: Low
tactics: [InitialAccess]
relevantTechniques: [T1566]
entityMappings: [{entityType: Account, fieldMappings: [{identifier: FullName, columnName: Subject}]}]
queryFrequency: 1d
queryPeriod: 1h
query: |
  EmailEvents | where Subject == "x""##],
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
  EmailEvents | where Subject == "x""##,
        r##"id: x
name: Late mail
kind: Scheduled
severity: Low
tactics: [InitialAccess]
relevantTechniques: [T1566]
entityMappings: [{entityType: Account, fieldMappings: [{identifier: FullName, columnName: Subject}]}]
queryFrequency: 1h
queryPeriod: 1d
query: |
  EmailEvents | where Subject == "x""##,
    ],
    check,
};

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let schedule = &subject.rule.schedule;
    let (Some(interval), Some(look_back), false) = (schedule.interval, schedule.look_back, schedule.continuous) else { return };
    let width = look_back.saturating_sub(schedule.delay);
    if width < interval {
        findings.rule(
            format!(
                "it runs every {} and looks at {}: the rows between are never looked at",
                time::written(interval),
                time::written(width)
            ),
            format!("look back {} at least", time::written(interval)),
        );
    }
}
