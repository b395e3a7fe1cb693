//! `has_any` and `has_all`: whether a text holds one, or all, of several texts as whole terms.
//!
//! The list is texts, dynamic arrays or both; arrays are taken apart.

use std::sync::Arc;

use arrow::array::ArrayRef;
use datafusion_expr::Expr;
use schema::Type;

use crate::{
    Call, CallError, Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    apply::kernel_call,
    kernel::{
        Args, KernelError, Lists, each_bool,
        search::{AnyNeedle, Case, Edges, Needle},
    },
    rewrite::packed,
};

const PARAMS: &[Param] =
    &[Param::required("text", ParamType::Exact(Type::String)), Param::repeated("term", ParamType::Any, 0, usize::MAX)];

/// `text has_any (term, ...)`.
pub static HAS_ANY: Function = Function {
    name: "has_any",
    aliases: &[],
    section: Section::Operator,
    doc: "has-any-operator",
    summary: "Whether a text holds one of several texts as whole terms, in any case.",
    params: PARAMS,
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::None,
    nulls: Nulls::AsEmptyText,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Rewrite(|call| rewrite(call, &ANY_KERNEL)),
    examples: &[
        Example::gives("One of them", r#""Invoice overdue" has_any ("payment", "invoice")"#, "true"),
        Example::gives("None of them", r#""Invoices" has_any ("payment", "invoice")"#, "false"),
        Example::gives("A dynamic array", r#""spf=fail" has_any (dynamic(["softfail", "fail"]))"#, "true"),
        Example::gives("Arrays and texts", r#""spf=none" has_any (dynamic(["softfail", "fail"]), "none")"#, "true"),
        Example::gives("Punctuation", r#"@'{"SPF":"pass","DMARC":"fail"}' has_any ('DMARC":"fail', 'SPF":"fail')"#, "true"),
        Example::gives("More than a few", r#""a urgent b" has_any ("one", "two", "three", "four", "five", "URGENT")"#, "true"),
        Example::gives("Numbers by their text", r#""error 404" has_any (404, 500)"#, "true"),
        Example::gives("An empty array", r#""abc" has_any (dynamic([]))"#, "false"),
        Example::gives("An empty text", r#""" has_any ("a", "b")"#, "false"),
        Example::gives("A null", r#"dynamic(null) has_any ("a", "b")"#, "false"),
    ],
};

/// `text has_all (term, ...)`.
pub static HAS_ALL: Function = Function {
    name: "has_all",
    aliases: &[],
    section: Section::Operator,
    doc: "has-all-operator",
    summary: "Whether a text holds all of several texts as whole terms, in any case.",
    params: PARAMS,
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::None,
    nulls: Nulls::AsEmptyText,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Rewrite(|call| rewrite(call, &ALL_KERNEL)),
    examples: &[
        Example::gives("All of them", r#""Invoice overdue, payment now" has_all ("payment", "invoice")"#, "true"),
        Example::gives("One is missing", r#""Invoice overdue" has_all ("payment", "invoice")"#, "false"),
        Example::gives("A dynamic array", r#""reset your password" has_all (dynamic(["Password", "Reset"]))"#, "true"),
        Example::gives("An empty array", r#""abc" has_all (dynamic([]))"#, "true"),
        Example::gives("A null", r#"dynamic(null) has_all ("a", "b")"#, "false"),
    ],
};

static ANY_KERNEL: Function = Function { name: "has_any_of", section: Section::Internal, eval: Eval::Kernel(has_any), ..HAS_ANY };
static ALL_KERNEL: Function = Function { name: "has_all_of", section: Section::Internal, eval: Eval::Kernel(has_all), ..HAS_ALL };

fn rewrite(call: &Call, kernel: &'static Function) -> Result<Expr, CallError> {
    let mut args = vec![call.args[0].clone()];
    args.extend(packed(&call.args[1..])?);
    Ok(kernel_call(kernel, args, Type::Bool))
}

fn has_any(args: &Args) -> Result<ArrayRef, KernelError> {
    let (texts, mut lists) = (args.texts(0)?, Lists::of(args, 1)?);
    let mut prepared: Option<Arc<AnyNeedle>> = None;
    Ok(each_bool(args, |row| {
        if let Some(needles) = lists.changed(row) {
            prepared = Some(AnyNeedle::cached(needles, Edges::Term, Case::Insensitive));
        }
        prepared.as_ref().map(|needles| needles.found_in(texts.text(row)))
    }))
}

fn has_all(args: &Args) -> Result<ArrayRef, KernelError> {
    let (texts, mut lists) = (args.texts(0)?, Lists::of(args, 1)?);
    let mut prepared: Vec<Needle> = Vec::new();
    Ok(each_bool(args, |row| {
        if let Some(needles) = lists.changed(row) {
            prepared = needles.iter().map(|needle| Needle::new(needle, Edges::Term, Case::Insensitive)).collect();
        }
        Some(prepared.iter().all(|needle| needle.found_in(texts.text(row))))
    }))
}
