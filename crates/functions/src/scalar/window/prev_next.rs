//! `prev` and `next`: a value of a row some rows before or after.

use datafusion_common::ScalarValue;
use datafusion_expr::Expr;
use datafusion_functions_window::lead_lag::{lag, lead};
use schema::Type;

use crate::{
    Call, CallError, Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status, coerce,
    null_of,
};

const PARAMS: &[Param] = &[
    Param::required("column", ParamType::Any),
    Param::optional("offset", ParamType::Constant(Type::Long)),
    Param::optional("default_value", ParamType::Any),
];

/// `prev(column, [offset], [default_value])`.
pub static PREV: Function = Function {
    name: "prev",
    aliases: &[],
    section: Section::Window,
    doc: "prev-function",
    summary: "The value in the row `offset` rows before, which is 1 if not given; the default where there is no such row.",
    params: PARAMS,
    returns: Returns::SameAs(0),
    result_name: ResultName::None,
    nulls: Nulls::Custom("Without a default, null where there is no such row, or the empty text."),
    cost: Cost::Cheap,
    status: Status::Partial("the offset must be a constant"),
    eval: Eval::Window(|call| shift(call, "prev", lag)),
    examples: &[
        Example::gives(
            "The row before",
            "range x from 1 to 3 step 1 | extend p = prev(x, 1, 0) | summarize make_list(p)",
            "dynamic([0, 1, 2])",
        ),
        Example::gives(
            "Two rows before",
            "range x from 1 to 3 step 1 | extend p = prev(x, 2, -1) | summarize make_list(p)",
            "dynamic([-1, -1, 1])",
        ),
        Example::gives("There is none", "range x from 1 to 1 step 1 | project prev(x)", "long(null)"),
        Example::gives("Text is never null", "datatable(x: string)['a'] | serialize p = prev(x) | project p", "\"\""),
        Example::fails("Needs an order", "datatable(x: long)[1] | extend prev(x)", "K0209"),
    ],
};

/// `next(column, [offset], [default_value])`.
pub static NEXT: Function = Function {
    name: "next",
    aliases: &[],
    section: Section::Window,
    doc: "next-function",
    summary: "The value in the row `offset` rows after, which is 1 if not given; the default where there is no such row.",
    params: PARAMS,
    returns: Returns::SameAs(0),
    result_name: ResultName::None,
    nulls: Nulls::Custom("Without a default, null where there is no such row, or the empty text."),
    cost: Cost::Cheap,
    status: Status::Partial("the offset must be a constant"),
    eval: Eval::Window(|call| shift(call, "next", lead)),
    examples: &[
        Example::gives(
            "The row after",
            "range x from 1 to 3 step 1 | extend p = next(x, 1, 0) | summarize make_list(p)",
            "dynamic([2, 3, 0])",
        ),
        Example::gives(
            "Of an expression",
            "range x from 1 to 3 step 1 | extend p = next(x * 10, 2, -1) | summarize make_list(p)",
            "dynamic([30, -1, -1])",
        ),
        Example::gives("There is none", "range x from 1 to 1 step 1 | project next(x)", "long(null)"),
    ],
};

type Shift = fn(Expr, Option<i64>, Option<ScalarValue>) -> Expr;

fn shift(call: &Call, function: &'static str, shift: Shift) -> Result<Expr, CallError> {
    let Some(value) = call.args.first() else {
        return Err(CallError::Arguments { function, expected: "at least 1 argument".to_owned(), found: 0 });
    };
    let refused = |position: usize, parameter: &'static str, problem: &str| CallError::ArgumentValue {
        function,
        position,
        parameter,
        problem: problem.to_owned(),
    };
    let offset = match call.args.get(1) {
        Some(offset) => offset.as_long().ok_or_else(|| refused(2, "offset", "must be a whole number"))?,
        None => 1,
    };
    let default = match call.args.get(2) {
        Some(default) => match coerce(default.clone(), value.ty)?.as_constant() {
            Some(constant) => constant.clone(),
            None => return Err(refused(3, "default_value", "must be a constant")),
        },
        None => null_of(value.ty),
    };
    Ok(shift(value.expr.clone(), Some(offset), Some(default)))
}
