//! `matches regex`: whether a pattern is found in a text.

use arrow::array::ArrayRef;
use datafusion_expr::Expr;
use schema::Type;

use crate::{
    Call, CallError, Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    apply::kernel_call,
    kernel::{Args, KernelError, each_bool, regex::Patterns},
    rewrite::check_pattern,
};

/// `text matches regex pattern`.
pub static FUNCTION: Function = Function {
    name: "matches regex",
    aliases: &[],
    section: Section::Operator,
    doc: "matches-regex-operator",
    summary: "Whether a regular expression is found in a text.",
    params: &[
        Param::required("text", ParamType::Exact(Type::String)),
        Param::required("pattern", ParamType::Exact(Type::String)),
    ],
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::None,
    nulls: Nulls::AsEmptyText,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Rewrite(rewrite),
    examples: &[
        Example::gives("Found", r#""dkim=fail header.d=x" matches regex "dkim=[a-z]+""#, "true"),
        Example::gives("Not found", r#""spf=pass" matches regex "dkim=[a-z]+""#, "false"),
        Example::gives("Case counts", r#""DKIM=fail" matches regex "dkim""#, "false"),
        Example::gives("Unless told otherwise", r#""DKIM=fail" matches regex "(?i)dkim""#, "true"),
        Example::gives("The whole text", r#""10.0.0.1" matches regex @"^(\d{1,3}\.){3}\d{1,3}$""#, "true"),
        Example::gives("A brace that counts nothing", r#"@'{"SPF":"fail"}' matches regex @'{"SPF":"(fail|none)'"#, "true"),
        Example::gives("An empty text", r#""" matches regex "a""#, "false"),
        Example::gives("A null", r#"dynamic(null) matches regex "^$""#, "true"),
        Example::fails("A broken pattern", r#""a" matches regex "(a""#, "K0204"),
    ],
};

static KERNEL: Function = Function { name: "matches_regex", section: Section::Internal, eval: Eval::Kernel(matches), ..FUNCTION };

fn rewrite(call: &Call) -> Result<Expr, CallError> {
    check_pattern(call, &FUNCTION, 1)?;
    Ok(kernel_call(&KERNEL, call.args.to_vec(), Type::Bool))
}

fn matches(args: &Args) -> Result<ArrayRef, KernelError> {
    let texts = args.texts(0)?;
    let mut patterns = Patterns::new(args.texts(1)?);
    Ok(each_bool(args, |row| Some(patterns.get(row)?.is_match(texts.text(row)))))
}
