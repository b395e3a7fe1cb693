//! A key that can be absent is asked not to have a value.

use super::{Certainty, Level, Lint, finding::Findings, subject::Subject};
use crate::flow::{Step, comparisons};
use kql::ast::{ExprKind, operator::OperatorKind};
use std::collections::HashSet;

pub(super) static LINT: Lint = Lint {
    name: "absent-key-negated",
    summary: "A key that can be absent is asked not to have a value",
    level: Level::Warning,
    certainty: Certainty::Likely,
    why: r##"Each key of `AuthenticationDetails` can be absent: intra-organisation mail has no `SPF`. The member is then empty, and `!= "pass"` counts the message as a failure."##,
    fix: r##"Ask for the values that are meant (`in ("fail", "softfail")`), or ask for the key as well (`isnotempty(...)`)."##,
    fires: &[
        "EmailEvents | where tostring(parse_json(AuthenticationDetails).SPF) != 'pass'",
        "EmailEvents | extend SPF = tostring(parse_json(AuthenticationDetails).SPF) | where SPF !in ('pass', 'none')",
    ],
    silent: &[
        "EmailEvents | extend SPF = tostring(parse_json(AuthenticationDetails).SPF) | where isnotempty(SPF) and SPF != 'pass'",
        "EmailEvents | where tostring(parse_json(AuthenticationDetails).SPF) == 'fail'",
        "EmailEvents | extend SPF = tostring(parse_json(AuthenticationDetails).SPF) | where SPF != '' | where SPF != 'pass'",
    ],
    check,
};

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let member = |step: &Step<'_>, expr| {
        let base = step.before.base(expr)?;
        base.member.filter(|_| base.column.name == "AuthenticationDetails").map(str::to_owned)
    };
    let mut asked = HashSet::new();
    let mut negated = Vec::new();
    for step in subject.flow.steps() {
        let OperatorKind::Where(predicate) = &step.operator.kind else { continue };
        for part in predicate.walk() {
            if let ExprKind::Call(call) = &part.kind
                && matches!(call.name.text.as_str(), "isnotempty" | "isempty" | "isnotnull")
            {
                asked.extend(call.arguments.iter().filter_map(|argument| member(step, &argument.value)));
            }
        }
        for comparison in comparisons(predicate, &subject.flow) {
            let Some(key) = member(step, comparison.left) else { continue };
            if comparison.values.iter().any(|(value, _)| value.is_empty()) {
                asked.insert(key);
            } else if comparison.negated {
                negated.push((key, comparison.expr.span));
            }
        }
    }
    for (key, span) in negated.into_iter().filter(|(key, _)| !asked.contains(key)) {
        findings.at(
            span,
            format!("a message without `{key}` counts too: the member is then empty"),
            format!("name the results that are meant, or add `isnotempty` of `{key}`"),
        );
    }
}
