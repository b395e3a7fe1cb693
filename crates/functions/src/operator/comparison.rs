//! `==`, `!=`, `<`, `<=`, `>`, `>=`.
//!
//! No value equals null and every value differs from it; null compared with null is null, and so is an order with null
//! (`scalar-data-types/null-values`). Text has no null. Where Arrow compares as Kusto does the comparison is a native one,
//! which a scan can use to skip data.

use datafusion_common::ScalarValue;
use datafusion_expr::{Expr, Operator, binary_expr, expr::Case, is_not_true, is_true, lit};
use schema::{Type, text};

use crate::{
    Call, CallError, Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status, Typed,
    apply::{apply, kernel_call},
    coerce, common_type, find,
    kernel::{Comparison, compare_numbers},
};

const PARAMS: &[Param] = &[Param::required("left", ParamType::Any), Param::required("right", ParamType::Any)];

const EQUAL_NULLS: Nulls = Nulls::Custom("A value differs from null; null compared with null is null.");

/// `left == right`.
pub static EQUAL: Function = Function {
    name: "==",
    aliases: &[],
    section: Section::Operator,
    doc: "numerical-operators",
    summary: "Whether two values are equal; texts are compared with regard to case.",
    params: PARAMS,
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::None,
    nulls: EQUAL_NULLS,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Rewrite(|call| rewrite(call, Comparison::Equal)),
    examples: &[
        Example::gives("Numbers", "1 == 1", "true"),
        Example::gives("A long and a real", "1 == 1.0", "true"),
        Example::gives("Case counts", r#""Fail" == "fail""#, "false"),
        Example::gives("Nothing equals null", "5 == int(null)", "false"),
        Example::gives("Null with null is null", "int(null) == int(null)", "bool(null)"),
        Example::gives("NaN equals nothing", "real(nan) == real(nan)", "false"),
        Example::gives("Minus zero is zero", "-0.0 == 0.0", "true"),
        Example::gives("A dynamic text", r#"dynamic({"SPF":"fail"}).SPF == "fail""#, "true"),
        Example::gives("A missing member is no text", r#"dynamic({"SPF":"fail"}).DKIM == """#, "true"),
        Example::gives("A dynamic array by its JSON text", r#"dynamic([1, 2]) == "[1,2]""#, "true"),
        Example::gives("A dynamic number keeps its fraction", "dynamic(1.5) == 1", "false"),
        Example::gives("A bool and 1", "true == 1", "true"),
        Example::of_constants("A bool and its name", r#"true == "false""#, "false"),
        Example::of_constants("A moment and its text", r#"datetime(2026-01-01) == "2026-01-01T00:00:00Z""#, "true"),
        Example::gives("A span of time", "1d == 24h", "true"),
        Example::gives(
            "A guid in any case",
            r#"guid(74be27de-1e4e-49d9-b579-fe0b331d3642) == "74BE27DE-1E4E-49D9-B579-FE0B331D3642""#,
            "true",
        ),
        Example::gives("A text that says the number", r#""50126" == 50126"#, "true"),
        Example::gives("A text that says another number", r#""5" == 50126"#, "false"),
        Example::gives("An empty text is no number", r#""" == 0"#, "false"),
        Example::gives("A real and its text", r#"1.5 == "1.50""#, "true"),
        Example::gives("A null and a text", r#"int(null) == "x""#, "false"),
        Example::fails("Two dynamic values", "dynamic([1]) == dynamic([1])", "K0201"),
    ],
};

/// `left != right`.
pub static NOT_EQUAL: Function = Function {
    name: "!=",
    aliases: &["<>"],
    section: Section::Operator,
    doc: "numerical-operators",
    summary: "Whether two values differ; texts are compared with regard to case.",
    params: PARAMS,
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::None,
    nulls: EQUAL_NULLS,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Rewrite(|call| rewrite(call, Comparison::NotEqual)),
    examples: &[
        Example::gives("Numbers", "1 != 2", "true"),
        Example::gives("Case counts", r#""Fail" != "fail""#, "true"),
        Example::gives("Everything differs from null", "5 != int(null)", "true"),
        Example::gives("Null with null is null", "int(null) != int(null)", "bool(null)"),
        Example::gives("NaN differs from itself", "real(nan) != real(nan)", "true"),
        Example::gives("A missing member differs from a text", r#"dynamic({}).SPF != "pass""#, "true"),
        Example::gives("A text that says the number", r#"0 != "0""#, "false"),
        Example::gives("A text that says no number", r#"0 != "none""#, "true"),
    ],
};

/// `left < right`.
pub static LESS: Function = Function {
    name: "<",
    aliases: &[],
    section: Section::Operator,
    doc: "numerical-operators",
    summary: "Whether the left value is smaller.",
    params: PARAMS,
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Rewrite(|call| rewrite(call, Comparison::Less)),
    examples: &[
        Example::gives("Numbers", "1 < 2", "true"),
        Example::gives("An int and a real", "int(1) < 1.5", "true"),
        Example::gives("Moments", "datetime(2026-01-01) < datetime(2026-01-02)", "true"),
        Example::gives("With null", "1 < long(null)", "bool(null)"),
        Example::gives("NaN is in no order", "1.0 < real(nan)", "false"),
        Example::fails("Text and number", r#""1" < 2"#, "K0201"),
    ],
};

/// `left <= right`.
pub static LESS_OR_EQUAL: Function = Function {
    name: "<=",
    aliases: &[],
    section: Section::Operator,
    doc: "numerical-operators",
    summary: "Whether the left value is smaller or equal.",
    params: PARAMS,
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Rewrite(|call| rewrite(call, Comparison::LessOrEqual)),
    examples: &[
        Example::gives("Equal numbers", "2 <= 2", "true"),
        Example::gives("Spans of time", "1h <= 59m", "false"),
        Example::gives("With null", "1 <= long(null)", "bool(null)"),
    ],
};

/// `left > right`.
pub static GREATER: Function = Function {
    name: ">",
    aliases: &[],
    section: Section::Operator,
    doc: "numerical-operators",
    summary: "Whether the left value is greater.",
    params: PARAMS,
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Rewrite(|call| rewrite(call, Comparison::Greater)),
    examples: &[
        Example::gives("Numbers", "3 > 2", "true"),
        Example::gives("A dynamic number", r#"dynamic({"n":7}).n > 5"#, "true"),
        Example::of_constants("A moment and its text", r#"datetime(2026-01-02) > "2026-01-01""#, "true"),
        Example::gives("With null", "long(null) > 3", "bool(null)"),
        Example::gives("NaN is in no order", "real(nan) > 1.0", "false"),
        Example::fails("A text that is no moment", r#"datetime(2026-01-02) > "yesterday""#, "K0201"),
    ],
};

/// `left >= right`.
pub static GREATER_OR_EQUAL: Function = Function {
    name: ">=",
    aliases: &[],
    section: Section::Operator,
    doc: "numerical-operators",
    summary: "Whether the left value is greater or equal.",
    params: PARAMS,
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Rewrite(|call| rewrite(call, Comparison::GreaterOrEqual)),
    examples: &[
        Example::gives("Equal numbers", "2 >= 2", "true"),
        Example::gives("Decimals", "decimal(1.5) >= decimal(1.25)", "true"),
        Example::gives("With null", "long(null) >= 3", "bool(null)"),
    ],
};

fn rewrite(call: &Call, comparison: Comparison) -> Result<Expr, CallError> {
    let [left, right] = call.args else { return Ok(Expr::Literal(ScalarValue::Boolean(None), None)) };
    let refused = || CallError::Operands { operator: comparison.name(), left: left.ty, right: right.ty };
    if by_number(left.ty, right.ty) {
        return Ok(kernel_call(number_kernel(comparison), call.args.to_vec(), Type::Bool));
    }
    if left.ty == Type::Dynamic && right.ty == Type::Dynamic {
        return Err(refused());
    }
    let left_parsed = constant_as(left, right.ty);
    let right_parsed = constant_as(right, left.ty);
    let (left, right) = (left_parsed.as_ref().unwrap_or(left), right_parsed.as_ref().unwrap_or(right));
    let common = match (left.ty, right.ty) {
        (Type::Bool, number @ (Type::Int | Type::Long)) | (number @ (Type::Int | Type::Long), Type::Bool) => number,
        // As identifiers, so that case and dashes do not count; text that is none differs from all.
        (Type::Guid, Type::String) | (Type::String, Type::Guid) => Type::Guid,
        (a, b) => match common_type(a, b) {
            Some(common) => common,
            None => {
                let (left, right) = alike(left, right, comparison).unwrap_or_else(|| Err(refused()))?;
                // A text is never null, though what it is read as may be.
                let equal = binary_expr(left.expr, Operator::Eq, right.expr);
                return Ok(if comparison == Comparison::Equal { is_true(equal) } else { is_not_true(equal) });
            }
        },
    };
    let (left, right) = (coerce(left.clone(), common)?, coerce(right.clone(), common)?);
    Ok(native(left, comparison, right, common))
}

/// A text and a value of another type, made alike for `==` and `!=`; no other operator takes them. Published rules write
/// `ResultType == 0` where the column is a text, which is then compared with the number's text, so that a scan can skip data.
fn alike(left: &Typed, right: &Typed, comparison: Comparison) -> Option<Result<(Typed, Typed), CallError>> {
    let (text, other) = match (left.ty, right.ty) {
        (Type::String, other) if other != Type::Dynamic => (left, right),
        (other, Type::String) if other != Type::Dynamic => (right, left),
        _ => return None,
    };
    if !matches!(comparison, Comparison::Equal | Comparison::NotEqual) {
        return None;
    }
    if text.as_constant().is_none() && other.as_constant().is_some() && matches!(other.ty, Type::Int | Type::Long) {
        return Some(coerce(other.clone(), Type::String).map(|other| (text.clone(), other)));
    }
    let name = match other.ty {
        Type::Bool => "tobool",
        Type::Int => "toint",
        Type::Long => "tolong",
        Type::Real => "toreal",
        Type::Decimal => "todecimal",
        Type::Datetime => "todatetime",
        Type::Timespan => "totimespan",
        Type::String | Type::Guid | Type::Dynamic => return None,
    };
    // The clock plays no part in a conversion.
    find(name).map(|function| apply(function, vec![text.clone()], 0).map(|text| (text, other.clone())))
}

/// Whether a comparison is one that Arrow does differently.
const fn by_number(left: Type, right: Type) -> bool {
    use Type::{Dynamic, Int, Long, Real};
    matches!(
        (left, right),
        (Real, Real | Int | Long | Dynamic) | (Int | Long | Dynamic, Real) | (Dynamic, Int | Long) | (Int | Long, Dynamic)
    )
}

/// A text constant as the bool, moment, span or guid that it is compared with.
pub(crate) fn constant_as(value: &Typed, other: Type) -> Option<Typed> {
    if value.ty != Type::String {
        return None;
    }
    let spelt = value.as_text()?;
    let constant = match other {
        Type::Bool => ScalarValue::Boolean(Some(text::bool::parse(spelt)?)),
        Type::Datetime => ScalarValue::Int64(Some(text::datetime::parse(spelt)?)),
        Type::Timespan => ScalarValue::Int64(Some(text::timespan::parse(spelt)?)),
        Type::Guid => ScalarValue::Utf8View(Some(text::guid::parse(spelt)?)),
        _ => return None,
    };
    Some(Typed::constant(constant, other))
}

fn native(left: Typed, comparison: Comparison, right: Typed, ty: Type) -> Expr {
    let holds_value = |side: &Typed| side.as_constant().is_some_and(|value| !value.is_null());
    // Null can meet null only where neither side is known to hold a value, and in text never.
    let both = (ty != Type::String && !holds_value(&left) && !holds_value(&right))
        .then(|| left.expr.clone().is_null().and(right.expr.clone().is_null()));
    let (left, right) = (left.expr, right.expr);
    let compared = match comparison {
        Comparison::Equal if ty == Type::String => binary_expr(left, Operator::Eq, right),
        Comparison::Equal => is_true(binary_expr(left, Operator::Eq, right)),
        Comparison::NotEqual if ty == Type::String => binary_expr(left, Operator::NotEq, right),
        Comparison::NotEqual => binary_expr(left, Operator::IsDistinctFrom, right),
        Comparison::Less => return binary_expr(left, Operator::Lt, right),
        Comparison::LessOrEqual => return binary_expr(left, Operator::LtEq, right),
        Comparison::Greater => return binary_expr(left, Operator::Gt, right),
        Comparison::GreaterOrEqual => return binary_expr(left, Operator::GtEq, right),
    };
    match both {
        Some(both) => {
            let unknown = lit(ScalarValue::Boolean(None));
            Expr::Case(Case::new(None, vec![(Box::new(both), Box::new(unknown))], Some(Box::new(compared))))
        }
        None => compared,
    }
}

const fn number_kernel(comparison: Comparison) -> &'static Function {
    match comparison {
        Comparison::Equal => &NUMBERS_EQUAL,
        Comparison::NotEqual => &NUMBERS_NOT_EQUAL,
        Comparison::Less => &NUMBERS_LESS,
        Comparison::LessOrEqual => &NUMBERS_LESS_OR_EQUAL,
        Comparison::Greater => &NUMBERS_GREATER,
        Comparison::GreaterOrEqual => &NUMBERS_GREATER_OR_EQUAL,
    }
}

static NUMBERS_EQUAL: Function = Function {
    name: "numbers_equal",
    section: Section::Internal,
    eval: Eval::Kernel(|args| compare_numbers(args, Comparison::Equal)),
    ..EQUAL
};
static NUMBERS_NOT_EQUAL: Function = Function {
    name: "numbers_not_equal",
    section: Section::Internal,
    eval: Eval::Kernel(|args| compare_numbers(args, Comparison::NotEqual)),
    ..NOT_EQUAL
};
static NUMBERS_LESS: Function = Function {
    name: "numbers_less",
    section: Section::Internal,
    eval: Eval::Kernel(|args| compare_numbers(args, Comparison::Less)),
    ..LESS
};
static NUMBERS_LESS_OR_EQUAL: Function = Function {
    name: "numbers_less_or_equal",
    section: Section::Internal,
    eval: Eval::Kernel(|args| compare_numbers(args, Comparison::LessOrEqual)),
    ..LESS_OR_EQUAL
};
static NUMBERS_GREATER: Function = Function {
    name: "numbers_greater",
    section: Section::Internal,
    eval: Eval::Kernel(|args| compare_numbers(args, Comparison::Greater)),
    ..GREATER
};
static NUMBERS_GREATER_OR_EQUAL: Function = Function {
    name: "numbers_greater_or_equal",
    section: Section::Internal,
    eval: Eval::Kernel(|args| compare_numbers(args, Comparison::GreaterOrEqual)),
    ..GREATER_OR_EQUAL
};
