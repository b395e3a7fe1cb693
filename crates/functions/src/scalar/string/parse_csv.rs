//! `parse_csv`: the values of one record of comma-separated values.

use std::borrow::Cow;

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_text_or_null, json},
};

/// `parse_csv(csv_text)`.
pub static FUNCTION: Function = Function {
    name: "parse_csv",
    aliases: &[],
    section: Section::String,
    doc: "parse-csv-function",
    summary: "The values of the first record of a text of comma-separated values.",
    params: &[Param::required("csv_text", ParamType::Exact(Type::String))],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Custom("A null text is empty."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(parse_csv),
    examples: &[
        Example::gives(
            "Quotes",
            r#"parse_csv('aa,"b,b,b",cc,"Escaping quotes: ""Title"""')"#,
            r#"dynamic(["aa","b,b,b","cc","Escaping quotes: \"Title\""])"#,
        ),
        Example::gives(
            "The first record only",
            r"parse_csv('record1,a,b,c\nrecord2,x,y,z')",
            r#"dynamic(["record1","a","b","c"])"#,
        ),
        Example::gives("A line break in quotes", r#"parse_csv('a,"b\nc"')"#, r#"dynamic(["a","b\nc"])"#),
        Example::gives("Empty values", r#"parse_csv(",a,")"#, r#"dynamic(["","a",""])"#),
        Example::gives("Empty", r#"parse_csv("")"#, r#"dynamic([""])"#),
        Example::gives("Null", "parse_csv(dynamic(null))", r#"dynamic([""])"#),
    ],
};

fn parse_csv(args: &Args) -> Result<ArrayRef, KernelError> {
    let texts = args.texts(0)?;
    Ok(each_text_or_null(args, |row, out| {
        let mut rest = texts.text(row);
        out.push('[');
        loop {
            let (value, after) = field(rest);
            json::quote(&value, out);
            match after.strip_prefix(',') {
                Some(next) => rest = next,
                None => break,
            }
            out.push(',');
        }
        out.push(']');
        true
    }))
}

/// The first value, and the text from the comma or line break after it on (RFC 4180).
fn field(text: &str) -> (Cow<'_, str>, &str) {
    let end = |text: &str| text.find([',', '\n', '\r']).unwrap_or(text.len());
    let Some(mut rest) = text.strip_prefix('"') else {
        let (value, after) = text.split_at(end(text));
        return (Cow::Borrowed(value), after);
    };
    let mut value = String::new();
    while let Some(at) = rest.find('"') {
        value.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        match rest.strip_prefix('"') {
            Some(after) => {
                value.push('"');
                rest = after;
            }
            None => {
                // What stands between the closing quote and the comma belongs to the value, as most readers have it.
                let (tail, after) = rest.split_at(end(rest));
                value.push_str(tail);
                return (Cow::Owned(value), after);
            }
        }
    }
    value.push_str(rest);
    (Cow::Owned(value), "")
}
