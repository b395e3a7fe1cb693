//! A column is used that is there only if some row has the key.

use super::{Certainty, Level, Lint, finding::Findings, subject::Subject};
use crate::flow::expressions;
use kql::ast::ExprKind;
use std::collections::HashSet;

pub(super) static LINT: Lint = Lint {
    name: "unpacked-column",
    summary: "A column is used that is there only if some row has the key",
    level: Level::Warning,
    certainty: Certainty::Sure,
    why: "`evaluate bag_unpack` makes columns of the keys that the rows of the window have. In a window where no row has the key, the query fails: the rule then raises nothing, and says so only in its health record.",
    fix: r##"Give the plugin its output schema, or read the key with `column_ifexists("SPF", "")`."##,
    fires: &["EmailEvents | extend A = parse_json(AuthenticationDetails) | evaluate bag_unpack(A) | where SPF == 'fail'"],
    silent: &[
        "EmailEvents | extend A = parse_json(AuthenticationDetails) | evaluate bag_unpack(A) | where column_ifexists('SPF', '') == 'fail'",
        "EmailEvents | extend A = parse_json(AuthenticationDetails) | evaluate bag_unpack(A) : (*, SPF: string) | where SPF == 'fail'",
        "EmailEvents | extend A = parse_json(AuthenticationDetails) | evaluate bag_unpack(A) | where Subject == 'x'",
    ],
    check,
};

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let mut seen = HashSet::new();
    for step in subject.flow.steps().filter(|step| step.before.unpacked) {
        for expr in expressions(&step.operator.kind) {
            for part in expr.walk() {
                let ExprKind::Name(name) = &part.kind else { continue };
                let known = step.before.has(&name.text)
                    || subject.flow.lets.contains_key(name.text.as_str())
                    || name.text.starts_with('$');
                if !known && seen.insert(name.text.as_str()) {
                    findings.at(
                        name.span,
                        format!("`{}` is there only if a row of the window has the key; else the query fails", name.text),
                        format!("write `column_ifexists(\"{}\", \"\")`, or give `bag_unpack` its schema", name.text),
                    );
                }
            }
        }
    }
}
