//! `in` and `in~`: whether a value equals one of several.
//!
//! An `in` is an or of equalities: null equals nothing. Dynamic arrays are taken apart, constant ones when the query is bound.

use std::sync::Arc;

use arrow::array::ArrayRef;
use datafusion_common::ScalarValue;
use datafusion_expr::{Expr, in_list, is_true, or};
use schema::Type;

use crate::{
    Call, CallError, Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status, Typed,
    apply::{apply, kernel_call},
    coerce, common_type,
    kernel::{Args, KernelError, Lists, each_bool, search::FoldedSet},
    operator::comparison::{EQUAL, constant_as},
    rewrite::{elements, packed},
};

const PARAMS: &[Param] = &[Param::required("value", ParamType::Any), Param::repeated("item", ParamType::Any, 0, usize::MAX)];

const IN_NULLS: Nulls =
    Nulls::Custom("A value is not null, and null is none of the values; null among nulls is null, as with `==`.");

/// `value in (item, ...)`.
pub static IN: Function = Function {
    name: "in",
    aliases: &[],
    section: Section::Operator,
    doc: "in-operator",
    summary: "Whether a value equals one of several; case counts.",
    params: PARAMS,
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::None,
    nulls: IN_NULLS,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Rewrite(is_in),
    examples: &[
        Example::gives("One of them", r#""fail" in ("fail", "softfail")"#, "true"),
        Example::gives("Case counts", r#""Fail" in ("fail", "softfail")"#, "false"),
        Example::gives("Numbers", "3 in (1, 2, 3)", "true"),
        Example::gives("A long among reals", "3 in (2.5, 3.0)", "true"),
        Example::gives("A dynamic array", r#""b" in (dynamic(["a", "b"]))"#, "true"),
        Example::gives("Numbers in a dynamic array", "2 in (dynamic([1, 2]))", "true"),
        Example::gives("A dynamic value", r#"dynamic({"SPF":"none"}).SPF in ("fail", "none")"#, "true"),
        Example::gives("Moments", "datetime(2026-01-01) in (datetime(2026-01-01), datetime(2026-01-02))", "true"),
        Example::gives("Null equals nothing", "int(null) in (1, 2)", "false"),
        Example::gives("Null among the items", "5 in (1, long(null))", "false"),
        Example::gives("An empty array", r#""a" in (dynamic([]))"#, "false"),
        Example::gives("Texts that say numbers", r#"5 in ("4", "5")"#, "true"),
        Example::gives("Texts that say none", r#"5 in ("a", "b")"#, "false"),
        Example::fails("Items of another kind", "5 in (1d)", "K0201"),
    ],
};

/// `value in~ (item, ...)`.
pub static IN_FOLD: Function = Function {
    name: "in~",
    aliases: &[],
    section: Section::Operator,
    doc: "in-operator",
    summary: "Whether a value equals one of several, texts in any case.",
    params: PARAMS,
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::None,
    nulls: IN_NULLS,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Rewrite(is_in_fold),
    examples: &[
        Example::gives("In any case", r#""Fail" in~ ("FAIL", "softfail")"#, "true"),
        Example::gives("None of them", r#""failed" in~ ("fail", "softfail")"#, "false"),
        Example::gives("Letters of any script", r#""ÄRGER" in~ ("ärger")"#, "true"),
        Example::gives("A dynamic array", r#""B" in~ (dynamic(["a", "b"]))"#, "true"),
        Example::gives("Arrays and texts", r#""C" in~ (dynamic(["a", "b"]), "c")"#, "true"),
        Example::gives("A dynamic value", r#"dynamic({"SPF":"None"}).SPF in~ ("fail", "none")"#, "true"),
        Example::gives("Numbers as with in", "3 in~ (1, 2, 3)", "true"),
        Example::gives("Null", r#"dynamic(null) in~ ("a")"#, "false"),
    ],
};

static IN_KERNEL: Function = Function { name: "in_lists", section: Section::Internal, eval: Eval::Kernel(in_lists), ..IN };
static IN_FOLD_KERNEL: Function =
    Function { name: "in_lists_fold", section: Section::Internal, eval: Eval::Kernel(in_lists_fold), ..IN_FOLD };

fn is_in(call: &Call) -> Result<Expr, CallError> {
    let (value, items) = (&call.args[0], &call.args[1..]);
    let value = if value.ty == Type::Dynamic { coerce(value.clone(), Type::String)? } else { value.clone() };
    let mut literals: Vec<Expr> = Vec::new();
    let mut others: Vec<Expr> = Vec::new();
    for item in items {
        let constants = elements(item);
        let from_array = item.ty == Type::Dynamic;
        for constant in constants.iter().flatten() {
            match literal(&value, constant)? {
                Literal::Same(expr) => literals.push(expr),
                Literal::Other => others.push(apply(&EQUAL, vec![value.clone(), constant.clone()], call.clock)?.expr),
                // An element of an array that cannot be compared equals nothing; an item given by itself is a mistake.
                Literal::Refused if from_array => {}
                Literal::Refused => return Err(CallError::Operands { operator: "in", left: value.ty, right: constant.ty }),
            }
        }
        if constants.is_none() {
            others.push(if from_array {
                kernel_call(&IN_KERNEL, vec![value.clone(), item.clone()], Type::Bool)
            } else {
                apply(&EQUAL, vec![value.clone(), item.clone()], call.clock)?.expr
            });
        }
    }
    if !literals.is_empty() {
        let list = in_list(value.expr.clone(), literals, false);
        others.push(if value.ty == Type::String { list } else { is_true(list) });
    }
    Ok(others.into_iter().reduce(or).unwrap_or(Expr::Literal(ScalarValue::Boolean(Some(false)), None)))
}

/// How an item is compared with the value.
enum Literal {
    /// As a constant of the value's type.
    Same(Expr),
    /// By an equality of its own.
    Other,
    /// Not at all.
    Refused,
}

fn literal(value: &Typed, item: &Typed) -> Result<Literal, CallError> {
    let item = constant_as(item, value.ty).unwrap_or_else(|| item.clone());
    if item.ty == value.ty && value.ty != Type::Real {
        return Ok(Literal::Same(item.expr));
    }
    Ok(match (value.ty, item.ty) {
        (Type::String, _) | (Type::Long, Type::Int) => Literal::Same(coerce(item, value.ty)?.expr),
        (Type::Bool, Type::Int | Type::Long) | (Type::Int | Type::Long, Type::Bool) => Literal::Other,
        // A text that says the value.
        (left, Type::String) if !matches!(left, Type::Dynamic) => Literal::Other,
        (left, right) if common_type(left, right).is_some() => Literal::Other,
        _ => Literal::Refused,
    })
}

fn is_in_fold(call: &Call) -> Result<Expr, CallError> {
    let value = &call.args[0];
    if !matches!(value.ty, Type::String | Type::Dynamic | Type::Guid) {
        return is_in(call);
    }
    let mut args = vec![coerce(value.clone(), Type::String)?];
    args.extend(packed(&call.args[1..])?);
    Ok(kernel_call(&IN_FOLD_KERNEL, args, Type::Bool))
}

fn in_lists(args: &Args) -> Result<ArrayRef, KernelError> {
    let (values, mut lists) = (crate::kernel::Values::of(args, 0)?, Lists::of(args, 1)?);
    let mut items: Vec<String> = Vec::new();
    let mut text = String::new();
    Ok(each_bool(args, |row| {
        if let Some(changed) = lists.changed(row) {
            items = changed.to_vec();
        }
        text.clear();
        values.write_text(row, &mut text);
        Some(!values.is_null(row) && items.contains(&text))
    }))
}

fn in_lists_fold(args: &Args) -> Result<ArrayRef, KernelError> {
    let (texts, mut lists) = (args.texts(0)?, Lists::of(args, 1)?);
    let mut prepared: Option<Arc<FoldedSet>> = None;
    let mut buffer = String::new();
    Ok(each_bool(args, |row| {
        if let Some(items) = lists.changed(row) {
            prepared = Some(FoldedSet::cached(items));
        }
        prepared.as_ref().map(|set| set.contains(texts.text(row), &mut buffer))
    }))
}
