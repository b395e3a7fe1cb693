//! `and`, `or` and `not()`: three-valued, as in SQL.

use datafusion_common::ScalarValue;
use datafusion_expr::{Expr, Operator, binary_expr, not};
use schema::Type;

use crate::{Call, CallError, Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status};

/// `left and right`.
pub static AND: Function = Function {
    name: "and",
    aliases: &[],
    section: Section::Operator,
    doc: "logical-operators",
    summary: "Whether both are true.",
    params: &[Param::repeated("operand", ParamType::Exact(Type::Bool), 2, usize::MAX)],
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::None,
    nulls: Nulls::Custom("False if one operand is false, else null if one is null."),
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Rewrite(|call| Ok(joined(call, Operator::And))),
    examples: &[
        Example::gives("Both", "true and true", "true"),
        Example::gives("One", "true and false", "false"),
        Example::gives("False decides, null or not", "bool(null) and false", "false"),
        Example::gives("True and null", "true and bool(null)", "bool(null)"),
        Example::fails("Takes no text", r#""a" and true"#, "K0205"),
    ],
};

/// `left or right`.
pub static OR: Function = Function {
    name: "or",
    aliases: &[],
    section: Section::Operator,
    doc: "logical-operators",
    summary: "Whether one of both is true.",
    params: &[Param::repeated("operand", ParamType::Exact(Type::Bool), 2, usize::MAX)],
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::None,
    nulls: Nulls::Custom("True if one operand is true, else null if one is null."),
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Rewrite(|call| Ok(joined(call, Operator::Or))),
    examples: &[
        Example::gives("One", "true or false", "true"),
        Example::gives("None", "false or false", "false"),
        Example::gives("True decides, null or not", "bool(null) or true", "true"),
        Example::gives("False or null", "false or bool(null)", "bool(null)"),
    ],
};

/// `not(value)`.
pub static NOT: Function = Function {
    name: "not",
    aliases: &[],
    section: Section::Math,
    doc: "not-function",
    summary: "The opposite of a bool.",
    params: &[Param::required("expr", ParamType::Exact(Type::Bool))],
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Rewrite(negated),
    examples: &[
        Example::gives("True", "not(true)", "false"),
        Example::gives("A comparison", "not(1 == 2)", "true"),
        Example::gives("Null", "not(bool(null))", "bool(null)"),
        Example::fails("Takes no text", r#"not("a")"#, "K0202"),
    ],
};

fn joined(call: &Call, operator: Operator) -> Expr {
    let operands = call.args.iter().map(|arg| arg.expr.clone());
    operands.reduce(|left, right| binary_expr(left, operator, right)).unwrap_or(Expr::Literal(ScalarValue::Boolean(None), None))
}

fn negated(call: &Call) -> Result<Expr, CallError> {
    Ok(not(joined(call, Operator::And)))
}
