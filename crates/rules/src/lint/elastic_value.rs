//! A field is compared with a value it never has.

use super::elastic;
use super::{Certainty, Level, Lint, finding::Findings, subject::Subject};
use elastic_query::ast::{Test, ValueKind};

pub(super) static LINT: Lint = Lint {
    name: "elastic-value",
    summary: "A field is compared with a value it never has",
    level: Level::Error,
    certainty: Certainty::Sure,
    why: "The field takes one of a known set of values. Asked for another, the condition is never true.",
    fix: "Write the value as the records have it; case matters.",
    fires: &[elastic::example!(r#"["logs-o365*"]"#, r#"event.dataset:o365.audit and event.outcome:Success"#)],
    silent: &[
        elastic::example!(r#"["logs-o365*"]"#, r#"event.dataset:o365.audit and event.outcome:success"#),
        elastic::example!(r#"["logs-aws*"]"#, r#"event.outcome:Success"#),
    ],
    check,
};

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let Some((table, query)) = elastic::table(subject) else { return };
    for (field, test) in elastic::tests(&query.root) {
        let Some(column) = field.plain().and_then(|name| table.column(name)).filter(|column| !column.values.is_empty()) else {
            continue;
        };
        let Test::Is(value) = test else { continue };
        if let ValueKind::Text(text) = &value.kind
            && !column.values.contains(text)
        {
            findings.at(
                value.span,
                format!("`{}` never holds `{text}`", column.name),
                format!("its values are {}", column.values.join(", ")),
            );
        }
    }
}
