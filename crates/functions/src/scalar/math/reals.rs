//! Functions of one or two reals: roots, powers, logarithms, angles.
//!
//! Outside a function's domain the result is NaN, or null where Kusto says so.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_real},
};

const NUMBER: &[Param] = &[Param::required("number", ParamType::Number)];

/// `acos(number)`.
pub static ACOS: Function = Function {
    name: "acos",
    aliases: &[],
    section: Section::Math,
    doc: "acos-function",
    summary: "The angle of a cosine; null outside -1 to 1.",
    params: NUMBER,
    returns: Returns::Fixed(Type::Real),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(|args| of_one(args, |x| (-1.0..=1.0).contains(&x).then(|| x.acos()))),
    examples: &[
        Example::gives("Right angle", "round(acos(0), 6)", "1.570796"),
        Example::gives("Outside", "acos(2)", "real(null)"),
        Example::gives("Null", "acos(real(null))", "real(null)"),
    ],
};

/// `asin(number)`.
pub static ASIN: Function = Function {
    name: "asin",
    aliases: &[],
    section: Section::Math,
    doc: "asin-function",
    summary: "The angle of a sine; null outside -1 to 1.",
    params: NUMBER,
    returns: Returns::Fixed(Type::Real),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(|args| of_one(args, |x| (-1.0..=1.0).contains(&x).then(|| x.asin()))),
    examples: &[
        Example::gives("A sine", "round(asin(1), 6)", "1.570796"),
        Example::gives("Outside", "asin(-2)", "real(null)"),
        Example::gives("Null", "asin(real(null))", "real(null)"),
    ],
};

/// `atan(number)`.
pub static ATAN: Function = Function {
    name: "atan",
    aliases: &[],
    section: Section::Math,
    doc: "atan-function",
    summary: "The angle of a tangent.",
    params: NUMBER,
    returns: Returns::Fixed(Type::Real),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(|args| of_one(args, |x| Some(x.atan()))),
    examples: &[
        Example::gives("A tangent", "round(atan(1), 6)", "0.785398"),
        Example::gives("Null", "atan(real(null))", "real(null)"),
    ],
};

/// `cos(number)`.
pub static COS: Function = Function {
    name: "cos",
    aliases: &[],
    section: Section::Math,
    doc: "cos-function",
    summary: "The cosine of an angle.",
    params: NUMBER,
    returns: Returns::Fixed(Type::Real),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(|args| of_one(args, |x| Some(x.cos()))),
    examples: &[Example::gives("Zero", "cos(0)", "1.0"), Example::gives("Null", "cos(real(null))", "real(null)")],
};

/// `cot(number)`.
pub static COT: Function = Function {
    name: "cot",
    aliases: &[],
    section: Section::Math,
    doc: "cot-function",
    summary: "The cotangent of an angle.",
    params: NUMBER,
    returns: Returns::Fixed(Type::Real),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(|args| of_one(args, |x| Some(x.tan().recip()))),
    examples: &[
        Example::gives("An angle", "round(cot(1), 6)", "0.642093"),
        Example::gives("Null", "cot(real(null))", "real(null)"),
    ],
};

/// `degrees(number)`.
pub static DEGREES: Function = Function {
    name: "degrees",
    aliases: &[],
    section: Section::Math,
    doc: "degrees-function",
    summary: "An angle in degrees.",
    params: NUMBER,
    returns: Returns::Fixed(Type::Real),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(|args| of_one(args, |x| Some(x.to_degrees()))),
    examples: &[
        Example::gives("Half a turn", "degrees(pi())", "180.0"),
        Example::gives("Null", "degrees(real(null))", "real(null)"),
    ],
};

/// `exp(number)`.
pub static EXP: Function = Function {
    name: "exp",
    aliases: &[],
    section: Section::Math,
    doc: "exp-function",
    summary: "e to the power of a number.",
    params: NUMBER,
    returns: Returns::Fixed(Type::Real),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(|args| of_one(args, |x| Some(x.exp()))),
    examples: &[
        Example::gives("Zero", "exp(0)", "1.0"),
        Example::gives("Two", "round(exp(2), 6)", "7.389056"),
        Example::gives("Null", "exp(real(null))", "real(null)"),
    ],
};

/// `exp10(number)`.
pub static EXP10: Function = Function {
    name: "exp10",
    aliases: &[],
    section: Section::Math,
    doc: "exp10-function",
    summary: "10 to the power of a number.",
    params: NUMBER,
    returns: Returns::Fixed(Type::Real),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(|args| of_one(args, |x| Some(10.0_f64.powf(x)))),
    examples: &[Example::gives("Three", "exp10(3)", "1000.0"), Example::gives("Null", "exp10(real(null))", "real(null)")],
};

/// `exp2(number)`.
pub static EXP2: Function = Function {
    name: "exp2",
    aliases: &[],
    section: Section::Math,
    doc: "exp2-function",
    summary: "2 to the power of a number.",
    params: NUMBER,
    returns: Returns::Fixed(Type::Real),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(|args| of_one(args, |x| Some(x.exp2()))),
    examples: &[Example::gives("Ten", "exp2(10)", "1024.0"), Example::gives("Null", "exp2(real(null))", "real(null)")],
};

/// `log(number)`.
pub static LOG: Function = Function {
    name: "log",
    aliases: &[],
    section: Section::Math,
    doc: "log-function",
    summary: "The natural logarithm; null unless the number is positive.",
    params: NUMBER,
    returns: Returns::Fixed(Type::Real),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(|args| of_one(args, |x| (x > 0.0).then(|| x.ln()))),
    examples: &[
        Example::gives("One", "log(1)", "0.0"),
        Example::gives("Zero", "log(0)", "real(null)"),
        Example::gives("A negative number", "log(-1)", "real(null)"),
        Example::gives("Null", "log(real(null))", "real(null)"),
    ],
};

/// `log10(number)`.
pub static LOG10: Function = Function {
    name: "log10",
    aliases: &[],
    section: Section::Math,
    doc: "log10-function",
    summary: "The logarithm to base 10; null unless the number is positive.",
    params: NUMBER,
    returns: Returns::Fixed(Type::Real),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(|args| of_one(args, |x| (x > 0.0).then(|| x.log10()))),
    examples: &[
        Example::gives("A thousand", "log10(1000)", "3.0"),
        Example::gives("Zero", "log10(0)", "real(null)"),
        Example::gives("Null", "log10(real(null))", "real(null)"),
    ],
};

/// `log2(number)`.
pub static LOG2: Function = Function {
    name: "log2",
    aliases: &[],
    section: Section::Math,
    doc: "log2-function",
    summary: "The logarithm to base 2; null unless the number is positive.",
    params: NUMBER,
    returns: Returns::Fixed(Type::Real),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(|args| of_one(args, |x| (x > 0.0).then(|| x.log2()))),
    examples: &[
        Example::gives("Eight", "log2(8)", "3.0"),
        Example::gives("Zero", "log2(0)", "real(null)"),
        Example::gives("Null", "log2(real(null))", "real(null)"),
    ],
};

/// `radians(number)`.
pub static RADIANS: Function = Function {
    name: "radians",
    aliases: &[],
    section: Section::Math,
    doc: "radians-function",
    summary: "An angle in radians.",
    params: NUMBER,
    returns: Returns::Fixed(Type::Real),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(|args| of_one(args, |x| Some(x.to_radians()))),
    examples: &[
        Example::gives("Half a turn", "radians(180) == pi()", "true"),
        Example::gives("Null", "radians(real(null))", "real(null)"),
    ],
};

/// `sin(number)`.
pub static SIN: Function = Function {
    name: "sin",
    aliases: &[],
    section: Section::Math,
    doc: "sin-function",
    summary: "The sine of an angle.",
    params: NUMBER,
    returns: Returns::Fixed(Type::Real),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(|args| of_one(args, |x| Some(x.sin()))),
    examples: &[Example::gives("Zero", "sin(0)", "0.0"), Example::gives("Null", "sin(real(null))", "real(null)")],
};

/// `sqrt(number)`.
pub static SQRT: Function = Function {
    name: "sqrt",
    aliases: &[],
    section: Section::Math,
    doc: "sqrt-function",
    summary: "The square root; null for a negative number.",
    params: NUMBER,
    returns: Returns::Fixed(Type::Real),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(|args| of_one(args, |x| (x >= 0.0).then(|| x.sqrt()))),
    examples: &[
        Example::gives("Of a square", "sqrt(256)", "16.0"),
        Example::gives("Of a negative number", "sqrt(-1)", "real(null)"),
        Example::gives("Null", "sqrt(real(null))", "real(null)"),
    ],
};

/// `tan(number)`.
pub static TAN: Function = Function {
    name: "tan",
    aliases: &[],
    section: Section::Math,
    doc: "tan-function",
    summary: "The tangent of an angle.",
    params: NUMBER,
    returns: Returns::Fixed(Type::Real),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(|args| of_one(args, |x| Some(x.tan()))),
    examples: &[Example::gives("Zero", "tan(0)", "0.0"), Example::gives("Null", "tan(real(null))", "real(null)")],
};

/// `atan2(y, x)`.
pub static ATAN2: Function = Function {
    name: "atan2",
    aliases: &[],
    section: Section::Math,
    doc: "atan2-function",
    summary: "The angle between the positive x axis and the point x, y.",
    params: &[Param::required("y", ParamType::Number), Param::required("x", ParamType::Number)],
    returns: Returns::Fixed(Type::Real),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(|args| of_two(args, f64::atan2)),
    examples: &[
        Example::gives("A point", "round(atan2(1, 1), 6)", "0.785398"),
        Example::gives("Null", "atan2(1, real(null))", "real(null)"),
    ],
};

/// `pow(base, exponent)`.
pub static POW: Function = Function {
    name: "pow",
    aliases: &[],
    section: Section::Math,
    doc: "pow-function",
    summary: "The base to the power of the exponent.",
    params: &[Param::required("base", ParamType::Number), Param::required("exponent", ParamType::Number)],
    returns: Returns::Fixed(Type::Real),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(|args| of_two(args, f64::powf)),
    examples: &[
        Example::gives("A power", "pow(2, 3)", "8.0"),
        Example::gives("A root", "pow(9, 0.5)", "3.0"),
        Example::gives("Null", "pow(real(null), 2)", "real(null)"),
    ],
};

/// `pi()`.
pub static PI: Function = Function {
    name: "pi",
    aliases: &[],
    section: Section::Math,
    doc: "pi-function",
    summary: "The number pi.",
    params: &[],
    returns: Returns::Fixed(Type::Real),
    result_name: ResultName::None,
    nulls: Nulls::NeverNull,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(pi),
    examples: &[Example::gives("Pi", "round(pi(), 6)", "3.141593"), Example::fails("Takes nothing", "pi(1)", "K0203")],
};

fn of_one(args: &Args, value: impl Fn(f64) -> Option<f64>) -> Result<ArrayRef, KernelError> {
    let numbers = args.reals(0)?;
    Ok(each_real(args, |row| value(numbers.get(row)?)))
}

fn of_two(args: &Args, value: fn(f64, f64) -> f64) -> Result<ArrayRef, KernelError> {
    let (first, second) = (args.reals(0)?, args.reals(1)?);
    Ok(each_real(args, |row| Some(value(first.get(row)?, second.get(row)?))))
}

fn pi(args: &Args) -> Result<ArrayRef, KernelError> {
    Ok(each_real(args, |_| Some(std::f64::consts::PI)))
}
