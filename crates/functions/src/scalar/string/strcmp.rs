//! `strcmp`: the order of two texts.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_long},
};

/// `strcmp(string1, string2)`.
pub static FUNCTION: Function = Function {
    name: "strcmp",
    aliases: &[],
    section: Section::String,
    doc: "strcmp-function",
    summary: "-1, 0 or 1 as the first text comes before, equals or comes after the second, by code points.",
    params: &[
        Param::required("string1", ParamType::Exact(Type::String)),
        Param::required("string2", ParamType::Exact(Type::String)),
    ],
    returns: Returns::Fixed(Type::Long),
    result_name: ResultName::None,
    nulls: Nulls::AsEmptyText,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(strcmp),
    examples: &[
        Example::gives("Equal", r#"strcmp("ABC", "ABC")"#, "0"),
        Example::gives("Lower case comes after", r#"strcmp("abc", "ABC")"#, "1"),
        Example::gives("Upper case comes before", r#"strcmp("ABC", "abc")"#, "-1"),
        Example::gives("The longer comes after", r#"strcmp("abcde", "abc")"#, "1"),
        Example::gives("Nulls", r#"strcmp(dynamic(null), "a")"#, "-1"),
        Example::gives("A null second", r#"strcmp("a", dynamic(null))"#, "1"),
    ],
};

fn strcmp(args: &Args) -> Result<ArrayRef, KernelError> {
    let (left, right) = (args.texts(0)?, args.texts(1)?);
    Ok(each_long(args, |row| Some(left.text(row).cmp(right.text(row)) as i64)))
}
