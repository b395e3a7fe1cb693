//! A field is asked for that the records do not have.

use super::elastic;
use super::{Certainty, Level, Lint, finding::Findings, subject::Subject};
use schema::Table;

pub(super) static LINT: Lint = Lint {
    name: "elastic-unknown-field",
    summary: "A field is asked for that the records do not have",
    level: Level::Warning,
    certainty: Certainty::Likely,
    why: "Kibana answers a condition on a field that no record has with nothing, and its opposite with everything, without a word.",
    fix: "Write the field as the records have it; the message names the nearest ones.",
    fires: &[elastic::example!(r#"["logs-o365*"]"#, r#"event.dataset:o365.audit and event.acton:"Set-DkimSigningConfig""#)],
    silent: &[
        elastic::example!(
            r#"["logs-o365*"]"#,
            r#"event.dataset:o365.audit and event.action:"Set-DkimSigningConfig" and o365.audit.Parameters.Enabled:False"#
        ),
        elastic::example!(r#"["logs-aws*"]"#, r#"event.acton:x"#),
    ],
    check,
};

/// Parts of a record whose fields the mapping does not list one by one.
const OPEN: [&str; 3] = ["o365.audit.", "o365.", "labels."];

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let Some((table, query)) = elastic::table(subject) else { return };
    for (field, _) in elastic::tests(&query.root) {
        let Some(name) = field.plain() else { continue };
        let known = table.column(name).is_some() || OPEN.iter().any(|open| name.starts_with(open)) || is_under(table, name);
        let near = table.nearest_columns(name);
        // A field of ECS that is not among ours may still be there; one that is nearly ours is a slip.
        if !known && let Some(nearest) = near.first().filter(|nearest| nearest.len().abs_diff(name.len()) <= 2) {
            findings.at(field.span, format!("the records have no field `{name}`"), format!("did you mean `{nearest}`?"));
        }
    }
}

/// Whether a column holds the field as a member.
fn is_under(table: &Table, name: &str) -> bool {
    table.columns.iter().any(|column| name.strip_prefix(column.name.as_str()).is_some_and(|rest| rest.starts_with('.')))
}
