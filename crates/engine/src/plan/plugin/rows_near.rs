//! `rows_near`: rows for which a condition is true, and their neighbours in the order of the rows.

use datafusion::{
    functions_aggregate::min_max::max_udaf,
    logical_expr::{
        Expr, ExprFunctionExt, WindowFrame, WindowFrameBound, WindowFrameUnits, WindowFunctionDefinition, expr::WindowFunction,
        lit,
    },
};
use diag::Diagnostic;

use super::{Invocation, Plugin, PluginParam};
use crate::{
    error::{At, Result, codes},
    plan::{Names, Planner},
    relation::{Relation, column},
};

pub(super) static PLUGIN: Plugin = Plugin {
    name: "rows_near",
    doc: "rows-near-plugin",
    summary: "Keeps the rows that are at most so many rows before or after one for which a condition is true.",
    params: &[PluginParam::required("Condition"), PluginParam::required("NumRows"), PluginParam::optional("RowsAfter")],
    plan,
};

/// The column that tells whether the condition is true.
const FOUND: &str = "$found";
/// The column that tells whether it is true nearby.
const NEAR: &str = "$near";

fn plan(planner: &Planner<'_>, call: &Invocation<'_>) -> Result<Relation> {
    let (input, span) = (call.input()?, call.span);
    if input.order.is_empty() {
        return Err(Diagnostic::error(codes::SERIALIZED, "rows_near() needs rows in an order", span)
            .with_help("put `sort by ...` before it, or `serialize` to take the rows as they come")
            .into());
    }
    let constants = Names::new(call.scope, &[]);
    let before = planner.row_count(call.required(1)?, constants, "the number of rows")?;
    let after = match call.argument(2) {
        Some(after) => planner.row_count(after, constants, "the number of rows")?,
        None => before,
    };
    let condition = planner.truth(call.required(0)?, Names::new(call.scope, &input.columns))?;
    let rows = input.numbered(span)?.hide(FOUND, condition.expr.is_true(), span)?;
    // A row is near one that comes after it if it is among the `before` rows before that one.
    let bound = |rows: usize| Some(u64::try_from(rows).unwrap_or(u64::MAX)).into();
    let frame = WindowFrame::new_bounds(
        WindowFrameUnits::Rows,
        WindowFrameBound::Preceding(bound(after)),
        WindowFrameBound::Following(bound(before)),
    );
    let any = WindowFunction::new(WindowFunctionDefinition::AggregateUDF(max_udaf()), vec![column(FOUND)]);
    let any = Expr::from(any).order_by(rows.order.clone()).partition_by(rows.groups()).window_frame(frame).build().at(span)?;
    let kept = rows.with_window(NEAR, any, span)?.keep(column(NEAR).eq(lit(true)), span)?;
    kept.ordered(input.order.clone()).reshape(input.all(), span)
}
