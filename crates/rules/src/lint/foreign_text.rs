//! Fields of the rule stand inside its query.

use super::{Certainty, Level, Lint, finding::Findings, subject::Subject};
use diag::Span;

pub(super) static LINT: Lint = Lint {
    name: "foreign-text",
    summary: "Fields of the rule stand inside its query",
    level: Level::Error,
    certainty: Certainty::Sure,
    why: "A field that is indented as far as the query becomes part of its text: the query does not parse, and the rule lacks the field.",
    fix: "Move the line out of the query.",
    fires: &[r##"id: x
name: Mail
tactics: [InitialAccess]
relevantTechniques: [T1566]
query: |
  EmailEvents
  | take 5
  version: 1.0.0"##],
    silent: &[
        r##"id: x
name: Mail
tactics: [InitialAccess]
relevantTechniques: [T1566]
query: |
  EmailEvents
  | take 5
version: 1.0.0"##,
        r##"// version: 1.0.0
EmailEvents"##,
    ],
    check,
};

/// Fields of Sentinel's YAML that come behind a query.
const FIELDS: [&str; 9] = [
    "version",
    "kind",
    "entityMappings",
    "tactics",
    "relevantTechniques",
    "severity",
    "customDetails",
    "triggerOperator",
    "queryFrequency",
];

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    if subject.kusto.is_none_or(|parsed| parsed.diagnostics.is_empty()) {
        return;
    }
    let mut at = 0;
    for line in subject.rule.query.text.split_inclusive('\n') {
        let start = at + (line.len() - line.trim_start().len());
        at += line.len();
        if let Some((key, _)) = line.trim().split_once(':').filter(|(key, _)| FIELDS.contains(key)) {
            findings.at(
                Span::new(start, start + line.trim().len()),
                format!("`{key}` is a field of the rule and stands inside the query"),
                "move the line out of the query",
            );
        }
    }
}
