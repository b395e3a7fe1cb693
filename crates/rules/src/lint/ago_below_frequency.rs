//! The query looks at less time than passes between two runs.

use super::time;
use super::{Certainty, Level, Lint, finding::Findings, subject::Subject};

pub(super) static LINT: Lint = Lint {
    name: "ago-below-frequency",
    summary: "The query looks at less time than passes between two runs",
    level: Level::Error,
    certainty: Certainty::Sure,
    why: "Rows that arrive between two runs and are older than the query asks for are never looked at by any run.",
    fix: "Look back at least as far as the rule runs seldom: `ago` of the frequency or more, or no time filter at all, as the rule sees its period only.",
    fires: &[r##"id: x
name: Late mail
kind: Scheduled
severity: Low
tactics: [InitialAccess]
relevantTechniques: [T1566]
entityMappings: [{entityType: Account, fieldMappings: [{identifier: FullName, columnName: Subject}]}]
queryFrequency: 1d
queryPeriod: 1d
query: |
  EmailEvents | where Timestamp > ago(1h)"##],
    silent: &[
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
  EmailEvents | where Timestamp > ago(1h)"##,
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
  EmailEvents | where Timestamp between (ago(1d) .. ago(1h))"##,
        r##"id: x
name: Late mail
kind: Scheduled
severity: Low
tactics: [InitialAccess]
relevantTechniques: [T1566]
entityMappings: [{entityType: Account, fieldMappings: [{identifier: FullName, columnName: Subject}]}]
queryFrequency: 1d
queryPeriod: 7d
query: |
  let base = EmailEvents | where Timestamp > ago(7d);
  EmailEvents | where Timestamp > ago(1h) | join kind=inner base on Subject"##,
    ],
    check,
};

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let schedule = &subject.rule.schedule;
    let Some(interval) = schedule.interval.filter(|_| !schedule.continuous) else { return };
    let spans = time::lower_bounds(&subject.flow);
    // A query that looks further back anywhere means the nearer bound for another part.
    let widest = spans.iter().map(|(micros, _)| *micros).max().unwrap_or(interval);
    if widest >= interval {
        return;
    }
    for (micros, span) in spans.into_iter().filter(|(micros, _)| *micros == widest) {
        findings.at(
            span,
            format!(
                "the rule runs every {}, and the query looks back {}: the rows between are never looked at",
                time::written(interval),
                time::written(micros)
            ),
            format!("look back {} at least, or run the rule every {}", time::written(interval), time::written(micros)),
        );
    }
}
