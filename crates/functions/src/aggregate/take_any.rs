//! `take_any`, `any` and their `if` forms: the value of some row of the group.
//!
//! Several columns, or all (`take_any(*)`), come from one row: the binder plans those with `any_row`.

use datafusion_common::ScalarValue;
use datafusion_expr::{Expr, lit};
use schema::Type;

use crate::{
    Aggregated, Call, CallError, Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{
        group::any_row_if,
        native::{argument, or_default},
        part,
    },
};

const PREDICATE: Param = Param::required("predicate", ParamType::Exact(Type::Bool));
const NULLS: Nulls = Nulls::Custom("A value that is null or empty counts only where the group has no other.");

/// `take_any(expr [, ...])`.
pub static TAKE_ANY: Function = Function {
    name: "take_any",
    aliases: &[],
    section: Section::Aggregate,
    doc: "take-any-aggregation-function",
    summary: "The value of some row of the group, one that is not null or empty if there is one.",
    params: &[Param::repeated("expr", ParamType::Any, 1, 64)],
    returns: Returns::SameAs(0),
    result_name: ResultName::FirstArgument,
    nulls: NULLS,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Aggregate(take_any),
    examples: &[
        Example::gives("Some value", "datatable(x: long)[long(null), 7, 7] | summarize take_any(x)", "7"),
        Example::gives("An empty text is avoided", "datatable(x: string)['', 'a', ''] | summarize take_any(x)", "'a'"),
        Example::gives("No rows", "datatable(x: long)[1] | where x == 2 | summarize take_any(x)", "long(null)"),
        Example::gives("No rows of text", "datatable(x: string)['a'] | where x == 'b' | summarize take_any(x)", "''"),
    ],
};

/// `any(expr)`, the old name, which names its column otherwise.
pub static ANY: Function = Function {
    name: "any",
    aliases: &[],
    section: Section::Aggregate,
    doc: "take-any-aggregation-function",
    summary: "The old name of take_any.",
    params: &[Param::repeated("expr", ParamType::Any, 1, 64)],
    returns: Returns::SameAs(0),
    result_name: ResultName::Prefixed("any"),
    nulls: NULLS,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Aggregate(take_any),
    examples: &[Example::gives("Some value", "datatable(x: long)[long(null), 7, 7] | summarize any(x)", "7")],
};

/// `take_anyif(expr, predicate)`.
pub static TAKE_ANYIF: Function = Function {
    name: "take_anyif",
    aliases: &[],
    section: Section::Aggregate,
    doc: "take-anyif-aggregation-function",
    summary: "The value of some row of the group for which the predicate is true, one that is not null or empty if there is one.",
    params: &[Param::required("expr", ParamType::Any), PREDICATE],
    returns: Returns::SameAs(0),
    result_name: ResultName::FirstArgument,
    nulls: NULLS,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Aggregate(take_anyif),
    examples: &[
        Example::gives("Some value", "range x from 1 to 5 step 1 | summarize take_anyif(x, x > 4)", "5"),
        Example::gives("None", "range x from 1 to 5 step 1 | summarize take_anyif(x, x > 9)", "long(null)"),
        Example::gives(
            "A null only where there is nothing else",
            "datatable(x: long)[long(null), 3] | summarize take_anyif(x, true)",
            "3",
        ),
    ],
};

/// `anyif(expr, predicate)`, the old name.
pub static ANYIF: Function = Function {
    name: "anyif",
    aliases: &[],
    section: Section::Aggregate,
    doc: "take-anyif-aggregation-function",
    summary: "The old name of take_anyif.",
    params: &[Param::required("expr", ParamType::Any), PREDICATE],
    returns: Returns::SameAs(0),
    result_name: ResultName::Prefixed("anyif"),
    nulls: NULLS,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Aggregate(take_anyif),
    examples: &[
        Example::gives("Some value", "range x from 1 to 5 step 1 | summarize anyif(x, x > 4)", "5"),
        Example::gives(
            "A null only where there is nothing else",
            "datatable(x: long)[long(null), 3] | summarize anyif(x, true)",
            "3",
        ),
    ],
};

fn take_any(call: &Call) -> Result<Aggregated, CallError> {
    if call.args.len() > 1 {
        return Err(CallError::Unsupported { function: "take_any", what: "several columns in this place".to_owned() });
    }
    Ok(any(call, None))
}

fn take_anyif(call: &Call) -> Result<Aggregated, CallError> {
    Ok(any(call, Some(argument(call.args, 1))))
}

fn any(call: &Call, predicate: Option<Expr>) -> Aggregated {
    let value = argument(call.args, 0);
    let text = call.args.first().is_some_and(|arg| arg.ty == Type::String);
    let worth =
        if text { value.clone().not_eq(lit(ScalarValue::Utf8View(Some(String::new())))) } else { value.clone().is_not_null() };
    let filter = match predicate {
        Some(predicate) => predicate.and(worth),
        None => worth,
    };
    Aggregated::finished(any_row_if(vec![value], Some(filter)), if text { text_of_row } else { value_of_row })
}

fn value_of_row(values: Vec<Expr>) -> Expr {
    part(values.into_iter().next().unwrap_or(Expr::Literal(ScalarValue::Null, None)), 0)
}

fn text_of_row(values: Vec<Expr>) -> Expr {
    or_default(value_of_row(values), ScalarValue::Utf8View(Some(String::new())))
}
