//! `case`: the value of the first predicate that is true.

use datafusion_expr::{Case, Expr};
use schema::Type;

use crate::{
    Call, CallError, Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status, Typed, coerce,
    common_type,
};

/// `case(predicate, then, [predicate, then, ...] else)`.
pub static FUNCTION: Function = Function {
    name: "case",
    aliases: &[],
    section: Section::Conditional,
    doc: "case-function",
    summary: "The value that follows the first predicate that is true, or the last argument if none is.",
    params: &[Param::repeated("predicate, then, ..., else", ParamType::Any, 3, usize::MAX)],
    returns: Returns::By(value_type),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A null predicate counts as false."),
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Rewrite(case),
    examples: &[
        Example::gives("The first that is true", r#"case(1 > 2, "a", 2 > 1, "b", 3 > 1, "c", "d")"#, r#""b""#),
        Example::gives("None", r#"case(1 > 2, "a", "d")"#, r#""d""#),
        Example::gives("A null predicate is not true", "case(bool(null), 1, 2)", "2"),
        Example::gives("Values get a common type", "case(false, 1, true, 2.5, 3)", "2.5"),
        Example::fails("An even number of arguments", "case(true, 1, false, 2)", "K0203"),
        Example::fails("A predicate that is no bool", r#"case("a", 1, 2)"#, "K0202"),
        Example::fails("Values of two kinds", r#"case(true, 1, "a")"#, "K0205"),
    ],
};

/// Whether the argument at `position` of `count` is a predicate.
const fn is_predicate(position: usize, count: usize) -> bool {
    position.is_multiple_of(2) && position + 1 < count
}

fn value_type(types: &[Type]) -> Result<Type, CallError> {
    if types.len().is_multiple_of(2) {
        let expected = "pairs of a predicate and a value, and one more value".to_owned();
        return Err(CallError::Arguments { function: FUNCTION.name, expected, found: types.len() });
    }
    let mut values = types.iter().enumerate().filter(|&(position, _)| !is_predicate(position, types.len())).map(|(_, &ty)| ty);
    let first = values.next().unwrap_or(Type::Dynamic);
    values.try_fold(first, |common, ty| common_type(common, ty).ok_or(CallError::Conversion { from: ty, to: common }))
}

fn case(call: &Call) -> Result<Expr, CallError> {
    let ty = value_type(&call.args.iter().map(|arg| arg.ty).collect::<Vec<_>>())?;
    let mut pairs = Vec::with_capacity(call.args.len() / 2);
    for (position, pair) in call.args.chunks_exact(2).enumerate() {
        let [predicate, value] = pair else { continue };
        let predicate = as_predicate(predicate, 2 * position)?;
        pairs.push((Box::new(predicate), Box::new(coerce(value.clone(), ty)?.expr)));
    }
    let otherwise = call.args.last().cloned().map(|arg| coerce(arg, ty)).transpose()?;
    Ok(Expr::Case(Case::new(None, pairs, otherwise.map(|arg| Box::new(arg.expr)))))
}

fn as_predicate(arg: &Typed, position: usize) -> Result<Expr, CallError> {
    let found = arg.ty;
    coerce(arg.clone(), Type::Bool).map(|predicate| predicate.expr).map_err(|_| CallError::ArgumentType {
        function: FUNCTION.name,
        position: position + 1,
        parameter: "predicate",
        expected: "a bool".to_owned(),
        found,
    })
}
