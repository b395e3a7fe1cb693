//! `+`, `-`, `*`, `/`, `%` and unary minus, over numbers and times.
//!
//! What does not fit the result's type is null: nothing wraps. Whole numbers give `long`, and dividing them truncates.
//! Start with [`plan`], the table of operand types.

use arrow::array::ArrayRef;
use datafusion_expr::Expr;
use schema::{Type, text::datetime};

use crate::{
    Call, CallError, Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    apply::kernel_call,
    coerce, common_type,
    kernel::{Args, KernelError, decimal, each_decimal, each_int, each_long, each_real, json::typed::whole, two_longs},
};

const PARAMS: &[Param] = &[Param::required("left", ParamType::Any), Param::required("right", ParamType::Any)];

/// `left + right`.
pub static ADD: Function = Function {
    name: "+",
    aliases: &[],
    section: Section::Operator,
    doc: "numerical-operators",
    summary: "The sum of two numbers, two timespans, or a datetime and a timespan.",
    params: PARAMS,
    returns: Returns::By(|types| result(types, Arithmetic::Add)),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Rewrite(|call| rewrite(call, Arithmetic::Add)),
    examples: &[
        Example::gives("Longs", "1 + 2", "3"),
        Example::gives("Two ints give a long", "int(2147483647) + int(1)", "2147483648"),
        Example::gives("A long and a real", "1 + 0.5", "1.5"),
        Example::gives("A moment and a span", "datetime(2026-01-01) + 1d", "datetime(2026-01-02)"),
        Example::gives("Spans", "1h + 30m", "time(01:30:00)"),
        Example::gives("A decimal", "decimal(1.5) + 1", "decimal(2.5)"),
        Example::gives("With null", "1 + long(null)", "long(null)"),
        Example::gives("Too large", "9223372036854775807 + 1", "long(null)"),
        Example::gives("Beyond the last moment", "datetime(9999-12-31) + 1d", "datetime(null)"),
        Example::fails("Text is joined by strcat", r#""a" + "b""#, "K0201"),
    ],
};

/// `left - right`.
pub static SUBTRACT: Function = Function {
    name: "-",
    aliases: &[],
    section: Section::Operator,
    doc: "numerical-operators",
    summary: "The difference of two numbers or times; two datetimes give a timespan.",
    params: PARAMS,
    returns: Returns::By(|types| result(types, Arithmetic::Subtract)),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Rewrite(|call| rewrite(call, Arithmetic::Subtract)),
    examples: &[
        Example::gives("Longs", "1 - 2", "-1"),
        Example::gives("Moments", "datetime(2026-01-02) - datetime(2026-01-01)", "1d"),
        Example::gives("A moment and a span", "datetime(2026-01-02) - 1h", "datetime(2026-01-01T23:00:00)"),
        Example::gives("With null", "datetime(null) - 1h", "datetime(null)"),
        Example::gives("Before the first moment", "datetime(0001-01-01) - 1d", "datetime(null)"),
        Example::fails("A span minus a moment", "1d - datetime(2026-01-01)", "K0201"),
    ],
};

/// `left * right`.
pub static MULTIPLY: Function = Function {
    name: "*",
    aliases: &[],
    section: Section::Operator,
    doc: "numerical-operators",
    summary: "The product of two numbers, or of a timespan and a number.",
    params: PARAMS,
    returns: Returns::By(|types| result(types, Arithmetic::Multiply)),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Rewrite(|call| rewrite(call, Arithmetic::Multiply)),
    examples: &[
        Example::gives("Longs", "6 * 7", "42"),
        Example::gives("A span and a number", "1h * 2", "2h"),
        Example::gives("A number and a span", "0.5 * 1d", "12h"),
        Example::gives("Decimals", "decimal(1.5) * decimal(0.5)", "decimal(0.75)"),
        Example::gives("With null", "real(null) * 2", "real(null)"),
        Example::gives("Too large", "9223372036854775807 * 2", "long(null)"),
    ],
};

/// `left / right`.
pub static DIVIDE: Function = Function {
    name: "/",
    aliases: &[],
    section: Section::Operator,
    doc: "numerical-operators",
    summary: "The quotient of two numbers or timespans, or of a timespan and a number.",
    params: PARAMS,
    returns: Returns::By(|types| result(types, Arithmetic::Divide)),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Rewrite(|call| rewrite(call, Arithmetic::Divide)),
    examples: &[
        Example::gives("Longs truncate", "7 / 2", "3"),
        Example::gives("Towards zero", "-7 / 2", "-3"),
        Example::gives("Reals", "7 / 2.0", "3.5"),
        Example::gives("Spans give a real", "1d / 12h", "2.0"),
        Example::gives("A span and a number", "1d / 2", "12h"),
        Example::gives("A long by zero", "1 / 0", "long(null)"),
        Example::gives("A real by zero", "1.0 / 0", "real(+inf)"),
        Example::gives("With null", "1 / long(null)", "long(null)"),
    ],
};

/// `left % right`.
pub static MODULO: Function = Function {
    name: "%",
    aliases: &[],
    section: Section::Operator,
    doc: "numerical-operators",
    summary: "The remainder of a division, never negative.",
    params: PARAMS,
    returns: Returns::By(|types| result(types, Arithmetic::Modulo)),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Rewrite(|call| rewrite(call, Arithmetic::Modulo)),
    examples: &[
        Example::gives("Longs", "14 % 12", "2"),
        Example::gives("A negative number", "-14 % 12", "10"),
        Example::gives("A negative divisor", "14 % -12", "2"),
        Example::gives("Reals", "-5.5 % 2", "0.5"),
        Example::gives("Spans", "25h % 1d", "1h"),
        Example::gives("By zero", "14 % 0", "long(null)"),
        Example::gives("With null", "14 % long(null)", "long(null)"),
    ],
};

/// `-value`.
pub static NEGATE: Function = Function {
    name: "negate",
    aliases: &[],
    section: Section::Internal,
    doc: "numerical-operators",
    summary: "A number or timespan with the other sign: what unary minus stands for.",
    params: &[Param::required("value", ParamType::NumberOrTime)],
    returns: Returns::By(|types| match types {
        [ty @ (Type::Int | Type::Long | Type::Real | Type::Decimal | Type::Timespan)] => Ok(*ty),
        _ => {
            let found = types.first().copied().unwrap_or(Type::Dynamic);
            Err(CallError::Operands { operator: "-", left: found, right: found })
        }
    }),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(negate),
    examples: &[
        Example::gives("A long", "-(1 + 2)", "-3"),
        Example::gives("A real", "-(1.5)", "-1.5"),
        Example::gives("A span", "-(1h)", "time(-01:00:00)"),
        Example::gives("Null", "-(long(null))", "long(null)"),
    ],
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
}

/// Types of an operation: of its result, and those its operands are brought to.
#[derive(Debug, Clone, Copy)]
struct Plan {
    result: Type,
    left: Type,
    right: Type,
}

impl Arithmetic {
    const fn name(self) -> &'static str {
        self.kernel().name
    }

    const fn kernel(self) -> &'static Function {
        match self {
            Self::Add => &ADD_KERNEL,
            Self::Subtract => &SUBTRACT_KERNEL,
            Self::Multiply => &MULTIPLY_KERNEL,
            Self::Divide => &DIVIDE_KERNEL,
            Self::Modulo => &MODULO_KERNEL,
        }
    }
}

/// What an operation on two types gives; `None` where it is not defined. A dynamic operand is taken for what its partner is.
fn plan(operation: Arithmetic, left: Type, right: Type) -> Option<Plan> {
    use Arithmetic::{Add, Divide, Modulo, Multiply, Subtract};
    use Type::{Datetime, Decimal, Dynamic, Int, Long, Real, Timespan};
    let is = |result, left, right| Some(Plan { result, left, right });
    match (operation, left, right) {
        (_, Dynamic, Dynamic) => plan(operation, Real, Real),
        (Multiply, Dynamic, Timespan) | (Add, Dynamic, Datetime) => {
            plan(operation, if operation == Add { Timespan } else { Real }, right)
        }
        (Multiply | Divide, Timespan, Dynamic) => plan(operation, left, Real),
        (Add, Datetime, Dynamic) => plan(operation, left, Timespan),
        (_, Dynamic, other) => plan(operation, other, right),
        (_, other, Dynamic) => plan(operation, left, other),
        (_, Int | Long, Int | Long) => is(Long, Long, Long),
        (_, Int | Long | Real | Decimal, Int | Long | Real | Decimal) => {
            let common = common_type(left, right)?;
            is(common, common, common)
        }
        (Add | Subtract, Datetime, Timespan) => is(Datetime, Datetime, Timespan),
        (Add, Timespan, Datetime) => is(Datetime, Timespan, Datetime),
        (Subtract, Datetime, Datetime) => is(Timespan, Datetime, Datetime),
        (Add | Subtract | Modulo, Timespan, Timespan) => is(Timespan, Timespan, Timespan),
        (Modulo, Datetime, Timespan) => is(Timespan, Datetime, Timespan),
        (Divide, Timespan, Timespan) => is(Real, Timespan, Timespan),
        (Multiply | Divide, Timespan, Int | Long) => is(Timespan, Timespan, Long),
        (Multiply | Divide, Timespan, Real | Decimal) => is(Timespan, Timespan, Real),
        (Multiply, Int | Long, Timespan) => is(Timespan, Long, Timespan),
        (Multiply, Real | Decimal, Timespan) => is(Timespan, Real, Timespan),
        _ => None,
    }
}

fn planned(types: &[Type], operation: Arithmetic) -> Result<Plan, CallError> {
    let (left, right) = match types {
        [left, right] => (*left, *right),
        _ => (Type::Dynamic, Type::Dynamic),
    };
    plan(operation, left, right).ok_or(CallError::Operands { operator: operation.name(), left, right })
}

fn result(types: &[Type], operation: Arithmetic) -> Result<Type, CallError> {
    planned(types, operation).map(|plan| plan.result)
}

fn rewrite(call: &Call, operation: Arithmetic) -> Result<Expr, CallError> {
    let types: Vec<Type> = call.args.iter().map(|arg| arg.ty).collect();
    let plan = planned(&types, operation)?;
    let operands = call.args.iter().zip([plan.left, plan.right]).map(|(arg, ty)| coerce(arg.clone(), ty));
    Ok(kernel_call(operation.kernel(), operands.collect::<Result<_, _>>()?, plan.result))
}

static ADD_KERNEL: Function =
    Function { section: Section::Internal, eval: Eval::Kernel(|args| run(args, Arithmetic::Add)), ..ADD };
static SUBTRACT_KERNEL: Function =
    Function { section: Section::Internal, eval: Eval::Kernel(|args| run(args, Arithmetic::Subtract)), ..SUBTRACT };
static MULTIPLY_KERNEL: Function =
    Function { section: Section::Internal, eval: Eval::Kernel(|args| run(args, Arithmetic::Multiply)), ..MULTIPLY };
static DIVIDE_KERNEL: Function =
    Function { section: Section::Internal, eval: Eval::Kernel(|args| run(args, Arithmetic::Divide)), ..DIVIDE };
static MODULO_KERNEL: Function =
    Function { section: Section::Internal, eval: Eval::Kernel(|args| run(args, Arithmetic::Modulo)), ..MODULO };

fn run(args: &Args, operation: Arithmetic) -> Result<ArrayRef, KernelError> {
    match (args.returns(), args.ty(0), args.ty(1)) {
        (Type::Decimal, ..) => decimals(args, operation),
        (Type::Real, Type::Real, _) => {
            let (left, right) = (args.reals(0)?, args.reals(1)?);
            Ok(each_real(args, |row| Some(real(operation, left.get(row)?, right.get(row)?))))
        }
        (Type::Real, ..) => {
            let (left, right) = (args.longs(0)?, args.longs(1)?);
            Ok(each_real(args, |row| Some(left.get(row)? as f64 / right.get(row)? as f64)))
        }
        (_, Type::Real, _) => {
            let (factor, span) = (args.reals(0)?, args.longs(1)?);
            Ok(each_long(args, |row| whole((factor.get(row)? * span.get(row)? as f64).round())))
        }
        (_, _, Type::Real) => {
            let (span, factor) = (args.longs(0)?, args.reals(1)?);
            Ok(each_long(args, |row| whole(real(operation, span.get(row)? as f64, factor.get(row)?).round())))
        }
        (returns, ..) => {
            let (left, right) = (args.longs(0)?, args.longs(1)?);
            let moments = returns == Type::Datetime;
            let fit = |(value, unfit): (i64, bool)| (value, unfit || (moments && !datetime::in_range(value)));
            Ok(match operation {
                Arithmetic::Add => two_longs(args, &left, &right, |left, right| fit(left.overflowing_add(right))),
                Arithmetic::Subtract => two_longs(args, &left, &right, |left, right| fit(left.overflowing_sub(right))),
                Arithmetic::Multiply => two_longs(args, &left, &right, |left, right| fit(left.overflowing_mul(right))),
                Arithmetic::Divide => two_longs(args, &left, &right, |left, right| fit(or_unfit(left.checked_div(right)))),
                // The smallest long by -1 overflows only as a division: its remainder is 0.
                Arithmetic::Modulo => two_longs(args, &left, &right, |left, right| match right {
                    -1 => fit((0, false)),
                    _ => fit(or_unfit(left.checked_rem_euclid(right))),
                }),
            })
        }
    }
}

fn or_unfit(value: Option<i64>) -> (i64, bool) {
    (value.unwrap_or_default(), value.is_none())
}

fn real(operation: Arithmetic, left: f64, right: f64) -> f64 {
    match operation {
        Arithmetic::Add => left + right,
        Arithmetic::Subtract => left - right,
        Arithmetic::Multiply => left * right,
        Arithmetic::Divide => left / right,
        Arithmetic::Modulo => left.rem_euclid(right),
    }
}

fn decimals(args: &Args, operation: Arithmetic) -> Result<ArrayRef, KernelError> {
    let (left, right) = (args.decimal_values(0)?, args.decimal_values(1)?);
    each_decimal(args, |row| {
        let (a, b) = (left.get(row)?, right.get(row)?);
        match operation {
            Arithmetic::Add => decimal::in_range(a.checked_add(b)?),
            Arithmetic::Subtract => decimal::in_range(a.checked_sub(b)?),
            Arithmetic::Multiply => decimal::multiply(a, b),
            Arithmetic::Divide => decimal::divide(a, b),
            Arithmetic::Modulo => a.checked_rem_euclid(b),
        }
    })
}

fn negate(args: &Args) -> Result<ArrayRef, KernelError> {
    match args.returns() {
        Type::Real => {
            let values = args.reals(0)?;
            Ok(each_real(args, |row| values.get(row).map(|value| -value)))
        }
        Type::Decimal => {
            let values = args.decimal_values(0)?;
            each_decimal(args, |row| values.get(row)?.checked_neg())
        }
        Type::Int => {
            let values = args.longs(0)?;
            Ok(each_int(args, |row| i32::try_from(values.get(row)?.checked_neg()?).ok()))
        }
        _ => {
            let values = args.longs(0)?;
            Ok(each_long(args, |row| values.get(row)?.checked_neg()))
        }
    }
}
