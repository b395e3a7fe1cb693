//! `regex_quote`: a text as a regular expression that finds just that text.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_text},
};

/// `regex_quote(string)`.
pub static FUNCTION: Function = Function {
    name: "regex_quote",
    aliases: &[],
    section: Section::String,
    doc: "regex-quote-function",
    summary: "The text with a backslash before each character that means something in a regular expression.",
    params: &[Param::required("string", ParamType::Exact(Type::String))],
    returns: Returns::Fixed(Type::String),
    result_name: ResultName::None,
    nulls: Nulls::AsEmptyText,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(regex_quote),
    examples: &[
        Example::gives("Characters with a meaning", "regex_quote('(so$me.Te^xt)')", r#"'\\(so\\$me\\.Te\\^xt\\)'"#),
        Example::gives("Finds the text itself", r#""a+b?" matches regex regex_quote("a+b?")"#, "true"),
        Example::gives("Nothing to escape", r#"regex_quote("mail")"#, r#""mail""#),
        Example::gives("Null", "regex_quote(dynamic(null))", r#""""#),
    ],
};

fn regex_quote(args: &Args) -> Result<ArrayRef, KernelError> {
    let texts = args.texts(0)?;
    Ok(each_text(args, |row, out| out.push_str(&regex::escape(texts.text(row)))))
}
