//! A parameter is taken by its position in the list of parameters.

use super::{Certainty, Level, Lint, finding::Findings, subject::Subject};
use crate::flow::expressions;
use kql::ast::{ExprKind, Literal};

pub(super) static LINT: Lint = Lint {
    name: "array-position",
    summary: "A parameter is taken by its position in the list of parameters",
    level: Level::Warning,
    certainty: Certainty::Likely,
    why: "The audit log writes the parameters of a command in the order they were given. `parsed[1].Value` is another parameter the next time.",
    fix: "Look the parameter up by its name: `mv-apply p = parse_json(Parameters) on (where p.Name == 'ForwardTo')`.",
    fires: &["OfficeActivity | extend P = parse_json(Parameters) | where tostring(P[1].Value) == 'False'"],
    silent: &[
        "OfficeActivity | mv-expand P = parse_json(Parameters) | where P.Name == 'Enabled' and P.Value == 'False'",
        "OfficeActivity | extend P = parse_json(ExtendedProperties) | where tostring(P[1].Name) == 'x'",
    ],
    check,
};

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for step in subject.flow.steps() {
        for expr in expressions(&step.operator.kind) {
            for part in expr.walk() {
                let ExprKind::Member { object, name, .. } = &part.kind else { continue };
                let ExprKind::Index { object: list, index } = &object.kind else { continue };
                let constant = matches!(index.kind, ExprKind::Literal(Literal::Long(_) | Literal::Int(_)));
                let parameters = step
                    .before
                    .base(list)
                    .is_some_and(|base| base.column.name == "Parameters" || base.member == Some("Parameters"));
                if name.text == "Value" && constant && parameters {
                    findings.at(
                        part.span,
                        "which parameter stands here depends on how the command was typed",
                        "look the parameter up by its `Name`",
                    );
                }
            }
        }
    }
}
