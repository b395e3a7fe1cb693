//! A list with a space behind its commas is split at the commas.

use super::{Certainty, Level, Lint, finding::Findings, subject::Subject};
use crate::flow::{expressions, literal};
use kql::ast::ExprKind;

pub(super) static LINT: Lint = Lint {
    name: "split-not-trimmed",
    summary: "A list with a space behind its commas is split at the commas",
    level: Level::Warning,
    certainty: Certainty::Likely,
    why: "`ThreatTypes` and `ThreatNames` separate their values with a comma and a space. Split at the comma, every value but the first begins with a space and equals nothing.",
    fix: r##"Split at `", "`, or `trim` each value."##,
    fires: &[r##"EmailEvents | mv-expand T = split(ThreatNames, ",") | where T == "X""##],
    silent: &[
        r##"EmailEvents | mv-expand T = split(ThreatNames, ", ") | where T == "X""##,
        r##"EmailEvents | mv-expand T = split(ThreatNames, ",") | extend T = trim(" ", tostring(T)) | where T == "X""##,
        r##"EmailEvents | mv-expand T = split(Subject, ",")"##,
    ],
    check,
};

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let trims = |expr: &kql::ast::Expr| {
        expr.walk().any(|part| matches!(&part.kind, ExprKind::Call(call) if call.name.text.starts_with("trim")))
    };
    if subject.flow.steps().any(|step| expressions(&step.operator.kind).into_iter().any(trims)) {
        return;
    }
    for step in subject.flow.steps() {
        for expr in expressions(&step.operator.kind) {
            for part in expr.walk() {
                let ExprKind::Call(call) = &part.kind else { continue };
                let [list, delimiter, ..] = call.arguments.as_slice() else { continue };
                let is_list = step.before.base(&list.value).is_some_and(|base| {
                    matches!(base.column.name.as_str(), "ThreatTypes" | "ThreatNames") && base.member.is_none()
                });
                if call.name.text == "split"
                    && is_list
                    && let Some((",", span)) = literal(&delimiter.value)
                {
                    findings.at(
                        span,
                        "the values are separated by a comma and a space: all but the first keep the space",
                        "split at `\", \"`",
                    );
                }
            }
        }
    }
}
