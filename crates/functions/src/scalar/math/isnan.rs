//! `isnan`, `isinf`, `isfinite`: what kind of number a real is.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_bool},
};

const NUMBER: &[Param] = &[Param::required("number", ParamType::Number)];

/// `isfinite(number)`.
pub static ISFINITE: Function = Function {
    name: "isfinite",
    aliases: &[],
    section: Section::Math,
    doc: "isfinite-function",
    summary: "Whether a real is neither infinite nor NaN.",
    params: NUMBER,
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::None,
    nulls: Nulls::FalseOnNull,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(|args| test(args, f64::is_finite)),
    examples: &[
        Example::gives("A number", "isfinite(1.5)", "true"),
        Example::gives("Infinite", "isfinite(1.0 / 0.0)", "false"),
        Example::gives("NaN", "isfinite(real(nan))", "false"),
        Example::gives("Null", "isfinite(real(null))", "false"),
    ],
};

/// `isinf(number)`.
pub static ISINF: Function = Function {
    name: "isinf",
    aliases: &[],
    section: Section::Math,
    doc: "isinf-function",
    summary: "Whether a real is infinite.",
    params: NUMBER,
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::None,
    nulls: Nulls::FalseOnNull,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(|args| test(args, f64::is_infinite)),
    examples: &[
        Example::gives("Infinite", "isinf(-1.0 / 0.0)", "true"),
        Example::gives("A number", "isinf(1.5)", "false"),
        Example::gives("Null", "isinf(real(null))", "false"),
    ],
};

/// `isnan(number)`.
pub static ISNAN: Function = Function {
    name: "isnan",
    aliases: &[],
    section: Section::Math,
    doc: "isnan-function",
    summary: "Whether a real is not a number.",
    params: NUMBER,
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::None,
    nulls: Nulls::FalseOnNull,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(|args| test(args, f64::is_nan)),
    examples: &[
        Example::gives("NaN", "isnan(0.0 / 0.0)", "true"),
        Example::gives("A number", "isnan(1)", "false"),
        Example::gives("Null", "isnan(real(null))", "false"),
    ],
};

fn test(args: &Args, test: fn(f64) -> bool) -> Result<ArrayRef, KernelError> {
    let numbers = args.reals(0)?;
    Ok(each_bool(args, |row| Some(numbers.get(row).is_some_and(test))))
}
