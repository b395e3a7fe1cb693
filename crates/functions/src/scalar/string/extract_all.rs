//! `extract_all`: all matches of a pattern's groups in a text.
//!
//! One group gives a flat array, several an array of arrays.

use arrow::array::ArrayRef;
use datafusion_expr::Expr;
use regex::Regex;
use schema::Type;

use crate::{
    Call, CallError, Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status, Typed,
    apply::kernel_call,
    coerce,
    kernel::{
        Args, KernelError, each_text_or_null, json,
        regex::{Patterns, compile},
    },
    null_of,
    rewrite::check_pattern,
};

/// `extract_all(regex, [captureGroups], source)`.
pub static FUNCTION: Function = Function {
    name: "extract_all",
    aliases: &["extractall"],
    section: Section::String,
    doc: "extract-all-function",
    summary: "All matches of a regular expression: its groups, or those named or numbered.",
    params: &[
        Param::required("regex", ParamType::Exact(Type::String)),
        Param::required("captureGroups", ParamType::Any),
        Param::optional("source", ParamType::Exact(Type::String)),
    ],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: Nulls::Custom("Null without a match."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Rewrite(rewrite),
    examples: &[
        Example::gives(
            "One group",
            r#"extract_all(@"(\d+)", "a set of numbers: 123, 567 and 789")"#,
            r#"dynamic(["123","567","789"])"#,
        ),
        Example::gives(
            "Several groups",
            r#"extract_all(@"(\w)(\w+)(\w)", "82b8be2d-dfa7")"#,
            r#"dynamic([["8","2b8be2","d"],["d","fa","7"]])"#,
        ),
        Example::gives(
            "Some of the groups",
            r#"extract_all(@"(\w)(\w+)(\w)", dynamic([1, 3]), "82b8be2d-dfa7")"#,
            r#"dynamic([["8","d"],["d","7"]])"#,
        ),
        Example::gives(
            "Groups by name",
            r"extract_all(@'(?P<first>\w)(?P<middle>\w+)(?P<last>\w)', dynamic(['first', 2, 'last']), '82b8be2d')",
            r#"dynamic([["8","2b8be2","d"]])"#,
        ),
        Example::gives("One of several groups", r#"extract_all(@"(\w)=(\w)", dynamic([2]), "a=1 b=2")"#, r#"dynamic(["1","2"])"#),
        Example::gives("No match", r#"extract_all(@"(\d+)", "none")"#, "dynamic(null)"),
        Example::gives("A null text", r#"extract_all(@"(\d+)", dynamic(null))"#, "dynamic(null)"),
        Example::fails("A pattern without a group", r#"extract_all(@"\d+", "1 2")"#, "K0204"),
        Example::fails("A broken pattern", r#"extract_all("(", "a")"#, "K0204"),
    ],
};

static KERNEL: Function =
    Function { name: "regex_groups", section: Section::Internal, eval: Eval::Kernel(extract_all), ..FUNCTION };

fn rewrite(call: &Call) -> Result<Expr, CallError> {
    check_pattern(call, &FUNCTION, 0)?;
    let [regex, rest @ ..] = call.args else { return Ok(Expr::Literal(null_of(Type::Dynamic), None)) };
    let without_group =
        regex.as_text().is_some_and(|text| compile(text).as_ref().as_ref().is_ok_and(|regex| regex.captures_len() == 1));
    if without_group {
        return Err(CallError::ArgumentValue {
            function: FUNCTION.name,
            position: 1,
            parameter: "regex",
            problem: "needs at least one group in parentheses".to_owned(),
        });
    }
    let (groups, source) = match rest {
        [groups, source] => (coerce(groups.clone(), Type::Dynamic)?, source.clone()),
        [source, ..] => (Typed::constant(null_of(Type::Dynamic), Type::Dynamic), coerce(source.clone(), Type::String)?),
        [] => return Ok(Expr::Literal(null_of(Type::Dynamic), None)),
    };
    Ok(kernel_call(&KERNEL, vec![regex.clone(), groups, source], Type::Dynamic))
}

fn extract_all(args: &Args) -> Result<ArrayRef, KernelError> {
    let (mut patterns, wanted, texts) = (Patterns::new(args.texts(0)?), args.texts(1)?, args.texts(2)?);
    Ok(each_text_or_null(args, |row, out| {
        let Some(regex) = patterns.get(row) else { return false };
        let groups = groups(regex, wanted.get(row));
        out.push('[');
        for captures in regex.captures_iter(texts.text(row)) {
            if out.len() > 1 {
                out.push(',');
            }
            let group = |number: &usize| captures.get(*number).map_or("", |group| group.as_str());
            if let [only] = groups.as_slice() {
                json::quote(group(only), out);
                continue;
            }
            for (position, number) in groups.iter().enumerate() {
                out.push(if position == 0 { '[' } else { ',' });
                json::quote(group(number), out);
            }
            out.push(']');
        }
        out.push(']');
        out.len() > 2 && !groups.is_empty()
    }))
}

/// The numbers of the groups asked for; of all groups without a list.
fn groups(regex: &Regex, wanted: Option<&str>) -> Vec<usize> {
    let Some(elements) = wanted.and_then(json::elements) else { return (1..regex.captures_len()).collect() };
    let number = |element: &str| match json::string(element) {
        Some(name) => regex.capture_names().position(|known| known == Some(name.as_ref())),
        None => element.parse().ok().filter(|number| *number < regex.captures_len()),
    };
    elements.filter_map(number).collect()
}
