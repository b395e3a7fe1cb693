//! A pattern in the syntax of a header is looked for in a column that holds JSON.

use super::authentication;
use super::{Certainty, Level, Lint, finding::Findings, subject::Subject};
use crate::flow::{comparisons, expressions, strings};
use kql::ast::{
    ExprKind, Literal,
    operator::{OperatorKind, ParsePart},
};
use regex::Regex;
use std::sync::LazyLock;

pub(super) static LINT: Lint = Lint {
    name: "pattern-never-matches",
    summary: "A pattern in the syntax of a header is looked for in a column that holds JSON",
    level: Level::Error,
    certainty: Certainty::Sure,
    why: r##"The column holds compact JSON such as `{"SPF":"pass","DKIM":"none"}`. `dmarc=fail`, the syntax of the Authentication-Results header, occurs nowhere in it: what is extracted is empty, and what is compared with it never matches."##,
    fix: "Read the member: `tostring(parse_json(AuthenticationDetails).DMARC)`.",
    fires: &[
        r##"EmailEvents | extend SPF = extract(@"spf=([a-z]+)", 1, AuthenticationDetails) | where SPF == "fail""##,
        r##"EmailEvents | where AuthenticationDetails has "dmarc=fail""##,
        r##"EmailEvents | extend A = tostring(AuthenticationDetails) | where A matches regex "dkim=(fail|none)""##,
        r##"EmailEvents | parse AuthenticationDetails with * "dmarc=" Result " " * | where Result == "fail""##,
    ],
    silent: &[
        r##"EmailEvents | where AuthenticationDetails has_any ('DMARC":"fail')"##,
        r##"EmailEvents | where Subject has "dmarc=fail""##,
        r##"SigninLogs | where tostring(AuthenticationDetails) has "x=1""##,
    ],
    check,
};

static HEADER: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)\b(spf|dkim|dmarc|compauth|arc|action|reason)\W{0,4}=").ok());

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for step in subject.flow.steps() {
        let is_details = |expr| {
            step.before
                .base(expr)
                .is_some_and(|base| base.column.name == "AuthenticationDetails" && base.column.json && base.member.is_none())
        };
        let mut found = Vec::new();
        for expr in expressions(&step.operator.kind) {
            let compared = comparisons(expr, &subject.flow).into_iter().filter(|comparison| is_details(comparison.left));
            found.extend(compared.flat_map(|comparison| comparison.values));
            for call in expr.walk().filter_map(|part| if let ExprKind::Call(call) = &part.kind { Some(call) } else { None }) {
                let reads = matches!(
                    call.name.text.as_str(),
                    "extract" | "extract_all" | "indexof" | "countof" | "split" | "replace_string" | "replace_regex"
                );
                if reads && call.arguments.iter().any(|argument| is_details(&argument.value)) {
                    found.extend(call.arguments.iter().flat_map(|argument| strings(&argument.value, &subject.flow)));
                }
            }
        }
        if let OperatorKind::Parse(parse) = &step.operator.kind
            && is_details(&parse.expr)
        {
            found.extend(parse.pattern.iter().filter_map(|part| match part {
                ParsePart::Text(Literal::String { value, .. }, span) => Some((value.as_str(), *span)),
                _ => None,
            }));
        }
        for (pattern, span) in found {
            let Some(hit) = HEADER.as_ref().and_then(|header| header.captures(pattern)) else { continue };
            let method = hit.get(1).map_or("", |method| method.as_str());
            let member = authentication::member(method).unwrap_or("DMARC");
            findings.at(
                span,
                format!("`{pattern}` is the syntax of a header, and `AuthenticationDetails` holds JSON: it never matches"),
                format!("read the member: `tostring(parse_json(AuthenticationDetails).{member})`"),
            );
        }
    }
}
