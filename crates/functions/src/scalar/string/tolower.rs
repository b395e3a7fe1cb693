//! `tolower` and `toupper`: a text in one case.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_text},
};

/// `tolower(value)`.
pub static TOLOWER: Function = Function {
    name: "tolower",
    aliases: &[],
    section: Section::String,
    doc: "tolower-function",
    summary: "The text in lower case.",
    params: &[Param::required("value", ParamType::Exact(Type::String))],
    returns: Returns::Fixed(Type::String),
    result_name: ResultName::None,
    nulls: Nulls::AsEmptyText,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(tolower),
    examples: &[
        Example::gives("Letters", r#"tolower("User@Contoso.COM")"#, r#""user@contoso.com""#),
        Example::gives("Letters of any script", r#"tolower("ÄΣЖ")"#, r#""äσж""#),
        Example::gives("Digits stay", r#"tolower("A1-B2")"#, r#""a1-b2""#),
        Example::gives("Empty", r#"tolower("")"#, r#""""#),
        Example::gives("A dynamic text", r#"tolower(dynamic({"a":"Fail"}).a)"#, r#""fail""#),
        Example::gives("Null", "tolower(dynamic(null))", r#""""#),
    ],
};

/// `toupper(value)`.
pub static TOUPPER: Function = Function {
    name: "toupper",
    aliases: &[],
    section: Section::String,
    doc: "toupper-function",
    summary: "The text in upper case.",
    params: &[Param::required("value", ParamType::Exact(Type::String))],
    returns: Returns::Fixed(Type::String),
    result_name: ResultName::None,
    nulls: Nulls::AsEmptyText,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(toupper),
    examples: &[
        Example::gives("Letters", r#"toupper("hello")"#, r#""HELLO""#),
        Example::gives("Letters of any script", r#"toupper("äσж")"#, r#""ÄΣЖ""#),
        Example::gives("No letter becomes two", r#"toupper("straße")"#, r#""STRAßE""#),
        Example::gives("Null", "toupper(dynamic(null))", r#""""#),
    ],
};

fn tolower(args: &Args) -> Result<ArrayRef, KernelError> {
    let values = args.texts(0)?;
    Ok(each_text(args, |row, out| {
        let text = values.text(row);
        if text.is_ascii() {
            out.push_str(text);
            out.make_ascii_lowercase();
        } else {
            out.extend(text.chars().map(|character| single(character, character.to_lowercase())));
        }
    }))
}

fn toupper(args: &Args) -> Result<ArrayRef, KernelError> {
    let values = args.texts(0)?;
    Ok(each_text(args, |row, out| {
        let text = values.text(row);
        if text.is_ascii() {
            out.push_str(text);
            out.make_ascii_uppercase();
        } else {
            out.extend(text.chars().map(|character| single(character, character.to_uppercase())));
        }
    }))
}

/// The other case of a character if that is one character: .NET changes no length.
fn single(character: char, mut other: impl Iterator<Item = char>) -> char {
    match (other.next(), other.next()) {
        (Some(only), None) => only,
        _ => character,
    }
}
