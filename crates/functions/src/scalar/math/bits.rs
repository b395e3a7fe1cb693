//! `binary_and` and its siblings, `bitset_count_ones`: longs bit by bit.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_long},
};

const TWO: &[Param] =
    &[Param::required("value1", ParamType::Exact(Type::Long)), Param::required("value2", ParamType::Exact(Type::Long))];
const ONE: &[Param] = &[Param::required("value", ParamType::Exact(Type::Long))];
const SHIFT: &[Param] =
    &[Param::required("value", ParamType::Exact(Type::Long)), Param::required("shift", ParamType::Exact(Type::Long))];

/// `binary_and(value1, value2)`.
pub static BINARY_AND: Function = Function {
    name: "binary_and",
    aliases: &[],
    section: Section::Math,
    doc: "binary-and-function",
    summary: "The bits both numbers have.",
    params: TWO,
    returns: Returns::Fixed(Type::Long),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(|args| of_two(args, |a, b| Some(a & b))),
    examples: &[
        Example::gives("Bits", "binary_and(12, 10)", "8"),
        Example::gives("Null", "binary_and(1, long(null))", "long(null)"),
    ],
};

/// `binary_or(value1, value2)`.
pub static BINARY_OR: Function = Function {
    name: "binary_or",
    aliases: &[],
    section: Section::Math,
    doc: "binary-or-function",
    summary: "The bits either number has.",
    params: TWO,
    returns: Returns::Fixed(Type::Long),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(|args| of_two(args, |a, b| Some(a | b))),
    examples: &[
        Example::gives("Bits", "binary_or(12, 10)", "14"),
        Example::gives("Null", "binary_or(1, long(null))", "long(null)"),
    ],
};

/// `binary_xor(value1, value2)`.
pub static BINARY_XOR: Function = Function {
    name: "binary_xor",
    aliases: &[],
    section: Section::Math,
    doc: "binary-xor-function",
    summary: "The bits one of the numbers has.",
    params: TWO,
    returns: Returns::Fixed(Type::Long),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(|args| of_two(args, |a, b| Some(a ^ b))),
    examples: &[
        Example::gives("Bits", "binary_xor(12, 10)", "6"),
        Example::gives("Null", "binary_xor(1, long(null))", "long(null)"),
    ],
};

/// `binary_shift_left(value, shift)`.
pub static BINARY_SHIFT_LEFT: Function = Function {
    name: "binary_shift_left",
    aliases: &[],
    section: Section::Math,
    doc: "binary-shift-left-function",
    summary: "The bits moved up; the number of places counts modulo 64.",
    params: SHIFT,
    returns: Returns::Fixed(Type::Long),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(|args| of_two(args, |a, b| Some(a.wrapping_shl(places(b)?)))),
    examples: &[
        Example::gives("Bits", "binary_shift_left(1, 4)", "16"),
        Example::gives("Modulo 64", "binary_shift_left(1, 65)", "2"),
        Example::gives("A negative number of places", "binary_shift_left(1, -1)", "long(null)"),
        Example::gives("Null", "binary_shift_left(1, long(null))", "long(null)"),
    ],
};

/// `binary_shift_right(value, shift)`.
pub static BINARY_SHIFT_RIGHT: Function = Function {
    name: "binary_shift_right",
    aliases: &[],
    section: Section::Math,
    doc: "binary-shift-right-function",
    summary: "The bits moved down, the sign kept; the number of places counts modulo 64.",
    params: SHIFT,
    returns: Returns::Fixed(Type::Long),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(|args| of_two(args, |a, b| Some(a.wrapping_shr(places(b)?)))),
    examples: &[
        Example::gives("Bits", "binary_shift_right(16, 4)", "1"),
        Example::gives("The sign is kept", "binary_shift_right(-16, 2)", "-4"),
        Example::gives("Null", "binary_shift_right(1, long(null))", "long(null)"),
    ],
};

/// `binary_not(value)`.
pub static BINARY_NOT: Function = Function {
    name: "binary_not",
    aliases: &[],
    section: Section::Math,
    doc: "binary-not-function",
    summary: "The bits the number does not have.",
    params: ONE,
    returns: Returns::Fixed(Type::Long),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(|args| of_one(args, |a| !a)),
    examples: &[
        Example::gives("Bits", "binary_not(100)", "-101"),
        Example::gives("Null", "binary_not(long(null))", "long(null)"),
    ],
};

/// `bitset_count_ones(value)`.
pub static BITSET_COUNT_ONES: Function = Function {
    name: "bitset_count_ones",
    aliases: &[],
    section: Section::Math,
    doc: "bitset-count-ones-function",
    summary: "The number of bits that are set.",
    params: ONE,
    returns: Returns::Fixed(Type::Long),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(|args| of_one(args, |a| i64::from(a.count_ones()))),
    examples: &[
        Example::gives("Bits", "bitset_count_ones(42)", "3"),
        Example::gives("All", "bitset_count_ones(-1)", "64"),
        Example::gives("Null", "bitset_count_ones(long(null))", "long(null)"),
    ],
};

fn places(shift: i64) -> Option<u32> {
    u32::try_from(shift % 64).ok()
}

fn of_one(args: &Args, value: fn(i64) -> i64) -> Result<ArrayRef, KernelError> {
    let numbers = args.longs(0)?;
    Ok(each_long(args, |row| numbers.get(row).map(value)))
}

fn of_two(args: &Args, value: fn(i64, i64) -> Option<i64>) -> Result<ArrayRef, KernelError> {
    let (first, second) = (args.longs(0)?, args.longs(1)?);
    Ok(each_long(args, |row| value(first.get(row)?, second.get(row)?)))
}
