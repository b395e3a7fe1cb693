//! Lists of named expressions and of column patterns, as `extend`, `project`, `distinct` and others share them.

use diag::Diagnostic;
use functions::{ResultName, Typed};
use kql::ast::{Argument, Expr, ExprKind, Named};
use schema::Type;

use crate::{
    error::{Result, codes, fault},
    name::implied_name,
    plan::{Names, Planner, name_pattern::matches_pattern},
    relation::{Column, Relation, typed},
};

/// A planned column: its name, and whether the query gave it one.
pub(super) struct Planned {
    pub(super) name: String,
    pub(super) named: bool,
    /// The name is the query's or the expression's own (`tostring(Location)` is `Location`): in `extend` it takes the place of a
    /// column of that name. Numbered names and those of several results keep clear of columns.
    pub(super) replaces: bool,
    pub(super) value: Typed,
}

impl Planner<'_> {
    /// Plans `name = expression, ...`; what the query does not name gets Kusto's name, numbered with `prefix` where it has none.
    pub(super) fn columns(&self, columns: &[Named], names: Names, prefix: &str, first: usize) -> Result<Vec<Planned>> {
        let mut number = first;
        let mut planned = Vec::with_capacity(columns.len());
        for column in columns {
            if let ExprKind::Wildcard(pattern) = &column.expr.kind
                && column.names.is_empty()
            {
                let found = names.row.iter().filter(|known| matches_pattern(&pattern.text, &known.name));
                planned.extend(found.map(|known| Planned {
                    name: known.name.clone(),
                    named: false,
                    replaces: true,
                    value: typed(known),
                }));
                continue;
            }
            let value = self.scalar(&column.expr, names)?;
            let results = self.results(&column.expr, names)?;
            if column.names.len() > 1 || !results.is_empty() {
                planned.extend(self.tuple(column, &value, results)?);
                continue;
            }
            let own = match column.names.first() {
                Some(name) => Some(name.text.clone()),
                None => implied_name(&column.expr).filter(|name| !name.is_empty()),
            };
            let (named, replaces) = (!column.names.is_empty(), own.is_some());
            let name = own.unwrap_or_else(|| {
                let name = format!("{prefix}{number}");
                number += 1;
                name
            });
            planned.push(Planned { name, named, replaces, value });
        }
        Ok(planned)
    }

    /// `(a, b) = function_with_several_results(...)`.
    fn tuple(&self, column: &Named, value: &Typed, results: Vec<(String, Type)>) -> Result<Vec<Planned>> {
        if results.is_empty() {
            return fault(codes::KIND, "only a function with several results can be given several names", column.expr.span);
        }
        if column.names.len() > results.len() {
            let message = format!("this function has {} results", results.len());
            return fault(codes::ARGUMENT_COUNT, message, column.names[results.len()].span);
        }
        let mut planned = Vec::with_capacity(results.len());
        for (position, (own, ty)) in results.into_iter().enumerate() {
            let name = match column.names.get(position) {
                Some(name) => name.text.clone(),
                // Named in part: the rest is left out.
                None if !column.names.is_empty() => break,
                None => own,
            };
            let index = Typed::constant(i64::try_from(position).unwrap_or(0).into(), Type::Long);
            let element = self.apply("element", vec![value.clone(), index], column.expr.span)?;
            let value = self.converted(element, ty, column.expr.span)?;
            let named = !column.names.is_empty();
            planned.push(Planned { name, named, replaces: named, value });
        }
        Ok(planned)
    }

    /// The results of a call of a function that has several, with the names they have where the query gives none.
    fn results(&self, expr: &Expr, names: Names) -> Result<Vec<(String, Type)>> {
        let ExprKind::Call(call) = &expr.kind else { return Ok(vec![]) };
        let Some(function) = functions::find(&call.name.text) else { return Ok(vec![]) };
        let own = |argument: &Argument| implied_name(&argument.value).filter(|name| !name.is_empty());
        match (function.eval, function.result_name) {
            (functions::Eval::Tuple(fields, _), _) => {
                let base = call.arguments.first().and_then(own).unwrap_or_default();
                Ok(fields.iter().map(|field| (format!("{}_{base}_{}", call.name.text, field.name), field.ty)).collect())
            }
            (_, ResultName::EachSuffixed(suffix)) => {
                let arrays = match call.arguments.split_last() {
                    // How nulls are sorted is no array.
                    Some((last, arrays)) if self.scalar(&last.value, names)?.ty == Type::Bool => arrays,
                    _ => &call.arguments,
                };
                let name = |(position, array)| format!("{}_{suffix}", own(array).unwrap_or_else(|| format!("Array{position}")));
                let arrays = if arrays.len() > 1 { arrays } else { &[] };
                Ok((1..).zip(arrays).map(|array| (name(array), Type::Dynamic)).collect())
            }
            _ => Ok(vec![]),
        }
    }
}

/// The columns that a list of names and patterns finds, in the order of the list; a name must exist.
pub(super) fn find_columns<'a>(input: &'a Relation, patterns: &[Expr]) -> Result<Vec<&'a Column>> {
    let mut found = Vec::new();
    for pattern in patterns {
        match &pattern.kind {
            ExprKind::Name(name) if input.open && input.find(&name.text).is_none() => {}
            ExprKind::Name(name) => found.push(find_column(input, &name.text, pattern)?),
            ExprKind::Wildcard(name) => {
                found.extend(input.columns.iter().filter(|column| matches_pattern(&name.text, &column.name)));
            }
            ExprKind::Literal(kql::ast::Literal::String { value, .. }) => found.push(find_column(input, value, pattern)?),
            _ => return fault(codes::KIND, "a column's name or a pattern such as `Sender*` is wanted here", pattern.span),
        }
    }
    let mut once: Vec<&Column> = Vec::with_capacity(found.len());
    for column in found {
        if !once.contains(&column) {
            once.push(column);
        }
    }
    Ok(once)
}

/// The column of that name, or an error that names its neighbours.
pub(super) fn find_column<'a>(input: &'a Relation, name: &str, place: &Expr) -> Result<&'a Column> {
    input.find(name).ok_or_else(|| {
        let near = schema::nearest(name, input.columns.iter().map(|column| column.name.as_str()));
        Diagnostic::error(codes::UNKNOWN_NAME, format!("there is no column `{name}`"), place.span).did_you_mean(&near).into()
    })
}
