//! `array_sum`: the sum of an array of numbers.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{
        Args, KernelError, each_real,
        json::{self, Kind},
    },
};

/// `array_sum(array)`.
pub static FUNCTION: Function = Function {
    name: "array_sum",
    aliases: &[],
    section: Section::Dynamic,
    doc: "array-sum-function",
    summary: "The sum of the elements; null if one of them is no number.",
    params: &[Param::required("array", ParamType::Exact(Type::Dynamic))],
    returns: Returns::Fixed(Type::Real),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(array_sum),
    examples: &[
        Example::gives("Numbers", "array_sum(dynamic([1, 2, 3, 4]))", "10.0"),
        Example::gives("Empty", "array_sum(dynamic([]))", "0.0"),
        Example::gives("A text among them", r#"array_sum(dynamic([1, "a"]))"#, "real(null)"),
        Example::gives("No array", "array_sum(dynamic(5))", "real(null)"),
        Example::gives("Null", "array_sum(dynamic(null))", "real(null)"),
    ],
};

fn array_sum(args: &Args) -> Result<ArrayRef, KernelError> {
    let arrays = args.texts(0)?;
    Ok(each_real(args, |row| {
        let number = |element: &str| if json::kind(element) == Kind::Number { json::typed::real(element) } else { None };
        // Summing from a positive zero: the sum of nothing is 0, not -0.
        json::elements(arrays.get(row)?)?.try_fold(0.0, |sum, element| Some(sum + number(element)?))
    }))
}
