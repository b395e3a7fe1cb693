//! `row_cumsum`: the sum of a value over this row and all before it.

use arrow::{
    array::{Array, ArrayRef, AsArray},
    datatypes::{Decimal128Type, Float64Type, Int32Type, Int64Type},
};
use datafusion_common::{Result, ScalarValue};
use schema::{DECIMAL_PRECISION, DECIMAL_SCALE, Type};

use crate::{
    CallError, Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::rows::{self, RowState},
};

/// `row_cumsum(term, [restart])`.
pub static FUNCTION: Function = Function {
    name: "row_cumsum",
    aliases: &[],
    section: Section::Window,
    doc: "row-cumsum-function",
    summary: "The sum of `term` over this row and those before it, begun anew where `restart` is true.",
    params: &[Param::required("term", ParamType::NumberOrTime), Param::optional("restart", ParamType::Exact(Type::Bool))],
    returns: Returns::By(sum_type),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A null term adds nothing; a null `restart` is false. A sum out of range is null."),
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Window(|call| {
        let args = call.args.iter().map(|arg| arg.expr.clone()).collect();
        let (ty, start): (_, fn() -> Box<dyn RowState>) = match call.args.first().map(|term| term.ty) {
            Some(Type::Real) => (Type::Real, || Box::new(Sum::Real(0.0))),
            Some(Type::Decimal) => (Type::Decimal, || Box::new(Sum::Decimal(Some(0)))),
            Some(Type::Int) => (Type::Int, || Box::new(Sum::Int(Some(0)))),
            Some(Type::Timespan) => (Type::Timespan, || Box::new(Sum::Long(Some(0)))),
            _ => (Type::Long, || Box::new(Sum::Long(Some(0)))),
        };
        Ok(rows::running("row_cumsum", ty, start, args))
    }),
    examples: &[
        Example::gives(
            "A running sum",
            "range x from 1 to 4 step 1 | extend s = row_cumsum(x) | summarize make_list(s)",
            "dynamic([1, 3, 6, 10])",
        ),
        Example::gives(
            "Begun anew",
            "range x from 1 to 4 step 1 | extend s = row_cumsum(x, x == 3) | summarize make_list(s)",
            "dynamic([1, 3, 3, 7])",
        ),
        Example::gives(
            "Reals",
            "range x from 0.5 to 1.5 step 0.5 | extend s = row_cumsum(x) | summarize make_list(s)",
            "dynamic([0.5, 1.5, 3.0])",
        ),
        Example::gives("Timespans", "range x from 1h to 2h step 1h | extend s = row_cumsum(x) | summarize max(s)", "3h"),
        Example::gives(
            "Null adds nothing",
            "datatable(x: long)[1, long(null), 3] | serialize s = row_cumsum(x) | summarize make_list(s)",
            "dynamic([1, 1, 4])",
        ),
        Example::gives(
            "Out of range",
            "datatable(x: int)[2147483647, 1] | serialize s = row_cumsum(x) | summarize countif(isnull(s))",
            "1",
        ),
        Example::fails("No sum of dates", "range x from now() to now() step 1d | extend row_cumsum(x)", "K0202"),
    ],
};

fn sum_type(types: &[Type]) -> std::result::Result<Type, CallError> {
    match types.first().copied().unwrap_or(Type::Long) {
        Type::Datetime => Err(CallError::ArgumentType {
            function: "row_cumsum",
            position: 1,
            parameter: "term",
            expected: "a number or timespan".to_owned(),
            found: Type::Datetime,
        }),
        ty => Ok(ty),
    }
}

/// A sum so far; out of range it is null until begun anew.
#[derive(Debug)]
enum Sum {
    Int(Option<i32>),
    Long(Option<i64>),
    Real(f64),
    Decimal(Option<i128>),
}

impl RowState for Sum {
    fn next(&mut self, args: &[ArrayRef], row: usize) -> Result<ScalarValue> {
        let anew = rows::restarts(args, 1, row);
        let Some(terms) = args.first() else { return Ok(ScalarValue::Null) };
        let valid = terms.is_valid(row);
        Ok(match self {
            Self::Int(sum) => {
                let term = if valid { terms.as_primitive::<Int32Type>().value(row) } else { 0 };
                *sum = if anew { Some(term) } else { sum.and_then(|sum| sum.checked_add(term)) };
                ScalarValue::Int32(*sum)
            }
            Self::Long(sum) => {
                let term = if valid { terms.as_primitive::<Int64Type>().value(row) } else { 0 };
                *sum = if anew { Some(term) } else { sum.and_then(|sum| sum.checked_add(term)) };
                ScalarValue::Int64(*sum)
            }
            Self::Real(sum) => {
                let term = if valid { terms.as_primitive::<Float64Type>().value(row) } else { 0.0 };
                *sum = if anew { term } else { *sum + term };
                ScalarValue::Float64(Some(*sum))
            }
            Self::Decimal(sum) => {
                let term = if valid { terms.as_primitive::<Decimal128Type>().value(row) } else { 0 };
                *sum = if anew { Some(term) } else { sum.and_then(|sum| sum.checked_add(term)) };
                ScalarValue::Decimal128(*sum, DECIMAL_PRECISION, DECIMAL_SCALE)
            }
        })
    }
}
