//! `narrow`: a row for each cell: the number of its row, the name of its column, its text.

use datafusion::{
    arrow::datatypes::DataType,
    common::UnnestOptions,
    functions::core::expr_fn::{get_field, named_struct},
    functions_nested::expr_fn::make_array,
    functions_window::expr_fn::row_number,
    logical_expr::{Expr, ExprFunctionExt, LogicalPlanBuilder, cast, lit},
};
use functions::Typed;
use schema::Type;

use super::{Invocation, Plugin};
use crate::{
    error::{At, Result},
    kernel::unnest,
    plan::Planner,
    relation::{Relation, column, typed},
};

pub(super) static PLUGIN: Plugin = Plugin {
    name: "narrow",
    doc: "narrow-plugin",
    summary: "Gives a row for each cell of a table: `Row` counts from 0, `Column` is the column's name, `Value` the cell as text.",
    params: &[],
    plan,
};

const ROW: &str = "$row";
const CELLS: &str = "$cells";

fn plan(planner: &Planner<'_>, call: &Invocation<'_>) -> Result<Relation> {
    let (input, span) = (call.input()?, call.span);
    if input.columns.is_empty() {
        return crate::plan::tabular::nothing(
            vec![
                ("Row".to_owned(), Typed::constant(0_i64.into(), Type::Long)),
                ("Column".to_owned(), Typed::text("")),
                ("Value".to_owned(), Typed::text("")),
            ],
            span,
        );
    }
    let mut cells = Vec::with_capacity(input.columns.len());
    for found in &input.columns {
        let value = match found.ty {
            Type::String => typed(found),
            _ => planner.apply("tostring", vec![typed(found)], span)?,
        };
        cells.push(named_struct(vec![lit("name"), Typed::text(&found.name).expr, lit("value"), value.expr]));
    }
    let number = match input.order.is_empty() {
        true => row_number(),
        false => row_number().order_by(input.order.clone()).build().at(span)?,
    };
    let plan = input
        .builder()
        .window(vec![number.alias(ROW)])
        .and_then(|numbered| numbered.project(vec![column(ROW), make_array(cells).alias(CELLS)]))
        .and_then(|cells| unnest(cells, CELLS, UnnestOptions::new()))
        .and_then(LogicalPlanBuilder::build)
        .at(span)?;
    let row: Expr = cast(column(ROW), DataType::Int64) - lit(1_i64);
    let part = |name: &str| Typed::new(get_field(column(CELLS), name), Type::String);
    let columns = vec![
        ("Row".to_owned(), Typed::new(row, Type::Long)),
        ("Column".to_owned(), part("name")),
        ("Value".to_owned(), part("value")),
    ];
    Relation::new(plan, vec![]).project(columns, span)
}
