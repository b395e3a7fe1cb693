//! A column that holds a list is compared with one value.

use super::{Certainty, Level, Lint, finding::Findings, subject::Subject};
use crate::flow::{Comparison, comparisons, expressions};

pub(super) static LINT: Lint = Lint {
    name: "list-compared-whole",
    summary: "A column that holds a list is compared with one value",
    level: Level::Warning,
    certainty: Certainty::Likely,
    why: "A message can have several verdicts: `ThreatTypes` is then `Phish, Spam`, and `DetectionMethods` holds several methods. A comparison of the whole loses those rows.",
    fix: r##"Ask whether the list has the value: `has "Phish"`."##,
    fires: &[
        "EmailEvents | where ThreatTypes == 'Phish'",
        "EmailEvents | where ThreatTypes in ('Phish', 'Malware')",
        r##"EmailEvents | extend M = tostring(parse_json(DetectionMethods).Phish) | where M == '["Spoof DMARC"]'"##,
    ],
    silent: &[
        "EmailEvents | where ThreatTypes has 'Phish'",
        "EmailEvents | where ThreatTypes == ''",
        "EmailEvents | where ThreatTypes == 'Phish, Spam'",
    ],
    check,
};

/// Columns of mail tables that hold several values, separated by commas or as JSON.
const LISTS: [&str; 3] = ["ThreatTypes", "ThreatNames", "DetectionMethods"];

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for step in subject.flow.steps() {
        for expr in expressions(&step.operator.kind) {
            for comparison in comparisons(expr, &subject.flow).into_iter().filter(Comparison::is_whole) {
                let Some(base) = step.before.base(comparison.left).filter(|base| LISTS.contains(&base.column.name.as_str()))
                else {
                    continue;
                };
                // A value with a comma is a list that somebody wrote out.
                for (value, span) in comparison.values.iter().filter(|(value, _)| !value.is_empty() && !value.contains(',')) {
                    let bare = value.trim_matches(['[', ']', '"']);
                    findings.at(
                        *span,
                        format!("`{}` can hold several values: a row with `{bare}` and another is not found", base.column.name),
                        format!("ask whether it has the value: `has \"{bare}\"`"),
                    );
                }
            }
        }
    }
}
