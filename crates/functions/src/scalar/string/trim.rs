//! `trim`, `trim_start` and `trim_end`: matches of a pattern taken off the ends of a text.
//!
//! The pattern comes first. `trim` takes off all matches, the others one, as their reference pages say.

use arrow::array::ArrayRef;
use datafusion_expr::Expr;
use schema::Type;

use crate::{
    Call, CallError, Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    apply::kernel_call,
    kernel::{Args, KernelError, each_text, regex::Patterns},
    rewrite::check_pattern,
};

/// `trim(regex, source)`.
pub static TRIM: Function = Function {
    name: "trim",
    aliases: &[],
    section: Section::String,
    doc: "trim-function",
    summary: "The text without the matches of a regular expression at its beginning and end.",
    params: &[
        Param::required("regex", ParamType::Exact(Type::String)),
        Param::required("source", ParamType::Exact(Type::String)),
    ],
    returns: Returns::Fixed(Type::String),
    result_name: ResultName::None,
    nulls: Nulls::AsEmptyText,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Rewrite(|call| rewrite(call, &TRIM, &TRIM_KERNEL)),
    examples: &[
        Example::gives("A text", r#"trim("--", "--https://bing.com--")"#, r#""https://bing.com""#),
        Example::gives("White space", r#"trim(@"\s+", "  Hello, world!  ")"#, r#""Hello, world!""#),
        Example::gives("All that is no word character", r#"trim(@"[^\w]+", "-  Te st1// $")"#, r#""Te st1""#),
        Example::gives("Several matches", r#"trim("-", "--a-b--")"#, r#""a-b""#),
        Example::gives("Nothing to trim", r#"trim("x", "abc")"#, r#""abc""#),
        Example::gives("Nothing left", r#"trim("a", "aaa")"#, r#""""#),
        Example::gives("An empty text", r#"trim("a", "")"#, r#""""#),
        Example::gives("A null", r#"trim("a", dynamic(null))"#, r#""""#),
        Example::gives("A null pattern", r#"trim(dynamic(null), "a")"#, r#""a""#),
        Example::fails("A broken pattern", r#"trim("(", "a")"#, "K0204"),
    ],
};

/// `trim_start(regex, source)`.
pub static TRIM_START: Function = Function {
    name: "trim_start",
    aliases: &[],
    section: Section::String,
    doc: "trim-start-function",
    summary: "The text without the match of a regular expression at its beginning.",
    params: &[
        Param::required("regex", ParamType::Exact(Type::String)),
        Param::required("source", ParamType::Exact(Type::String)),
    ],
    returns: Returns::Fixed(Type::String),
    result_name: ResultName::None,
    nulls: Nulls::AsEmptyText,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Rewrite(|call| rewrite(call, &TRIM_START, &TRIM_START_KERNEL)),
    examples: &[
        Example::gives("A text", r#"trim_start("https://", "https://bing.com")"#, r#""bing.com""#),
        Example::gives("White space", r#"trim_start(@"\s+", "  a  ")"#, r#""a  ""#),
        Example::gives("One match", r#"trim_start("-", "--a")"#, r#""-a""#),
        Example::gives("A null", r#"trim_start("a", dynamic(null))"#, r#""""#),
        Example::gives("A null pattern", r#"trim_start(dynamic(null), "a")"#, r#""a""#),
    ],
};

/// `trim_end(regex, source)`.
pub static TRIM_END: Function = Function {
    name: "trim_end",
    aliases: &[],
    section: Section::String,
    doc: "trim-end-function",
    summary: "The text without the match of a regular expression at its end.",
    params: &[
        Param::required("regex", ParamType::Exact(Type::String)),
        Param::required("source", ParamType::Exact(Type::String)),
    ],
    returns: Returns::Fixed(Type::String),
    result_name: ResultName::None,
    nulls: Nulls::AsEmptyText,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Rewrite(|call| rewrite(call, &TRIM_END, &TRIM_END_KERNEL)),
    examples: &[
        Example::gives("A text", r#"trim_end(".com", "bing.com")"#, r#""bing""#),
        Example::gives("White space", r#"trim_end(@"\s+", "  a  ")"#, r#""  a""#),
        Example::gives("A slash", r#"trim_end("/", "https://bing.com/")"#, r#""https://bing.com""#),
        Example::gives("A null", r#"trim_end("a", dynamic(null))"#, r#""""#),
        Example::gives("A null pattern", r#"trim_end(dynamic(null), "a")"#, r#""a""#),
    ],
};

/// Makes the pattern that is looked for from the one given.
type Derive = fn(&str) -> String;

static TRIM_KERNEL: Function = Function {
    name: "trim_both",
    section: Section::Internal,
    eval: Eval::Kernel(|args| run(args, Some(leading_all), Some(trailing_all))),
    ..TRIM
};
static TRIM_START_KERNEL: Function = Function {
    name: "trim_first",
    section: Section::Internal,
    eval: Eval::Kernel(|args| run(args, Some(leading), None)),
    ..TRIM_START
};
static TRIM_END_KERNEL: Function = Function {
    name: "trim_last",
    section: Section::Internal,
    eval: Eval::Kernel(|args| run(args, None, Some(trailing))),
    ..TRIM_END
};

fn leading_all(pattern: &str) -> String {
    format!(r"\A(?:{pattern})+")
}

fn leading(pattern: &str) -> String {
    format!(r"\A(?:{pattern})")
}

fn trailing_all(pattern: &str) -> String {
    format!(r"(?:{pattern})+\z")
}

fn trailing(pattern: &str) -> String {
    format!(r"(?:{pattern})\z")
}

fn rewrite(call: &Call, function: &'static Function, kernel: &'static Function) -> Result<Expr, CallError> {
    check_pattern(call, function, 0)?;
    Ok(kernel_call(kernel, call.args.to_vec(), Type::String))
}

fn run(args: &Args, leading: Option<Derive>, trailing: Option<Derive>) -> Result<ArrayRef, KernelError> {
    let patterns =
        |derive: Option<Derive>| derive.map(|derive| args.texts(0).map(|texts| Patterns::derived(texts, derive))).transpose();
    let (mut leading, mut trailing) = (patterns(leading)?, patterns(trailing)?);
    let texts = args.texts(1)?;
    Ok(each_text(args, |row, out| {
        let mut text = texts.text(row);
        if let Some(found) = leading.as_mut().and_then(|patterns| patterns.get(row)).and_then(|regex| regex.find(text)) {
            text = &text[found.end()..];
        }
        if let Some(found) = trailing.as_mut().and_then(|patterns| patterns.get(row)).and_then(|regex| regex.find(text)) {
            text = &text[..found.start()];
        }
        out.push_str(text);
    }))
}
