//! `indexof` and `indexof_regex`: where a text or a match of a pattern begins in another text.
//!
//! The length says how many characters are looked at, and is counted again from the end of each occurrence that is passed
//! over, as the examples of the reference have it.

use arrow::array::ArrayRef;
use datafusion_expr::Expr;
use schema::Type;

use crate::{
    Call, CallError, Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    apply::kernel_call,
    kernel::{Args, KernelError, Longs, each_long, regex::Patterns},
    rewrite::check_pattern,
};

/// `indexof(string, match, [start], [length], [occurrence])`.
pub static INDEXOF: Function = Function {
    name: "indexof",
    aliases: &[],
    section: Section::String,
    doc: "indexof-function",
    summary: "The position, in characters from 0, where a text is found in another; -1 if it is not.",
    params: &[
        Param::required("string", ParamType::Exact(Type::String)),
        Param::required("match", ParamType::Exact(Type::String)),
        Param::optional("start", ParamType::Exact(Type::Long)),
        Param::optional("length", ParamType::Exact(Type::Long)),
        Param::optional("occurrence", ParamType::Exact(Type::Long)),
    ],
    returns: Returns::Fixed(Type::Long),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A null text or search is empty; a null position, length or occurrence gives null."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(indexof),
    examples: &[
        Example::gives("Found", r#"indexof("abcdefg", "cde")"#, "2"),
        Example::gives("Within some characters", r#"indexof("abcdefg", "cde", 1, 4)"#, "2"),
        Example::gives("Too few characters", r#"indexof("abcdefg", "cde", 1, 2)"#, "-1"),
        Example::gives("Behind it", r#"indexof("abcdefg", "cde", 3, 4)"#, "-1"),
        Example::gives("A start from the end", r#"indexof("abcdefg", "cde", -5)"#, "2"),
        Example::gives("Numbers by their text", "indexof(1234567, 5, 1, 4)", "4"),
        Example::gives("To the end", r#"indexof("abcdefg", "cde", 2, -1)"#, "2"),
        Example::gives("The second", r#"indexof("abcdefgabcdefg", "cde", 1, 10, 2)"#, "9"),
        Example::gives("No third", r#"indexof("abcdefgabcdefg", "cde", 1, -1, 3)"#, "-1"),
        Example::gives("Characters, not bytes", r#"indexof("éa中b", "b")"#, "3"),
        Example::gives("A length below -1", r#"indexof("abc", "a", 0, -2)"#, "long(null)"),
        Example::gives("A null start", r#"indexof("abc", "a", long(null))"#, "long(null)"),
        Example::gives("A null text", r#"indexof(dynamic(null), "a")"#, "-1"),
        Example::gives("A null search", r#"indexof("abc", dynamic(null))"#, "0"),
        Example::gives("A null length", r#"indexof("abc", "a", 0, long(null))"#, "long(null)"),
        Example::gives("A null occurrence", r#"indexof("abc", "a", 0, -1, long(null))"#, "long(null)"),
    ],
};

/// `indexof_regex(string, match, [start], [length], [occurrence])`.
pub static INDEXOF_REGEX: Function = Function {
    name: "indexof_regex",
    aliases: &[],
    section: Section::String,
    doc: "indexof-regex-function",
    summary: "The position, in characters from 0, where a regular expression is found in a text; -1 if it is not.",
    params: &[
        Param::required("string", ParamType::Exact(Type::String)),
        Param::required("match", ParamType::Exact(Type::String)),
        Param::optional("start", ParamType::Exact(Type::Long)),
        Param::optional("length", ParamType::Exact(Type::Long)),
        Param::optional("occurrence", ParamType::Exact(Type::Long)),
    ],
    returns: Returns::Fixed(Type::Long),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A null text or search is empty; a null position, length or occurrence gives null."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Rewrite(rewrite),
    examples: &[
        Example::gives("Found", r#"indexof_regex("abcabc", @"a.c")"#, "0"),
        Example::gives("The second", r#"indexof_regex("abcabcdefg", @"a.c", 0, 9, 2)"#, "3"),
        Example::gives("No second", r#"indexof_regex("abcabc", @"a.c", 1, -1, 2)"#, "-1"),
        Example::gives("Matches do not overlap", r#"indexof_regex("ababaa", @"a.a", 0, -1, 2)"#, "-1"),
        Example::gives("A start below 0", r#"indexof_regex("abcabc", @"a|ab", -1)"#, "long(null)"),
        Example::gives("A null start", r#"indexof_regex("abc", "a", long(null))"#, "long(null)"),
        Example::gives("A null text", r#"indexof_regex(dynamic(null), "a")"#, "-1"),
        Example::gives("A null pattern", r#"indexof_regex("abc", dynamic(null))"#, "0"),
        Example::gives("A null length", r#"indexof_regex("abc", "a", 0, long(null))"#, "long(null)"),
        Example::gives("A null occurrence", r#"indexof_regex("abc", "a", 0, -1, long(null))"#, "long(null)"),
        Example::fails("A broken pattern", r#"indexof_regex("abc", "(")"#, "K0204"),
    ],
};

static REGEX_KERNEL: Function =
    Function { name: "index_of_regex", section: Section::Internal, eval: Eval::Kernel(indexof_regex), ..INDEXOF_REGEX };

fn rewrite(call: &Call) -> Result<Expr, CallError> {
    check_pattern(call, &INDEXOF_REGEX, 1)?;
    Ok(kernel_call(&REGEX_KERNEL, call.args.to_vec(), Type::Long))
}

fn indexof(args: &Args) -> Result<ArrayRef, KernelError> {
    let (texts, searches, window) = (args.texts(0)?, args.texts(1)?, Window::of(args)?);
    Ok(each_long(args, |row| {
        let (text, search) = (texts.text(row), searches.text(row));
        let length = i64::try_from(text.chars().count()).ok()?;
        let (start, size, occurrence) = window.get(row)?;
        let start = if start < 0 { length.saturating_add(start).max(0) } else { start };
        Some(position(text, start, size, occurrence, |part| part.find(search).map(|at| (at, at + search.len()))))
    }))
}

fn indexof_regex(args: &Args) -> Result<ArrayRef, KernelError> {
    let (texts, mut patterns, window) = (args.texts(0)?, Patterns::new(args.texts(1)?), Window::of(args)?);
    Ok(each_long(args, |row| {
        let (start, size, occurrence) = window.get(row).filter(|(start, ..)| *start >= 0)?;
        let regex = patterns.get(row)?;
        let find = |part: &str| regex.find(part).map(|found| (found.start(), found.end()));
        Some(position(texts.text(row), start, size, occurrence, find))
    }))
}

/// The optional arguments: where to begin, how many characters to look at, which occurrence is meant.
struct Window {
    parts: Vec<Longs>,
}

impl Window {
    fn of(args: &Args) -> Result<Self, KernelError> {
        Ok(Self { parts: (2..args.len()).map(|position| args.longs(position)).collect::<Result<_, _>>()? })
    }

    /// `None` where the result is null.
    fn get(&self, row: usize) -> Option<(i64, usize, i64)> {
        let part = |number: usize, default: i64| self.parts.get(number).map_or(Some(default), |values| values.get(row));
        let (start, size, occurrence) = (part(0, 0)?, part(1, -1)?, part(2, 1)?);
        if size < -1 || occurrence < 0 {
            return None;
        }
        Some((start, usize::try_from(size).unwrap_or(usize::MAX), occurrence))
    }
}

/// The character position of an occurrence, or -1. `find` gives the first one's bounds in bytes.
fn position(text: &str, start: i64, size: usize, occurrence: i64, find: impl Fn(&str) -> Option<(usize, usize)>) -> i64 {
    let offset = |text: &str, characters: usize| text.char_indices().nth(characters).map_or(text.len(), |(at, _)| at);
    let Ok(start) = usize::try_from(start) else { return -1 };
    let mut from = offset(text, start);
    for number in 1.. {
        let rest = &text[from..];
        let Some((at, end)) = find(&rest[..offset(rest, size)]) else { return -1 };
        if number >= occurrence {
            return i64::try_from(text[..from + at].chars().count()).unwrap_or(-1);
        }
        // An empty occurrence is passed over by one character.
        let step = if end > at { end } else { end + rest[end..].chars().next().map_or(1, char::len_utf8) };
        if step > rest.len() {
            return -1;
        }
        from += step;
    }
    -1
}
