//! `replace_string`: every occurrence of a text replaced by another.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, MAX_TEXT, each_text, truncate},
};

/// `replace_string(text, lookup, rewrite)`.
pub static FUNCTION: Function = Function {
    name: "replace_string",
    aliases: &[],
    section: Section::String,
    doc: "replace-string-function",
    summary: "The text with every occurrence of another replaced; case counts.",
    params: &[
        Param::required("text", ParamType::Exact(Type::String)),
        Param::required("lookup", ParamType::Exact(Type::String)),
        Param::required("rewrite", ParamType::Exact(Type::String)),
    ],
    returns: Returns::Fixed(Type::String),
    result_name: ResultName::None,
    nulls: Nulls::AsEmptyText,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(replace_string),
    examples: &[
        Example::gives("A word", r#"replace_string("a cat and a cat", "cat", "dog")"#, r#""a dog and a dog""#),
        Example::gives("Removed", r#"replace_string("a-b-c", "-", "")"#, r#""abc""#),
        Example::gives("Occurrences do not overlap", r#"replace_string("aaa", "aa", "b")"#, r#""ba""#),
        Example::gives("A pattern is a plain text", r#"replace_string("a.b", ".", "+")"#, r#""a+b""#),
        Example::gives("Case counts", r#"replace_string("Cat", "cat", "dog")"#, r#""Cat""#),
        Example::gives("An empty lookup changes nothing", r#"replace_string("abc", "", "x")"#, r#""abc""#),
        Example::gives("A null text", r#"replace_string(dynamic(null), "a", "b")"#, r#""""#),
        Example::gives("A null lookup", r#"replace_string("abc", dynamic(null), "b")"#, r#""abc""#),
        Example::gives("A null replacement", r#"replace_string("abc", "b", dynamic(null))"#, r#""ac""#),
    ],
};

fn replace_string(args: &Args) -> Result<ArrayRef, KernelError> {
    let (texts, lookups, rewrites) = (args.texts(0)?, args.texts(1)?, args.texts(2)?);
    Ok(each_text(args, |row, out| {
        let (text, lookup, rewrite) = (texts.text(row), lookups.text(row), rewrites.text(row));
        if lookup.is_empty() {
            out.push_str(text);
            return;
        }
        let mut from = 0;
        for (at, found) in text.match_indices(lookup) {
            out.push_str(&text[from..at]);
            out.push_str(rewrite);
            from = at + found.len();
            if out.len() > MAX_TEXT {
                break;
            }
        }
        out.push_str(&text[from..]);
        truncate(out);
    }))
}
