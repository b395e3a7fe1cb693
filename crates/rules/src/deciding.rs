//! Which columns a rule's query decides by: those its conditions compare, and what these are computed from. Pure.
//!
//! When something happened decides nothing that a person has to look at, so that comparisons with a moment do not count.

use std::collections::BTreeSet;

use diag::Span;
use elastic_query::ast::{Node, NodeKind};
use kql::ast::{Expr, ExprKind, operator::OperatorKind};

use crate::{
    flow::{Flow, Scope, comparisons, conjuncts, expressions},
    model::Language,
};

/// How far a computed column is followed to what it is computed from.
const DEPTH: usize = 8;
/// Calls that give a moment.
const MOMENTS: [&str; 7] = ["ago", "now", "datetime", "startofday", "endofday", "datetime_add", "todatetime"];

/// The columns of a row, by name, that a query in this language decides by, in the order they are given in. A query that cannot be read
/// decides by none that is known.
#[must_use]
pub fn columns<'a>(language: Language, query: &str, row: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let compared = match language {
        Language::Kusto => kusto(query),
        Language::Kuery => kibana(elastic_query::Language::Kuery, query),
        Language::Lucene => kibana(elastic_query::Language::Lucene, query),
        Language::Eql | Language::Esql | Language::Other => BTreeSet::new(),
    };
    let kibana = language != Language::Kusto;
    let names = |column: &str, field: &str| {
        column == field
            || (kibana && field.strip_prefix(column).is_some_and(|rest| rest.starts_with('.')))
            || (kibana && field.strip_suffix('*').is_some_and(|start| !start.is_empty() && column.starts_with(start)))
    };
    let decides = |column: &&str| compared.iter().any(|field| names(column, field));
    row.into_iter().filter(decides).map(str::to_owned).collect()
}

/// Names that conditions of a Kusto query compare.
fn kusto(text: &str) -> BTreeSet<String> {
    let parsed = kql::parse(text);
    let flow = Flow::of(&parsed.query);
    let mut found = BTreeSet::new();
    for step in flow.steps() {
        if let OperatorKind::Where(condition) = &step.operator.kind {
            for part in conjuncts(condition).into_iter().filter(|part| !is_about_time(part)) {
                add(part, &step.before, &flow, DEPTH, &mut found);
            }
        }
    }
    found
}

/// A constant text that a query compares a column with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// The column.
    pub column: String,
    /// The text.
    pub value: String,
    /// Where the text stands: at the `let` that names it, where one does.
    pub span: Span,
}

/// The constant texts that a Kusto query compares columns with, in the order of its pipes; those it excludes are not among them.
#[must_use]
pub fn constants(query: &str) -> Vec<Compared> {
    let parsed = kql::parse(query);
    if !parsed.diagnostics.is_empty() {
        return Vec::new();
    }
    let flow = Flow::of(&parsed.query);
    let mut found = Vec::new();
    for step in flow.steps() {
        for comparison in expressions(&step.operator.kind).into_iter().flat_map(|expr| comparisons(expr, &flow)) {
            let Some(column) = name(comparison.left).filter(|_| !comparison.negated) else { continue };
            found.extend(comparison.values.iter().map(|(value, span)| Compared {
                column: column.to_owned(),
                value: (*value).to_owned(),
                span: *span,
            }));
        }
    }
    found
}

/// The column that an expression is, perhaps in lower case or as text.
fn name(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Name(name) => Some(&name.text),
        ExprKind::Paren(inner) => name(inner),
        ExprKind::Call(call) if ["tolower", "toupper", "tostring", "trim"].contains(&call.name.text.as_str()) => {
            name(&call.arguments.last()?.value)
        }
        _ => None,
    }
}

/// Adds the names in an expression, and those that computed ones are made of.
fn add<'a>(expr: &'a Expr, scope: &Scope<'a>, flow: &Flow<'a>, depth: usize, found: &mut BTreeSet<String>) {
    for part in expr.walk() {
        let ExprKind::Name(name) = &part.kind else { continue };
        let name = name.text.as_str();
        if flow.lets.contains_key(name) || !found.insert(name.to_owned()) || depth == 0 {
            continue;
        }
        if let Some(made) = scope.made.get(name).and_then(|made| made.expr) {
            add(made, scope, flow, depth - 1, found);
        }
    }
}

/// Whether a condition is about when something happened.
fn is_about_time(expr: &Expr) -> bool {
    expr.walk().any(|part| match &part.kind {
        ExprKind::Call(call) => MOMENTS.contains(&call.name.text.as_str()),
        _ => false,
    })
}

/// Fields that conditions of a query of Kibana name.
fn kibana(language: elastic_query::Language, text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let parsed = elastic_query::parse(language, text);
    fields(&parsed.query.root, "", &mut found);
    found
}

fn fields(node: &Node, within: &str, found: &mut BTreeSet<String>) {
    match &node.kind {
        NodeKind::All | NodeKind::Unread => {}
        NodeKind::Or(parts) | NodeKind::And(parts) => parts.iter().for_each(|part| fields(part, within, found)),
        NodeKind::Not(inner) => fields(inner, within, found),
        NodeKind::Clauses(clauses) => clauses.iter().for_each(|clause| fields(&clause.node, within, found)),
        NodeKind::Match { field, .. } => {
            let name = field.as_ref().map(|field| field.name.to_string()).unwrap_or_default();
            if !name.is_empty() && name != "@timestamp" {
                found.insert(format!("{within}{name}"));
            }
        }
        NodeKind::Nested { path, inner } => {
            let path = path.name.to_string();
            fields(inner, &format!("{within}{path}."), found);
            found.insert(format!("{within}{path}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Language, columns, constants};

    #[test]
    fn what_conditions_compare_decides_and_what_it_is_made_of() {
        let query = "let Own = dynamic(['contoso.com']);\nEmailEvents\n| where Timestamp > ago(1h) and SenderFromDomain in~ (Own)\n\
            | extend Dkim = tostring(parse_json(AuthenticationDetails).DKIM)\n| where Dkim == 'fail'\n\
            | project Timestamp, Subject, SenderFromDomain, AuthenticationDetails, Dkim";
        let row = ["Timestamp", "Subject", "SenderFromDomain", "AuthenticationDetails", "Dkim"];
        assert_eq!(columns(Language::Kusto, query, row), ["SenderFromDomain", "AuthenticationDetails", "Dkim"]);
        let counted = "EmailEvents | summarize Failed = countif(DeliveryAction == 'x') by SenderFromDomain | where Failed > 5";
        assert_eq!(columns(Language::Kusto, counted, ["SenderFromDomain", "Failed"]), ["Failed"]);
        assert!(columns(Language::Kusto, "EmailEvents | where (", ["Subject"]).is_empty());
    }

    #[test]
    fn constants_stand_where_they_are_written() {
        let query =
            "let Domain = \"contoso.com\";\nEmailEvents\n| where tolower(SenderFromDomain) == Domain and Subject !has 'x'";
        let found = constants(query);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].column.as_str(), found[0].value.as_str()), ("SenderFromDomain", "contoso.com"));
        assert_eq!(query.get(found[0].span.start..found[0].span.end), Some("\"contoso.com\""));
    }

    #[test]
    fn fields_of_kibana_are_found_in_columns_that_hold_them() {
        let query = "event.action : \"Set-DkimSigningConfig\" and o365.audit.Parameters.Enabled : (\"False\" or \"0\") and not event.outcome : failure";
        let row = ["@timestamp", "event.action", "event.code", "o365.audit.Parameters", "user.id"];
        assert_eq!(columns(Language::Kuery, query, row), ["event.action", "o365.audit.Parameters"]);
        assert_eq!(columns(Language::Lucene, r"user.\*:kim", row), ["user.id"]);
        assert!(columns(Language::Esql, "from x", row).is_empty());
    }
}
