//! A function, operator or table has been replaced.

use super::{Certainty, Level, Lint, finding::Findings, subject::Subject};
use crate::flow::expressions;
use kql::ast::ExprKind;

pub(super) static LINT: Lint = Lint {
    name: "deprecated-name",
    summary: "A function, operator or table has been replaced",
    level: Level::Note,
    certainty: Certainty::Sure,
    why: "Old names go on working until they do not; readers have to look up what they are.",
    fix: "Write the name that replaced it.",
    fires: &[
        "EmailEvents | summarize makeset(Subject)",
        "EmailEvents | extend A = parsejson(AuthenticationDetails)",
        "ThreatIntelligenceIndicator | take 1",
    ],
    silent: &["EmailEvents | summarize make_set(Subject)", "ThreatIntelIndicators | take 1"],
    check,
};

/// Old names and what replaced them.
///
/// Sources: the aliases on the functions' pages of Microsoft's reference; for tables, learn.microsoft.com/defender-xdr/advanced-hunting-schema-changes
/// and learn.microsoft.com/azure/sentinel/work-with-stix-objects-indicators.
const FUNCTIONS: [(&str, &str); 4] =
    [("makelist", "make_list"), ("makeset", "make_set"), ("parsejson", "parse_json"), ("extractjson", "extract_json")];
const TABLES: [(&str, &str); 3] = [
    ("AADSignInEventsBeta", "EntraIdSignInEvents"),
    ("AADSpnSignInEventsBeta", "EntraIdSpnSignInEvents"),
    ("ThreatIntelligenceIndicator", "ThreatIntelIndicators"),
];

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let mut report = |span, old: &str, list: &[(&str, &str)]| {
        if let Some((_, new)) = list.iter().find(|(name, _)| *name == old) {
            findings.at(span, format!("`{old}` has been replaced by `{new}`"), format!("write `{new}`"));
        }
    };
    for pipe in &subject.flow.pipes {
        if let ExprKind::Name(name) = &pipe.source.kind {
            report(name.span, &name.text, &TABLES);
        }
        for expr in pipe.steps.iter().flat_map(|step| expressions(&step.operator.kind)) {
            for part in expr.walk() {
                if let ExprKind::Call(call) = &part.kind {
                    report(call.name.span, &call.name.text, &FUNCTIONS);
                }
            }
        }
    }
}
