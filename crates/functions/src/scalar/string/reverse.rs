//! `reverse`: a text from its end to its beginning.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_text},
};

/// `reverse(value)`.
pub static FUNCTION: Function = Function {
    name: "reverse",
    aliases: &[],
    section: Section::String,
    doc: "reverse-function",
    summary: "The characters of a text in reverse order.",
    params: &[Param::required("value", ParamType::Exact(Type::String))],
    returns: Returns::Fixed(Type::String),
    result_name: ResultName::None,
    nulls: Nulls::AsEmptyText,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(reverse),
    examples: &[
        Example::gives("Letters", r#"reverse("ABC")"#, r#""CBA""#),
        Example::gives("A number by its text", "reverse(123.45)", r#""54.321""#),
        Example::gives("A moment", "reverse(datetime(2017-10-15 12:00))", r#""Z0000000.00:00:21T51-01-7102""#),
        Example::gives("Characters, not bytes", r#"reverse("aé中")"#, r#""中éa""#),
        Example::gives("Null", "reverse(dynamic(null))", r#""""#),
    ],
};

fn reverse(args: &Args) -> Result<ArrayRef, KernelError> {
    let values = args.texts(0)?;
    Ok(each_text(args, |row, out| out.extend(values.text(row).chars().rev())))
}
