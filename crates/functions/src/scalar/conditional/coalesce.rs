//! `coalesce`: the first value that is there.

use datafusion_common::ScalarValue;
use datafusion_expr::{Case, Expr, lit};
use schema::Type;

use crate::{Call, CallError, Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status};

/// `coalesce(arg, ...)`.
pub static FUNCTION: Function = Function {
    name: "coalesce",
    aliases: &[],
    section: Section::Conditional,
    doc: "coalesce-function",
    summary: "The first argument that is not null, nor an empty text.",
    params: &[Param::repeated("arg", ParamType::Common, 1, 64)],
    returns: Returns::Common,
    result_name: ResultName::None,
    nulls: Nulls::Custom("Nulls and empty texts are passed over."),
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Rewrite(coalesce),
    examples: &[
        Example::gives("The first that is there", "coalesce(long(null), 2, 3)", "2"),
        Example::gives("Empty texts are passed over", r#"coalesce("", "b", "c")"#, r#""b""#),
        Example::gives("All null", "coalesce(long(null), long(null))", "long(null)"),
        Example::gives("All empty", r#"coalesce("", "")"#, r#""""#),
        Example::gives("A conversion that fails", r#"coalesce(tolong("not a number"), tolong("42"), 33)"#, "42"),
        Example::gives("A common type", "coalesce(long(null), 2.5)", "2.5"),
        Example::fails("Of two kinds", r#"coalesce(1, "a")"#, "K0205"),
    ],
};

fn coalesce(call: &Call) -> Result<Expr, CallError> {
    let there = |expr: Expr, ty: Type| match ty {
        Type::String => expr.not_eq(lit(ScalarValue::Utf8View(Some(String::new())))),
        _ => expr.is_not_null(),
    };
    let Some((last, others)) = call.args.split_last() else { return Ok(crate::kernel::native::null(Type::Dynamic)) };
    if others.is_empty() {
        return Ok(last.expr.clone());
    }
    let pairs = others.iter().map(|arg| (Box::new(there(arg.expr.clone(), arg.ty)), Box::new(arg.expr.clone()))).collect();
    Ok(Expr::Case(Case::new(None, pairs, Some(Box::new(last.expr.clone())))))
}
