//! The query asks for rows from before the time the rule is given.

use super::time;
use super::{Certainty, Level, Lint, finding::Findings, subject::Subject};

pub(super) static LINT: Lint = Lint {
    name: "ago-beyond-period",
    summary: "The query asks for rows from before the time the rule is given",
    level: Level::Warning,
    certainty: Certainty::Sure,
    why: "A scheduled rule sees the rows of its query period only. `ago(14d)` in a rule with a period of one day finds one day: what looks like a baseline of two weeks is none.",
    fix: "Make the period as long as the longest `ago`, or shorten the `ago`.",
    fires: &[
        r##"id: x
name: Late mail
kind: Scheduled
severity: Low
tactics: [InitialAccess]
relevantTechniques: [T1566]
entityMappings: [{entityType: Account, fieldMappings: [{identifier: FullName, columnName: Subject}]}]
queryFrequency: 1d
queryPeriod: 1d
query: |
  EmailEvents | where Timestamp > ago(14d)"##,
        r##"id: x
name: Late mail
kind: Scheduled
severity: Low
tactics: [InitialAccess]
relevantTechniques: [T1566]
entityMappings: [{entityType: Account, fieldMappings: [{identifier: FullName, columnName: Subject}]}]
queryFrequency: 1d
queryPeriod: 1d
query: |
  let lookback = 7d;
  EmailEvents | where Timestamp > ago(lookback)"##,
    ],
    silent: &[
        r##"id: x
name: Late mail
kind: Scheduled
severity: Low
tactics: [InitialAccess]
relevantTechniques: [T1566]
entityMappings: [{entityType: Account, fieldMappings: [{identifier: FullName, columnName: Subject}]}]
queryFrequency: 1d
queryPeriod: 14d
query: |
  EmailEvents | where Timestamp > ago(14d)"##,
        "EmailEvents | where Timestamp > ago(14d)",
    ],
    check,
};

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let Some(period) = subject.rule.schedule.look_back.filter(|_| !subject.rule.schedule.continuous) else { return };
    for (micros, span) in time::ago(&subject.flow).into_iter().filter(|(micros, _)| *micros > period) {
        findings.at(
            span,
            format!("this reaches back {}, and the rule is given {}", time::written(micros), time::written(period)),
            format!("make the rule's period {}, or shorten this", time::written(micros)),
        );
    }
}
