//! `substring`: a part of a text by position.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_text},
};

/// `substring(source, startingIndex, [length])`.
pub static FUNCTION: Function = Function {
    name: "substring",
    aliases: &[],
    section: Section::String,
    doc: "substring-function",
    summary: "The part of a text from a position on, of a given length or to the end; a negative position counts from the end.",
    params: &[
        Param::required("source", ParamType::Exact(Type::String)),
        Param::required("startingIndex", ParamType::Exact(Type::Long)),
        Param::optional("length", ParamType::Exact(Type::Long)),
    ],
    returns: Returns::Fixed(Type::String),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(substring),
    examples: &[
        Example::gives("To the end", r#"substring("123456", 1)"#, r#""23456""#),
        Example::gives("Of a length", r#"substring("123456", 2, 2)"#, r#""34""#),
        Example::gives("From the beginning", r#"substring("ABCD", 0, 2)"#, r#""AB""#),
        Example::gives("From the end", r#"substring("123456", -2, 2)"#, r#""56""#),
        Example::gives("Longer than the text", r#"substring("abc", 1, 100)"#, r#""bc""#),
        Example::gives("Behind the end", r#"substring("abc", 5)"#, r#""""#),
        Example::gives("Before the beginning", r#"substring("abc", -5)"#, r#""abc""#),
        Example::gives("Characters, not bytes", r#"substring("aé中b", 1, 2)"#, r#""é中""#),
        Example::gives("No length", r#"substring("abc", 0, 0)"#, r#""""#),
        Example::gives("A negative length", r#"substring("abc", 0, -1)"#, r#""""#),
        Example::gives("A null position", r#"substring("abc", long(null))"#, r#""""#),
        Example::gives("A null length", r#"substring("abc", 1, long(null))"#, r#""""#),
        Example::fails("Needs a position", r#"substring("abc")"#, "K0203"),
    ],
};

fn substring(args: &Args) -> Result<ArrayRef, KernelError> {
    let (texts, starts) = (args.texts(0)?, args.longs(1)?);
    let lengths = if args.len() > 2 { Some(args.longs(2)?) } else { None };
    Ok(each_text(args, |row, out| {
        let Some(start) = starts.get(row) else { return };
        let length = match &lengths {
            None => usize::MAX,
            Some(lengths) => usize::try_from(lengths.get(row).unwrap_or(0)).unwrap_or(0),
        };
        out.push_str(part(texts.text(row), start, length));
    }))
}

/// `length` characters of `text` from character `start` on.
fn part(text: &str, start: i64, length: usize) -> &str {
    let rest = match usize::try_from(start) {
        Ok(start) => text.get(offset(text, start)..),
        Err(_) => {
            let back = usize::try_from(start.unsigned_abs()).unwrap_or(usize::MAX);
            let from = text.char_indices().rev().nth(back.saturating_sub(1)).map_or(0, |(at, _)| at);
            text.get(from..)
        }
    }
    .unwrap_or("");
    rest.get(..offset(rest, length)).unwrap_or("")
}

/// Where the character at `position` begins; the text's end if it has fewer.
fn offset(text: &str, position: usize) -> usize {
    text.char_indices().nth(position).map_or(text.len(), |(at, _)| at)
}
