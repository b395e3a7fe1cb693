//! A call bound: arguments counted and converted, the result's type found, the expression built.

use std::sync::Arc;

use datafusion_expr::{ColumnarValue, Expr, ScalarUDF, expr::ScalarFunction};
use schema::Type;

use crate::{
    Aggregated, Call, CallError, Cost, Eval, Function, ParamKind, ParamType, Returns, Typed, coerce, common_type,
    kernel::ScalarKernel,
};

/// Binds a scalar function or operator to its arguments. `clock` is the run's moment in ticks.
///
/// # Errors
/// Says which argument does not fit.
pub fn apply(function: &'static Function, args: Vec<Typed>, clock: i64) -> Result<Typed, CallError> {
    let args = arguments(function, args)?;
    let types: Vec<Type> = args.iter().map(|arg| arg.ty).collect();
    let ty = result_type(function, &types)?;
    let expr = match function.eval {
        Eval::Rewrite(rewrite) => rewrite(&Call { args: &args, clock })?,
        Eval::Kernel(_) | Eval::Tuple(..) => kernel_call(function, args, ty),
        Eval::Aggregate(_) => return Err(unsupported(function, "use outside `summarize` and `make-series`")),
        Eval::Window(_) => return Err(unsupported(function, "use where rows have no order")),
        Eval::Binder => return Err(unsupported(function, "use in this place")),
    };
    Ok(Typed { expr, ty })
}

/// Binds a window function to its arguments. What it gives has yet to be told the order of the rows.
///
/// # Errors
/// Says which argument does not fit, or that the function is no window function.
pub fn apply_window(function: &'static Function, args: Vec<Typed>, clock: i64) -> Result<Typed, CallError> {
    let args = arguments(function, args)?;
    let types: Vec<Type> = args.iter().map(|arg| arg.ty).collect();
    let ty = result_type(function, &types)?;
    match function.eval {
        Eval::Window(build) => Ok(Typed { expr: build(&Call { args: &args, clock })?, ty }),
        _ => Err(unsupported(function, "use as a window function")),
    }
}

/// A call of a kernel on arguments of the types it reads; a constant if all arguments are constants.
///
/// For rewrites whose last step is a kernel of their own: nothing is counted or converted here.
pub(crate) fn kernel_call(function: &'static Function, args: Vec<Typed>, returns: Type) -> Expr {
    let types = args.iter().map(|arg| arg.ty).collect();
    let kernel = ScalarKernel::new(function, types, returns);
    let constants: Option<Vec<ColumnarValue>> =
        args.iter().map(|arg| arg.as_constant().map(|value| ColumnarValue::Scalar(value.clone()))).collect();
    if function.cost != Cost::Volatile
        && let Some(constants) = constants
        // A kernel that refuses is asked again when the query runs, where its words reach the user.
        && let Ok(value) = kernel.answer(&constants)
    {
        return Expr::Literal(value, None);
    }
    let udf = Arc::new(ScalarUDF::new_from_impl(kernel));
    Expr::ScalarFunction(ScalarFunction::new_udf(udf, args.into_iter().map(|arg| arg.expr).collect()))
}

/// Binds an aggregate to its arguments.
///
/// # Errors
/// Says which argument does not fit, or that the function is no aggregate.
pub fn apply_aggregate(function: &'static Function, args: Vec<Typed>, clock: i64) -> Result<(Aggregated, Type), CallError> {
    let args = arguments(function, args)?;
    let types: Vec<Type> = args.iter().map(|arg| arg.ty).collect();
    let ty = result_type(function, &types)?;
    match function.eval {
        Eval::Aggregate(build) => Ok((build(&Call { args: &args, clock })?, ty)),
        _ => Err(unsupported(function, "use as an aggregate")),
    }
}

fn unsupported(function: &'static Function, what: &str) -> CallError {
    CallError::Unsupported { function: function.name, what: what.to_owned() }
}

fn result_type(function: &Function, types: &[Type]) -> Result<Type, CallError> {
    match function.returns {
        Returns::Fixed(ty) => Ok(ty),
        Returns::SameAs(position) => Ok(types.get(position).copied().unwrap_or(Type::Dynamic)),
        Returns::Common => {
            let common = function.params.iter().position(|param| param.ty == ParamType::Common).unwrap_or(0);
            Ok(types.get(common).copied().unwrap_or(Type::Dynamic))
        }
        Returns::By(decide) => decide(types),
    }
}

/// The parameter that takes argument `position`.
fn parameter(function: &'static Function, position: usize) -> Option<&'static crate::Param> {
    function
        .params
        .get(position)
        .or_else(|| function.params.last().filter(|last| matches!(last.kind, ParamKind::Repeated { .. })))
}

fn arguments(function: &'static Function, args: Vec<Typed>) -> Result<Vec<Typed>, CallError> {
    check_count(function, args.len())?;
    let common = common_of(function, &args)?;
    args.into_iter().enumerate().map(|(position, arg)| argument(function, position, arg, common)).collect()
}

fn check_count(function: &'static Function, found: usize) -> Result<(), CallError> {
    let (min, max) = function.arity();
    if (min..=max).contains(&found) {
        return Ok(());
    }
    let plural = |n: usize| if n == 1 { "argument" } else { "arguments" };
    let expected = match (min, max) {
        (0, 0) => "no arguments".to_owned(),
        (least, most) if least == most => format!("{least} {}", plural(least)),
        (least, most) if found < least && most - least > 8 => format!("at least {least} {}", plural(least)),
        (least, most) => format!("{least} to {most} arguments"),
    };
    Err(CallError::Arguments { function: function.name, expected, found })
}

fn common_of(function: &'static Function, args: &[Typed]) -> Result<Option<Type>, CallError> {
    let mut common: Option<Type> = None;
    for (position, arg) in args.iter().enumerate() {
        if parameter(function, position).is_some_and(|param| param.ty == ParamType::Common) {
            common = Some(match common {
                None => arg.ty,
                Some(before) => common_type(before, arg.ty).ok_or(CallError::Conversion { from: arg.ty, to: before })?,
            });
        }
    }
    Ok(common)
}

fn argument(function: &'static Function, position: usize, arg: Typed, common: Option<Type>) -> Result<Typed, CallError> {
    let Some(param) = parameter(function, position) else { return Ok(arg) };
    let refused = |expected: &str| CallError::ArgumentType {
        function: function.name,
        position: position + 1,
        parameter: param.name,
        expected: expected.to_owned(),
        found: arg.ty,
    };
    match param.ty {
        ParamType::Any => Ok(arg),
        ParamType::Common => coerce(arg, common.unwrap_or(Type::Dynamic)),
        ParamType::Number => match arg.ty {
            Type::Int | Type::Long | Type::Real | Type::Decimal => Ok(arg),
            Type::Dynamic => coerce(arg, Type::Real),
            _ => Err(refused("a number")),
        },
        ParamType::NumberOrTime => match arg.ty {
            Type::Int | Type::Long | Type::Real | Type::Decimal | Type::Datetime | Type::Timespan => Ok(arg),
            Type::Dynamic => coerce(arg, Type::Real),
            _ => Err(refused("a number, datetime or timespan")),
        },
        ParamType::Exact(ty) => {
            let expected = refused(ty.name());
            coerce(arg, ty).map_err(|_| expected)
        }
        ParamType::Constant(ty) => {
            let expected = refused(&format!("a constant {}", ty.name()));
            let converted = coerce(arg, ty).map_err(|_| expected)?;
            if converted.as_constant().is_none() {
                return Err(CallError::ArgumentValue {
                    function: function.name,
                    position: position + 1,
                    parameter: param.name,
                    problem: "must be a constant".to_owned(),
                });
            }
            Ok(converted)
        }
    }
}
