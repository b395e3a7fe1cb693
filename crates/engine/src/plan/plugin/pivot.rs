//! `pivot`: the values of a column become columns, each with an aggregate over its rows.

use std::collections::HashSet;

use datafusion::{
    functions_aggregate::expr_fn,
    logical_expr::{Expr as PlanExpr, LogicalPlanBuilder, lit},
};
use diag::Diagnostic;
use functions::{Aggregated, Eval, Function, Typed, kernel::native, null_of};
use kql::ast::{Call, Expr, ExprKind, Name};
use schema::Type;

use super::{Invocation, Plugin, PluginParam};
use crate::{
    error::{At, Result, codes, fault},
    plan::{Planner, aggregate::Aggregates, conversion},
    relation::{Column, Relation, column, typed},
};

pub(super) static PLUGIN: Plugin = Plugin {
    name: "pivot",
    doc: "pivot-plugin",
    summary: "Turns the values of a column into columns, sorted by name, with an aggregate of the rows that have the value.",
    params: &[PluginParam::required("pivotColumn"), PluginParam::optional("aggregationFunction"), PluginParam::any("column")],
    plan,
};

/// More values than these are refused: each would be a column.
const MAX_VALUES: usize = 1_000;

/// Aggregates of no rows that have a value of their own; the others leave a cell null.
const OF_NOTHING: [&str; 9] = ["count", "countif", "dcount", "dcountif", "sum", "sumif", "make_bag", "make_list", "make_set"];

/// A value of the pivot column: its text, and the aggregate over its rows.
struct Cell {
    name: String,
    aggregated: Aggregated,
    ty: Type,
    parts: Vec<PlanExpr>,
    /// How many rows it has.
    rows: PlanExpr,
}

fn plan(planner: &Planner<'_>, call: &Invocation<'_>) -> Result<Relation> {
    let input = call.input()?;
    let pivot = call.column(call.required(0)?)?;
    let count = Call { name: Name { text: "count".to_owned(), span: call.span }, arguments: vec![] };
    let (function, aggregate) = aggregate(call, &count)?;
    let keys = keys(call, pivot, aggregate)?;
    let text = match pivot.ty {
        Type::String => typed(pivot),
        _ => planner.apply("tostring", vec![typed(pivot)], call.span)?,
    };
    let (keys, values, open) = match &call.schema {
        // With a schema, its columns that are no keys are the values, and the data need not be asked.
        Some((_, columns)) => {
            let keys: Vec<&Column> =
                keys.into_iter().filter(|key| columns.iter().any(|column| column.name == key.name)).collect();
            let values = columns.iter().filter(|column| !keys.iter().any(|key| key.name == column.name));
            let values = values.map(|column| column.name.clone()).collect();
            (keys, values, false)
        }
        None => {
            let values = distinct_values(planner, call, &text)?;
            let open = values.is_empty();
            (keys, values, open)
        }
    };
    let cells = Cells { planner, call, function, aggregate, text };
    let rotated = cells.rotated(&keys, &values)?;
    let rotated = match &call.schema {
        Some((_, columns)) => declared(planner, call, &rotated, columns)?,
        None => rotated,
    };
    Ok(Relation { open: input.open || open, ..rotated })
}

/// The aggregate that is called, `count()` if none.
fn aggregate<'a>(call: &Invocation<'a>, count: &'a Call) -> Result<(&'static Function, &'a Call)> {
    let aggregate = match call.argument(1) {
        None => count,
        Some(Expr { kind: ExprKind::Call(aggregate), .. }) => aggregate,
        Some(other) => return fault(codes::KIND, "pivot() takes an aggregate here, such as `count()`", other.span),
    };
    match functions::find(&aggregate.name.text) {
        Some(function) if matches!(function.eval, Eval::Aggregate(_)) => Ok((function, aggregate)),
        _ => fault(
            codes::AGGREGATE,
            format!("{}() is no aggregate that pivot() can use", aggregate.name.text),
            aggregate.name.span,
        ),
    }
}

/// The columns that a row of the result stands for: those that are listed, or all but the pivot column and what is aggregated.
fn keys<'a>(call: &'a Invocation<'_>, pivot: &Column, aggregate: &Call) -> Result<Vec<&'a Column>> {
    let listed = call.rest(2);
    if !listed.is_empty() {
        return listed.iter().map(|expr| call.column(expr)).collect();
    }
    let aggregated: Vec<&str> = aggregate.arguments.iter().filter_map(|argument| column_name(&argument.value)).collect();
    let input = call.input()?;
    Ok(input.columns.iter().filter(|column| *column != pivot && !aggregated.contains(&column.name.as_str())).collect())
}

fn column_name(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Name(name) => Some(&name.text),
        ExprKind::Member { object, .. } | ExprKind::Index { object, .. } => column_name(object),
        ExprKind::Call(call) => call.arguments.iter().find_map(|argument| column_name(&argument.value)),
        ExprKind::Paren(inner) => column_name(inner),
        _ => None,
    }
}

/// The values there are, sorted; none where the query is only checked.
fn distinct_values(planner: &Planner<'_>, call: &Invocation<'_>, text: &Typed) -> Result<Vec<String>> {
    let values = call.input()?.project(vec![("value".to_owned(), text.clone())], call.span)?;
    let plan = values.builder().distinct().and_then(LogicalPlanBuilder::build).at(call.span)?;
    let found = planner.computed(values.with_plan(plan), MAX_VALUES + 1)?;
    if found.len() > MAX_VALUES {
        let message = format!("the pivot column has more than {MAX_VALUES} values, and each would be a column");
        let help = "filter before, or name the columns that are wanted: `evaluate pivot(Column) : (Key:string, Value:long)`";
        return Err(Diagnostic::error(codes::TOO_LARGE, message, call.span).with_help(help).into());
    }
    let mut values: Vec<String> = found.iter().map(|value| value.try_as_str().flatten().unwrap_or("").to_owned()).collect();
    values.sort_unstable();
    Ok(values)
}

/// How cells are computed.
struct Cells<'a, 'p, 'e> {
    planner: &'p Planner<'e>,
    call: &'a Invocation<'a>,
    function: &'static Function,
    aggregate: &'a Call,
    text: Typed,
}

impl Cells<'_, '_, '_> {
    fn rotated(&self, keys: &[&Column], values: &[String]) -> Result<Relation> {
        let (span, input) = (self.call.span, self.call.input()?);
        let aggregates = Aggregates::over(&input.columns);
        let mut cells = Vec::with_capacity(values.len());
        // For each planned aggregate, the value whose rows it is of.
        let mut of: Vec<&str> = Vec::new();
        for value in values {
            let rows = aggregates.add(expr_fn::count(lit(1_i64)));
            let (aggregated, ty, parts) =
                self.planner.aggregate_values(self.function, self.aggregate, span, self.call.scope, &aggregates)?;
            of.extend(std::iter::repeat_n(value.as_str(), parts.len() + 1));
            cells.push(Cell { name: value.clone(), aggregated, ty, parts, rows });
        }
        let planned =
            aggregates.into_planned().into_iter().zip(of).map(|(expr, value)| self.only(expr, value)).collect::<Vec<_>>();
        let groups: Vec<PlanExpr> =
            keys.iter().enumerate().map(|(position, key)| column(&key.name).alias(key_name(position))).collect();
        if groups.is_empty() && planned.is_empty() {
            return crate::plan::tabular::nothing(vec![], span);
        }
        let plan = input.builder().aggregate(groups, planned).and_then(LogicalPlanBuilder::build).at(span)?;
        let mut result: Vec<(String, Typed)> = keys
            .iter()
            .enumerate()
            .map(|(position, key)| (key.name.clone(), Typed::new(column(&key_name(position)), key.ty)))
            .collect();
        for cell in cells {
            result.push(self.finished(cell)?);
        }
        Relation::new(plan, vec![]).project(result, span)
    }

    /// An aggregate over the rows that have a value.
    fn only(&self, aggregate: PlanExpr, value: &str) -> PlanExpr {
        let wanted = Typed::text(value).expr;
        let has_value = self.text.expr.clone().eq(wanted);
        match aggregate {
            PlanExpr::Alias(mut alias) => {
                *alias.expr = self.only(*alias.expr, value);
                PlanExpr::Alias(alias)
            }
            PlanExpr::AggregateFunction(mut function) => {
                let filter = match function.params.filter.take() {
                    Some(before) => before.and(has_value),
                    None => has_value,
                };
                function.params.filter = Some(Box::new(filter));
                PlanExpr::AggregateFunction(function)
            }
            other => other,
        }
    }

    fn finished(&self, cell: Cell) -> Result<(String, Typed)> {
        let Cell { name, aggregated, ty, parts, rows } = cell;
        let mut outputs = aggregated.outputs(parts);
        let value = match outputs.pop() {
            Some((_, value)) if outputs.is_empty() => value,
            _ => {
                let message = format!("{}() gives several columns, and a cell of pivot() is one", self.function.name);
                return fault(codes::AGGREGATE, message, self.aggregate.name.span);
            }
        };
        let value = match OF_NOTHING.contains(&self.function.name) {
            true => value,
            false => native::choose(rows.eq(lit(0_i64)), PlanExpr::Literal(null_of(ty), None), value),
        };
        Ok((name, Typed::new(value, ty)))
    }
}

fn key_name(position: usize) -> String {
    format!("$key{position}")
}

/// The columns in the order and with the types that the query declares.
fn declared(planner: &Planner<'_>, call: &Invocation<'_>, rotated: &Relation, columns: &[Column]) -> Result<Relation> {
    let mut seen = HashSet::new();
    let mut result = Vec::with_capacity(columns.len());
    for column in columns {
        if !seen.insert(&column.name) {
            return fault(codes::SCHEMA, format!("the column `{}` is declared twice", column.name), call.span);
        }
        let Some(found) = rotated.find(&column.name) else { continue };
        let value = if found.ty == column.ty {
            typed(found)
        } else {
            planner.apply(conversion(column.ty), vec![typed(found)], call.span)?
        };
        result.push((column.name.clone(), value));
    }
    rotated.project(result, call.span)
}
