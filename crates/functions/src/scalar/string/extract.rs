//! `extract`: what a group of a pattern matches in a text.

use arrow::array::ArrayRef;
use datafusion_expr::Expr;
use regex::CaptureLocations;
use schema::Type;

use crate::{
    Call, CallError, Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status, Typed,
    apply::kernel_call,
    kernel::{Args, KernelError, each_text, regex::Patterns},
    rewrite::{check_pattern, to_type},
};

/// `extract(regex, captureGroup, source, [typeLiteral])`.
pub static FUNCTION: Function = Function {
    name: "extract",
    aliases: &[],
    section: Section::String,
    doc: "extract-function",
    summary: "The part of a text that a group of a regular expression matches, converted to a type if one is given.",
    params: &[
        Param::required("regex", ParamType::Exact(Type::String)),
        Param::required("captureGroup", ParamType::Exact(Type::Long)),
        Param::required("source", ParamType::Exact(Type::String)),
        Param::optional("typeLiteral", ParamType::Any),
    ],
    returns: Returns::By(returns),
    result_name: ResultName::None,
    nulls: Nulls::Custom("Without a match the result is null, or an empty text."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Rewrite(rewrite),
    examples: &[
        Example::gives("A group", r#"extract("User: ([^,]+)", 1, "User: James, Age: 29")"#, r#""James""#),
        Example::gives("The whole match", r#"extract(@"\d+", 0, "Age: 29")"#, r#""29""#),
        Example::gives("To a type", r#"extract(@"-(\d{2})-", 1, "15-12-2024", typeof(int))"#, "int(12)"),
        Example::gives("The result of a check", r#"extract("dkim=([a-z]+)", 1, "spf=pass; dkim=fail")"#, r#""fail""#),
        Example::gives("No match", r#"extract("x([0-9]+)", 1, "abc")"#, r#""""#),
        Example::gives("No match, with a type", r#"extract("x([0-9]+)", 1, "abc", typeof(long))"#, "long(null)"),
        Example::gives("No such group", r#"extract("abc", 1, "abc")"#, r#""""#),
        Example::gives("A text that does not convert", r#"extract("(.*)", 1, "abc", typeof(long))"#, "long(null)"),
        Example::gives("A null text", r#"extract("a", 0, dynamic(null))"#, r#""""#),
        Example::gives("A null group", r#"extract("a", long(null), "a")"#, r#""""#),
        Example::gives("A null pattern", r#"extract(dynamic(null), 0, "a")"#, r#""""#),
        Example::fails("A broken pattern", r#"extract("(", 1, "a")"#, "K0204"),
    ],
};

static KERNEL: Function = Function {
    name: "regex_group",
    section: Section::Internal,
    returns: Returns::Fixed(Type::String),
    eval: Eval::Kernel(extract),
    ..FUNCTION
};

fn returns(types: &[Type]) -> Result<Type, CallError> {
    Ok(types.get(3).copied().unwrap_or(Type::String))
}

fn rewrite(call: &Call) -> Result<Expr, CallError> {
    check_pattern(call, &FUNCTION, 0)?;
    let text = Typed::new(kernel_call(&KERNEL, call.args.iter().take(3).cloned().collect(), Type::String), Type::String);
    Ok(to_type(&text, call.args.get(3).map_or(Type::String, |literal| literal.ty)))
}

fn extract(args: &Args) -> Result<ArrayRef, KernelError> {
    let (mut patterns, groups, texts) = (Patterns::new(args.texts(0)?), args.longs(1)?, args.texts(2)?);
    let mut locations: Option<CaptureLocations> = None;
    let constant = args.is_constant(0);
    Ok(each_text(args, |row, out| {
        let Some(group) = groups.get(row).and_then(|group| usize::try_from(group).ok()) else { return };
        let Some(regex) = patterns.get(row) else { return };
        let text = texts.text(row);
        let bounds = if group == 0 {
            regex.find(text).map(|found| (found.start(), found.end()))
        } else {
            if !constant {
                locations = None;
            }
            let locations = locations.get_or_insert_with(|| regex.capture_locations());
            regex.captures_read(locations, text).and_then(|_| locations.get(group))
        };
        if let Some((from, to)) = bounds {
            out.push_str(&text[from..to]);
        }
    }))
}
