//! `countof`: how often a text or pattern occurs in another text.

use arrow::array::ArrayRef;
use datafusion_expr::Expr;
use schema::Type;

use crate::{
    Call, CallError, Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status, Typed,
    apply::kernel_call,
    kernel::{Args, KernelError, each_long, regex::Patterns},
    rewrite::check_pattern,
};

/// `countof(source, search, [kind])`.
pub static FUNCTION: Function = Function {
    name: "countof",
    aliases: &[],
    section: Section::String,
    doc: "countof-function",
    summary: "The number of occurrences of a text, which may overlap, or of matches of a regular expression, which do not.",
    params: &[
        Param::required("source", ParamType::Exact(Type::String)),
        Param::required("search", ParamType::Exact(Type::String)),
        Param::optional("kind", ParamType::Constant(Type::String)),
    ],
    returns: Returns::Fixed(Type::Long),
    result_name: ResultName::None,
    nulls: Nulls::AsEmptyText,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Rewrite(rewrite),
    examples: &[
        Example::gives("Characters", r#"countof("aaa", "a")"#, "3"),
        Example::gives("Occurrences overlap", r#"countof("aaaa", "aa")"#, "3"),
        Example::gives("In so many words", r#"countof("ababa", "ab", "normal")"#, "2"),
        Example::gives("Overlapping", r#"countof("ababa", "aba")"#, "2"),
        Example::gives("Matches do not overlap", r#"countof("ababa", "aba", "regex")"#, "1"),
        Example::gives("A pattern", r#"countof("abcabc", "a.c", "regex")"#, "2"),
        Example::gives("Case counts", r#"countof("Aa", "a")"#, "1"),
        Example::gives("An empty search", r#"countof("abc", "")"#, "0"),
        Example::gives("A null text", r#"countof(dynamic(null), "a")"#, "0"),
        Example::gives("A null search", r#"countof("abc", dynamic(null))"#, "0"),
        Example::fails("No such kind", r#"countof("a", "a", "glob")"#, "K0204"),
        Example::fails("A broken pattern", r#"countof("a", "(", "regex")"#, "K0204"),
    ],
};

static TEXT_KERNEL: Function =
    Function { name: "count_of_text", section: Section::Internal, eval: Eval::Kernel(count_text), ..FUNCTION };
static REGEX_KERNEL: Function =
    Function { name: "count_of_regex", section: Section::Internal, eval: Eval::Kernel(count_regex), ..FUNCTION };

fn rewrite(call: &Call) -> Result<Expr, CallError> {
    let kernel = match call.args.get(2).and_then(Typed::as_text) {
        None | Some("normal") => &TEXT_KERNEL,
        Some("regex") => {
            check_pattern(call, &FUNCTION, 1)?;
            &REGEX_KERNEL
        }
        Some(other) => {
            return Err(CallError::ArgumentValue {
                function: FUNCTION.name,
                position: 3,
                parameter: "kind",
                problem: format!("is `normal` or `regex`, and not `{other}`"),
            });
        }
    };
    Ok(kernel_call(kernel, call.args.iter().take(2).cloned().collect(), Type::Long))
}

fn count_text(args: &Args) -> Result<ArrayRef, KernelError> {
    let (texts, searches) = (args.texts(0)?, args.texts(1)?);
    Ok(each_long(args, |row| {
        let (text, search) = (texts.text(row), searches.text(row));
        let Some(first) = search.chars().next() else { return Some(0) };
        let (mut count, mut rest) = (0, text);
        while let Some(at) = rest.find(search) {
            count += 1;
            rest = &rest[at + first.len_utf8()..];
        }
        Some(count)
    }))
}

fn count_regex(args: &Args) -> Result<ArrayRef, KernelError> {
    let (texts, mut patterns) = (args.texts(0)?, Patterns::new(args.texts(1)?));
    Ok(each_long(args, |row| {
        let text = texts.text(row);
        i64::try_from(patterns.get(row)?.find_iter(text).filter(|found| !found.is_empty()).count()).ok()
    }))
}
