//! What plugins that find patterns share: the rows as one value, and patterns as rows.
//!
//! Rows are counted by their values first, so that what is compared is every different row once.

use datafusion::common::ScalarValue;
use functions::Typed;
use kql::ast::{Expr, ExprKind, Literal};
use schema::Type;

use super::{Invocation, written::Written};
use crate::{
    error::{Result, codes, fault},
    plan::{Names, Planner},
    relation::{Column, Relation, typed},
};

/// A search for patterns in the columns of a call.
pub(super) struct Patterns<'a, 'p, 'e> {
    planner: &'p Planner<'e>,
    call: &'a Invocation<'a>,
    /// The columns that patterns are found in.
    shown: Vec<Column>,
}

impl<'a, 'p, 'e> Patterns<'a, 'p, 'e> {
    /// In all columns but those that say something else.
    pub(super) fn new(planner: &'p Planner<'e>, call: &'a Invocation<'a>, apart: &[&Column]) -> Result<Self> {
        let shown: Vec<Column> = call.input()?.columns.iter().filter(|column| !apart.contains(column)).cloned().collect();
        if shown.is_empty() {
            return fault(codes::KIND, "there is no column to find patterns in", call.span);
        }
        Ok(Self { planner, call, shown })
    }

    /// What `function` finds in the rows, as one array. `values` stand beside the columns in the query that sums the weights:
    /// `before` comes before that, `sums` are the weights.
    pub(super) fn found(
        &self,
        function: &str,
        values: Vec<(String, Typed)>,
        (before, sums): (&str, &[(&str, &str)]),
        measures: [Typed; 2],
    ) -> Result<Relation> {
        let span = self.call.span;
        let mut columns = values;
        for (number, column) in self.shown.iter().enumerate() {
            columns.push((format!("v{number}"), self.planner.apply("tostring", vec![typed(column)], span)?));
        }
        let names: Vec<String> = (0..self.shown.len()).map(|number| format!("v{number}")).collect();
        let names = names.join(", ");
        let weights: Vec<&str> = sums.iter().map(|(name, _)| *name).collect();
        let sums: Vec<String> = sums.iter().map(|(name, sum)| format!("{name} = {sum}")).collect();
        let rows = Written::over_values(self.planner, self.call, &[], columns)?.plan(&format!(
            "T {before} | summarize {} by {names} | summarize rows = make_list(pack_array(pack_array({names}), {}))",
            sums.join(", "),
            weights.join(", ")
        ))?;
        let [rows_of, ..] = rows.columns.as_slice() else { return fault(codes::PLANNING, "there are no rows", span) };
        let [measure, most] = measures;
        let found = self.planner.apply(function, vec![typed(rows_of), measure, most], span)?;
        rows.project(vec![("found".to_owned(), found)], span)
    }

    /// A row a pattern, in the order they were found: `columns` of the parts of the pattern `p`, and then the values, which stand
    /// in its part `place`. Wildcards are the arguments from `wildcards` on.
    pub(super) fn shown(&self, found: Relation, columns: &str, place: usize, wildcards: usize) -> Result<Relation> {
        let mut query = Written::over(self.planner, self.call, &[])?.with_table("P", found);
        let mut shown = Vec::with_capacity(self.shown.len());
        for (number, column) in self.shown.iter().enumerate() {
            query = query
                .renaming(&format!("c{number}"), &column.name)
                .with(&format!("W{number}"), self.wildcard(column.ty, wildcards)?);
            let value = match column.ty {
                Type::String => format!("tostring(p[{place}][{number}])"),
                other => format!("to{other}(tostring(p[{place}][{number}]))"),
            };
            shown.push(format!("c{number} = iff(isnull(p[{place}][{number}]), W{number}, {value})"));
        }
        query.plan(&format!(
            "P | mv-expand with_itemindex=i p = found | where isnotnull(p) | sort by i asc
            | project SegmentId = row_number() - 1, {columns}, {}",
            shown.join(", ")
        ))
    }

    /// What stands for any value of a type: the argument of that type, else null or an empty text.
    fn wildcard(&self, ty: Type, from: usize) -> Result<Typed> {
        for expr in self.call.rest(from).iter().filter(|expr| !is_default(expr)) {
            let value = self.planner.constant(expr, Names::new(self.call.scope, &[]), "a wildcard")?;
            if value.ty == ty {
                return Ok(value);
            }
        }
        Ok(match ty {
            Type::String => Typed::constant(ScalarValue::Utf8View(Some(String::new())), Type::String),
            other => Typed::constant(functions::null_of(other), other),
        })
    }
}

/// The argument at a position, unless it is `'~'`, which stands for the default.
pub(super) fn given<'a>(call: &Invocation<'a>, position: usize) -> Option<&'a Expr> {
    call.argument(position).filter(|expr| !is_default(expr))
}

fn is_default(expr: &Expr) -> bool {
    matches!(&expr.kind, ExprKind::Literal(Literal::String { value, .. }) if value == "~")
}

/// The column of numbers that says how many rows a row stands for.
pub(super) fn weight<'a>(call: &'a Invocation<'_>, position: usize) -> Result<Option<&'a Column>> {
    let Some(expr) = given(call, position) else { return Ok(None) };
    let column = call.column(expr)?;
    match column.ty {
        Type::Int | Type::Long | Type::Real | Type::Decimal => Ok(Some(column)),
        other => fault(codes::ARGUMENT_TYPE, format!("a weight is a number, and `{}` is {other}", column.name), expr.span),
    }
}

/// How many rows a row stands for.
pub(super) fn weighing(weight: Option<&Column>) -> Typed {
    weight.map_or_else(|| Typed::constant(1_i64.into(), Type::Long), typed)
}

/// A real between two others, or the default.
pub(super) fn ratio(
    planner: &Planner<'_>,
    call: &Invocation<'_>,
    position: usize,
    (name, least, usual): (&str, f64, f64),
) -> Result<Typed> {
    let Some(expr) = given(call, position) else { return Ok(Typed::constant(usual.into(), Type::Real)) };
    let value = planner.constant(expr, Names::new(call.scope, &[]), &format!("`{name}`"))?;
    let value = planner.fold(planner.apply("toreal", vec![value], expr.span)?, expr.span)?;
    match value.as_constant() {
        Some(ScalarValue::Float64(Some(real))) if (least..=1.0).contains(real) => Ok(value),
        _ => fault(codes::ARGUMENT_VALUE, format!("`{name}` is a number from {least} to 1"), expr.span),
    }
}

/// A whole number, or the default.
pub(super) fn number(planner: &Planner<'_>, call: &Invocation<'_>, position: usize, name: &str, usual: i64) -> Result<Typed> {
    let Some(expr) = given(call, position) else { return Ok(Typed::constant(usual.into(), Type::Long)) };
    let count = planner.row_count(expr, Names::new(call.scope, &[]), &format!("`{name}`"))?;
    Ok(Typed::constant(i64::try_from(count).unwrap_or(i64::MAX).into(), Type::Long))
}
