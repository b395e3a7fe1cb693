//! `iff`: one of two values.

use datafusion_expr::Expr;
use schema::Type;

use crate::{
    Call, CallError, Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::native::{argument, choose},
};

/// `iff(if, then, else)`.
pub static FUNCTION: Function = Function {
    name: "iff",
    aliases: &["iif"],
    section: Section::Conditional,
    doc: "iff-function",
    summary: "The second argument where the predicate is true, else the third.",
    params: &[
        Param::required("if", ParamType::Exact(Type::Bool)),
        Param::required("then", ParamType::Common),
        Param::required("else", ParamType::Common),
    ],
    returns: Returns::Common,
    result_name: ResultName::None,
    nulls: Nulls::Custom("A null predicate counts as false."),
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Rewrite(iff),
    examples: &[
        Example::gives("True", r#"iff(1 < 2, "yes", "no")"#, r#""yes""#),
        Example::gives("False", r#"iff(1 > 2, "yes", "no")"#, r#""no""#),
        Example::gives("A null predicate is not true", r#"iff(bool(null), "yes", "no")"#, r#""no""#),
        Example::gives("Branches get a common type", "iff(true, 1, 2.5)", "1.0"),
        Example::gives("A null branch", "iff(true, long(null), 2)", "long(null)"),
        Example::gives("A dynamic branch gives way", r#"iff(false, "a", parse_json("{\"b\":\"c\"}").b)"#, r#""c""#),
        Example::fails("Branches of two kinds", r#"iff(true, 1, "a")"#, "K0205"),
        Example::fails("The predicate is a bool", r#"iff("a", 1, 2)"#, "K0202"),
    ],
};

fn iff(call: &Call) -> Result<Expr, CallError> {
    Ok(choose(argument(call.args, 0), argument(call.args, 1), argument(call.args, 2)))
}
