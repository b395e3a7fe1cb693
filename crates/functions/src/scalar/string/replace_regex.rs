//! `replace_regex` and `replace`: the matches of a pattern replaced.
//!
//! In the replacement `\\0` stands for the match and `\\1` to `\\9` for its groups. The older `replace` takes the text last.

use arrow::array::ArrayRef;
use datafusion_expr::Expr;
use regex::{Captures, Regex};
use schema::Type;

use crate::{
    Call, CallError, Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    apply::kernel_call,
    kernel::{Args, KernelError, MAX_TEXT, each_text, regex::Patterns, truncate},
    rewrite::check_pattern,
};

/// `replace_regex(source, lookup_regex, rewrite_pattern)`.
pub static REPLACE_REGEX: Function = Function {
    name: "replace_regex",
    aliases: &[],
    section: Section::String,
    doc: "replace-regex-function",
    summary: "The text with every match of a regular expression replaced.",
    params: &[
        Param::required("source", ParamType::Exact(Type::String)),
        Param::required("lookup_regex", ParamType::Exact(Type::String)),
        Param::required("rewrite_pattern", ParamType::Exact(Type::String)),
    ],
    returns: Returns::Fixed(Type::String),
    result_name: ResultName::None,
    nulls: Nulls::AsEmptyText,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Rewrite(|call| rewrite(call, &REPLACE_REGEX, [0, 1, 2])),
    examples: &[
        Example::gives("A group", r"replace_regex('Number is 5', @'is (\d+)', @'was: \1')", r#""Number was: 5""#),
        Example::gives("The whole match", r"replace_regex('a1b22', @'\d+', @'<\0>')", r#""a<1>b<22>""#),
        Example::gives("Removed", r"replace_regex('a  b', @'\s+', ' ')", r#""a b""#),
        Example::gives("A dollar is a dollar", "replace_regex('5', '5', '$1')", r#""$1""#),
        Example::gives("A group that took no part", r"replace_regex('b', '(a)?b', @'[\1]')", r#""[]""#),
        Example::gives("No match", "replace_regex('abc', 'x', 'y')", r#""abc""#),
        Example::gives("A null text", "replace_regex(dynamic(null), 'a', 'b')", r#""""#),
        Example::gives("A null replacement", "replace_regex('abc', 'b', dynamic(null))", r#""ac""#),
        Example::gives("A null pattern matches between all characters", "replace_regex('ab', dynamic(null), '-')", r#""-a-b-""#),
        Example::fails("A broken pattern", "replace_regex('a', '(', 'b')", "K0204"),
    ],
};

/// `replace(regex, rewrite, source)`.
pub static REPLACE: Function = Function {
    name: "replace",
    aliases: &[],
    section: Section::String,
    doc: "replace-regex-function",
    summary: "The text with every match of a regular expression replaced; an older form of `replace_regex`.",
    params: &[
        Param::required("regex", ParamType::Exact(Type::String)),
        Param::required("rewrite", ParamType::Exact(Type::String)),
        Param::required("source", ParamType::Exact(Type::String)),
    ],
    returns: Returns::Fixed(Type::String),
    result_name: ResultName::None,
    nulls: Nulls::AsEmptyText,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Rewrite(|call| rewrite(call, &REPLACE, [2, 0, 1])),
    examples: &[
        Example::gives("The text comes last", r"replace(@'is (\d+)', @'was: \1', 'Number is 5')", r#""Number was: 5""#),
        Example::gives("A plain text", "replace('@', ' at ', 'a@b')", r#""a at b""#),
        Example::gives("A null text", "replace('a', 'b', dynamic(null))", r#""""#),
        Example::gives("A null replacement", "replace('b', dynamic(null), 'abc')", r#""ac""#),
        Example::gives("A null pattern", "replace(dynamic(null), '-', 'a')", r#""-a-""#),
    ],
};

static KERNEL: Function =
    Function { name: "regex_replaced", section: Section::Internal, eval: Eval::Kernel(replace_regex), ..REPLACE_REGEX };

/// Calls the kernel with text, pattern and replacement, which stand at these positions.
fn rewrite(call: &Call, function: &'static Function, positions: [usize; 3]) -> Result<Expr, CallError> {
    check_pattern(call, function, positions[1])?;
    let args = positions.iter().filter_map(|&position| call.args.get(position).cloned()).collect();
    Ok(kernel_call(&KERNEL, args, Type::String))
}

fn replace_regex(args: &Args) -> Result<ArrayRef, KernelError> {
    let (texts, mut patterns, rewrites) = (args.texts(0)?, Patterns::new(args.texts(1)?), args.texts(2)?);
    Ok(each_text(args, |row, out| {
        let (text, rewrite) = (texts.text(row), rewrites.text(row));
        match patterns.get(row) {
            Some(regex) => replace(text, regex, rewrite, out),
            None => out.push_str(text),
        }
        truncate(out);
    }))
}

fn replace(text: &str, regex: &Regex, rewrite: &str, out: &mut String) {
    let mut from = 0;
    // Finding the groups costs more than finding the match.
    if rewrite.contains('\\') {
        for captures in regex.captures_iter(text) {
            let Some(found) = captures.get(0) else { continue };
            out.push_str(&text[from..found.start()]);
            expand(rewrite, &captures, out);
            from = found.end();
            if out.len() > MAX_TEXT {
                return;
            }
        }
    } else {
        for found in regex.find_iter(text) {
            out.push_str(&text[from..found.start()]);
            out.push_str(rewrite);
            from = found.end();
            if out.len() > MAX_TEXT {
                return;
            }
        }
    }
    out.push_str(&text[from..]);
}

/// Appends the replacement for one match.
fn expand(rewrite: &str, captures: &Captures, out: &mut String) {
    let mut characters = rewrite.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            out.push(character);
            continue;
        }
        match characters.next() {
            Some(digit @ '0'..='9') => {
                let group = usize::from(digit as u8 - b'0');
                out.push_str(captures.get(group).map_or("", |group| group.as_str()));
            }
            Some('\\') => out.push('\\'),
            Some(other) => {
                out.push('\\');
                out.push(other);
            }
            None => out.push('\\'),
        }
    }
}
