//! The names Kusto gives to columns that the query does not name.

use std::collections::HashSet;

use functions::ResultName;
use kql::ast::{Expr, ExprKind};

/// Makes names unique the way Kusto does: a name that occurs again gets `1`, `2`, ... appended.
pub(crate) fn unique_names<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let names: Vec<&str> = names.into_iter().collect();
    let mut taken: HashSet<String> = HashSet::new();
    let mut unique = Vec::with_capacity(names.len());
    for name in names {
        let mut candidate = name.to_owned();
        let mut number = 0;
        while !taken.insert(candidate.clone()) {
            number += 1;
            candidate = format!("{name}{number}");
        }
        unique.push(candidate);
    }
    unique
}

/// Names of two tables side by side made unique: a name that occurs again gets a number that makes no name of either, so that
/// `c, c, c1` becomes `c, c2, c1`.
pub(crate) fn names_side_by_side<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let names: Vec<&str> = names.into_iter().collect();
    let mut taken: HashSet<String> = names.iter().map(|&name| name.to_owned()).collect();
    let mut seen: HashSet<&str> = HashSet::new();
    names
        .into_iter()
        .map(|name| match seen.insert(name) {
            true => name.to_owned(),
            false => {
                let mut free = (1..).map(|number| format!("{name}{number}"));
                free.find(|name| taken.insert(name.clone())).unwrap_or_default()
            }
        })
        .collect()
}

/// The name of an unnamed expression, or `None` where Kusto numbers it (`Column1`, `print_0`).
pub(crate) fn implied_name(expr: &Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::Name(name) => Some(name.text.clone()),
        ExprKind::Paren(inner) => implied_name(inner),
        ExprKind::Member { object, name, .. } => {
            Some(implied_name(object).map_or_else(|| name.text.clone(), |before| format!("{before}_{}", name.text)))
        }
        ExprKind::Index { object, index } => {
            let position = match &index.kind {
                ExprKind::Literal(kql::ast::Literal::Long(Some(position))) => position.to_string(),
                ExprKind::Literal(kql::ast::Literal::String { value, .. }) => value.clone(),
                _ => return None,
            };
            implied_name(object).map(|before| format!("{before}_{position}"))
        }
        ExprKind::Call(call) => {
            // `round(Rate = a / b)` is called `Rate`.
            let first = call.arguments.first();
            let first = first
                .and_then(|first| first.name.as_ref().map_or_else(|| implied_name(&first.value), |name| Some(name.text.clone())));
            match functions::find_call(&call.name.text, call.arguments.len())?.result_name {
                ResultName::None | ResultName::EachSuffixed(_) => None,
                ResultName::FirstArgument => first,
                ResultName::Prefixed(prefix) => Some(format!("{prefix}_{}", first.unwrap_or_default())),
                ResultName::PrefixedTwo(prefix) => {
                    let second = call.arguments.get(1).and_then(|argument| implied_name(&argument.value));
                    Some(format!("{prefix}_{}_{}", first.unwrap_or_default(), second.unwrap_or_default()))
                }
            }
        }
        _ => None,
    }
}
