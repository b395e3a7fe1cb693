//! `unicode_codepoints_from_string` and `unicode_codepoints_to_string`: a text as the numbers of its characters, and back.

use arrow::array::ArrayRef;
use schema::{Type, text};

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, Values, each_text, each_text_or_null, json},
};

/// `unicode_codepoints_from_string(value)`.
pub static FROM_STRING: Function = Function {
    name: "unicode_codepoints_from_string",
    aliases: &["to_utf8"],
    section: Section::String,
    doc: "unicode-codepoints-from-string-function",
    summary: "The Unicode code points of a text.",
    params: &[Param::required("value", ParamType::Exact(Type::String))],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: Nulls::AsEmptyText,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(from_string),
    examples: &[
        Example::gives("Circled letters", r#"unicode_codepoints_from_string("⒦⒰")"#, "dynamic([9382,9392])"),
        Example::gives("Letters", r#"unicode_codepoints_from_string("Ku")"#, "dynamic([75,117])"),
        Example::gives("Empty", r#"unicode_codepoints_from_string("")"#, "dynamic([])"),
        Example::gives("Null", "unicode_codepoints_from_string(dynamic(null))", "dynamic([])"),
    ],
};

/// `unicode_codepoints_to_string(values, ...)`.
pub static TO_STRING: Function = Function {
    name: "unicode_codepoints_to_string",
    aliases: &["make_string"],
    section: Section::String,
    doc: "unicode-codepoints-to-string-function",
    summary: "The text that has these Unicode code points, given as numbers or arrays of them.",
    params: &[Param::repeated("values", ParamType::Any, 1, 64)],
    returns: Returns::Fixed(Type::String),
    result_name: ResultName::None,
    nulls: Nulls::Custom("Any null, or a number that is no code point, gives an empty text."),
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(to_string),
    examples: &[
        Example::gives("Numbers", "unicode_codepoints_to_string(75, 117, 115, 116, 111)", r#""Kusto""#),
        Example::gives("An array", "unicode_codepoints_to_string(dynamic([75, 117, 115, 116, 111]))", r#""Kusto""#),
        Example::gives("Both", "unicode_codepoints_to_string(dynamic([75, 117, 115]), 116, 111)", r#""Kusto""#),
        Example::gives("The older name", "make_string(75, 0x117)", r#""Kė""#),
        Example::gives("No code point", "unicode_codepoints_to_string(75, 0xD800)", r#""""#),
        Example::gives("Null", "unicode_codepoints_to_string(75, long(null))", r#""""#),
    ],
};

fn from_string(args: &Args) -> Result<ArrayRef, KernelError> {
    let values = args.texts(0)?;
    Ok(each_text_or_null(args, |row, out| {
        out.push('[');
        for character in values.text(row).chars() {
            if out.len() > 1 {
                out.push(',');
            }
            text::long::write(i64::from(u32::from(character)), out);
        }
        out.push(']');
        true
    }))
}

fn to_string(args: &Args) -> Result<ArrayRef, KernelError> {
    let values = Values::from(args, 0)?;
    Ok(each_text(args, |row, out| {
        if values.iter().try_for_each(|value| push(value, row, out)).is_none() {
            out.clear();
        }
    }))
}

/// Appends the characters that a number or an array of numbers stands for; `None` if one is no code point.
fn push(value: &Values, row: usize, out: &mut String) -> Option<()> {
    let character = |number: i64| u32::try_from(number).ok().and_then(char::from_u32);
    match value.json(row).and_then(json::elements) {
        Some(mut elements) => elements.try_for_each(|element| {
            out.push(character(json::typed::long(element)?)?);
            Some(())
        }),
        None => {
            out.push(character(value.long(row)?)?);
            Some(())
        }
    }
}
