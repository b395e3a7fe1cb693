//! A column or variable is named after one authentication method and tests another.

use super::{Certainty, Level, Lint, finding::Findings, subject::Subject};
use kql::ast::{Expr, ExprKind, Literal, operator::OperatorKind};

pub(super) static LINT: Lint = Lint {
    name: "name-contradicts",
    summary: "A column or variable is named after one authentication method and tests another",
    level: Level::Warning,
    certainty: Certainty::Sure,
    why: "Who reads the result believes the name. A chart of `DMARCFail` that counts DKIM failures leads to the wrong record in DNS.",
    fix: "Name it after what it tests, or test what it is named after.",
    fires: &[
        r##"EmailEvents | extend DMARCFail = AuthenticationDetails has_any ('DKIM":"fail') | where DMARCFail"##,
        "EmailEvents | extend SPF = tostring(parse_json(AuthenticationDetails).DKIM) | where SPF == 'fail'",
    ],
    silent: &[
        r##"EmailEvents | extend DKIMFail = AuthenticationDetails has_any ('DKIM":"fail') | where DKIMFail"##,
        r##"EmailEvents | extend SpfOrDkim = AuthenticationDetails has_any ('SPF":"fail', 'DKIM":"fail') | where SpfOrDkim"##,
        r##"EmailEvents | extend Failed = AuthenticationDetails has_any ('DKIM":"fail') | where Failed"##,
    ],
    check,
};

/// The methods, as names and values spell them. `compauth` holds no other.
const METHODS: [&str; 4] = ["spf", "dkim", "dmarc", "compauth"];

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for step in subject.flow.steps() {
        let (OperatorKind::Extend(items) | OperatorKind::Project(items)) = &step.operator.kind else { continue };
        for item in items {
            for name in &item.names {
                let named = methods(&name.text);
                let tested: Vec<&str> = item.expr.walk().flat_map(|part| methods(text(part))).collect();
                if !named.is_empty() && !tested.is_empty() && !named.iter().any(|method| tested.contains(method)) {
                    let tested = tested[0].to_uppercase();
                    findings.at(
                        name.span,
                        format!("`{}` tests {tested}", name.text),
                        format!("name it after {tested}, or test what it is named after"),
                    );
                }
            }
        }
    }
}

/// The methods a word names.
fn methods(word: &str) -> Vec<&'static str> {
    let word = word.to_ascii_lowercase();
    METHODS.into_iter().filter(|method| word.contains(method)).collect()
}

/// The word of a name, a member or a constant.
fn text(expr: &Expr) -> &str {
    match &expr.kind {
        ExprKind::Name(name) | ExprKind::Member { name, .. } => &name.text,
        ExprKind::Literal(Literal::String { value, .. }) => value,
        _ => "",
    }
}
