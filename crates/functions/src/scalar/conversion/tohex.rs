//! `tohex`: a whole number in hexadecimal digits.

use std::fmt::Write as _;

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    CallError, Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_text},
};

/// Most digits that are filled up with zeros.
const MAX_LENGTH: i64 = 16;

/// `tohex(value, [minLength])`.
pub static FUNCTION: Function = Function {
    name: "tohex",
    aliases: &[],
    section: Section::Conversion,
    doc: "tohex-function",
    summary: "The hexadecimal digits of a whole number, negative ones in two's complement.",
    params: &[Param::required("value", ParamType::Any), Param::optional("minLength", ParamType::Exact(Type::Int))],
    returns: Returns::By(returns),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::AsEmptyText,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(tohex),
    examples: &[
        Example::gives("A long", "tohex(256)", r#""100""#),
        Example::gives("A negative long", "tohex(-256)", r#""ffffffffffffff00""#),
        Example::gives("A negative int", "tohex(toint(-256), 8)", r#""ffffff00""#),
        Example::gives("Filled up with zeros", "tohex(256, 8)", r#""00000100""#),
        Example::gives("Already longer", "tohex(256, 2)", r#""100""#),
        Example::gives("Null", "tohex(long(null))", r#""""#),
        Example::fails("Takes whole numbers", "tohex(1.5)", "K0202"),
    ],
};

fn returns(types: &[Type]) -> Result<Type, CallError> {
    match types.first() {
        Some(Type::Int | Type::Long) => Ok(Type::String),
        other => Err(CallError::ArgumentType {
            function: FUNCTION.name,
            position: 1,
            parameter: "value",
            expected: "an int or long".to_owned(),
            found: other.copied().unwrap_or(Type::Dynamic),
        }),
    }
}

fn tohex(args: &Args) -> Result<ArrayRef, KernelError> {
    let (values, int) = (args.longs(0)?, args.ty(0) == Type::Int);
    let lengths = if args.len() > 1 { Some(args.longs(1)?) } else { None };
    Ok(each_text(args, |row, out| {
        let Some(value) = values.get(row) else { return };
        let bits = if int { value.cast_unsigned() & 0xffff_ffff } else { value.cast_unsigned() };
        let length = lengths.as_ref().map_or(Some(1), |lengths| lengths.get(row)).unwrap_or(1).clamp(1, MAX_LENGTH);
        // Writing to a String cannot fail.
        let _ = write!(out, "{bits:0width$x}", width = usize::try_from(length).unwrap_or(1));
    }))
}
