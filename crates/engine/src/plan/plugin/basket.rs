//! `basket`: values that often come together in rows.
//!
//! Rows are counted by their values first, so that what is compared is every different row once.

use datafusion::common::ScalarValue;
use functions::Typed;
use kql::ast::{Expr, ExprKind, Literal};
use schema::Type;

use super::{Invocation, Plugin, PluginParam, written::Written};
use crate::{
    error::{Result, codes, fault},
    plan::{Names, Planner},
    relation::{Column, Relation, typed},
};

pub(super) static PLUGIN: Plugin = Plugin {
    name: "basket",
    doc: "basket-plugin",
    summary: "Finds the values that a share of the rows have in common in one or more columns.",
    params: &[
        PluginParam::optional("Threshold"),
        PluginParam::optional("WeightColumn"),
        PluginParam::optional("MaxDimensions"),
        PluginParam::any("CustomWildcard"),
    ],
    plan,
};

fn plan(planner: &Planner<'_>, call: &Invocation<'_>) -> Result<Relation> {
    let input = call.input()?;
    let weight = match given(call, 1) {
        Some(expr) => Some(call.column(expr)?.clone()),
        None => None,
    };
    let threshold = match given(call, 0) {
        Some(expr) => planner.constant(expr, Names::new(call.scope, &[]), "`Threshold`")?,
        None => Typed::constant(0.05.into(), Type::Real),
    };
    let most = match given(call, 2) {
        Some(expr) => planner.constant(expr, Names::new(call.scope, &[]), "`MaxDimensions`")?,
        None => Typed::constant(5_i64.into(), Type::Long),
    };
    let shown: Vec<&Column> = input.columns.iter().filter(|column| weight.as_ref() != Some(column)).collect();
    if shown.is_empty() {
        return fault(codes::KIND, "basket() needs at least one column to find values in", call.span);
    }
    let mut values = Vec::with_capacity(shown.len() + 1);
    for (number, column) in shown.iter().enumerate() {
        values.push((format!("v{number}"), planner.apply("tostring", vec![typed(column)], call.span)?));
    }
    values.push(("w".to_owned(), weight.as_ref().map_or_else(|| Typed::constant(1_i64.into(), Type::Long), typed)));
    let mut query = Written::over_values(planner, call, &[], values)?.with("Threshold", threshold).with("Most", most);
    let mut columns = Vec::with_capacity(shown.len());
    for (number, column) in shown.iter().enumerate() {
        let wild = wildcard(planner, call, column.ty)?;
        query = query.renaming(&format!("c{number}"), &column.name).with(&format!("W{number}"), wild);
        let value = if column.ty == Type::String {
            format!("tostring(p[2][{number}])")
        } else {
            format!("to{}(tostring(p[2][{number}]))", column.ty)
        };
        columns.push(format!("c{number} = iff(isnull(p[2][{number}]), W{number}, {value})"));
    }
    let names: Vec<String> = (0..shown.len()).map(|number| format!("v{number}")).collect();
    let (names, columns) = (names.join(", "), columns.join(", "));
    query.plan(&format!(
        "T
        | summarize w = sum(w) by {names}
        | summarize rows = make_list(pack_array(pack_array({names}), w))
        | project p = frequent_patterns(rows, toreal(Threshold), tolong(Most))
        | mv-expand p
        | sort by tolong(p[0]) desc
        | project SegmentId = row_number() - 1, Count = tolong(p[0]), Percent = toreal(p[1]), {columns}"
    ))
}

/// The argument at a position, unless it is `'~'`, which stands for the default.
fn given<'a>(call: &Invocation<'a>, position: usize) -> Option<&'a Expr> {
    call.argument(position).filter(|expr| !matches!(&expr.kind, ExprKind::Literal(Literal::String { value, .. }) if value == "~"))
}

/// What stands for any value of a type: the argument of that type, else null or an empty text.
fn wildcard(planner: &Planner<'_>, call: &Invocation<'_>, ty: Type) -> Result<Typed> {
    for expr in call.rest(3) {
        let value = planner.constant(expr, Names::new(call.scope, &[]), "a wildcard")?;
        let is_default = value.as_constant().and_then(|text| text.try_as_str().flatten()) == Some("~");
        if value.ty == ty && !is_default {
            return Ok(value);
        }
    }
    Ok(match ty {
        Type::String => Typed::constant(ScalarValue::Utf8View(Some(String::new())), Type::String),
        other => Typed::constant(functions::null_of(other), other),
    })
}
