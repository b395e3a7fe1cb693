//! Parameters: values of the user's own in place of those a published rule has, without touching the published text.
//!
//! A parameter is named after a `let` whose value is a constant or a list of constants, or after a column that a `where` compares with
//! constants. The query is read, the spans of those constants are written anew, and everything else stays letter by letter. Pure.

use std::fmt;

use diag::Span;
use kql::ast::{
    BinaryOp, Expr, ExprKind, LetValue, Literal, MatchKind, Query, StatementKind,
    operator::{OperatorKind, Source},
};
use serde::Serialize;
use serde_json::Value;

/// A query with values of the user's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Filled {
    /// The query to run.
    pub query: String,
    /// What was replaced, in the order of the text.
    pub replaced: Vec<Replaced>,
}

/// A value that was replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Replaced {
    /// The parameter.
    pub name: String,
    /// What the published text says.
    pub was: String,
    /// What the query to run says.
    pub now: String,
    /// Where, in the published text.
    pub span: Span,
}

/// Why a parameter cannot be filled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParameterError {
    /// The query has no `let` and no compared column of that name.
    Unknown {
        /// The parameter.
        name: String,
        /// Names that are near.
        near: Vec<String>,
    },
    /// The `let` stands for something computed.
    NotConstant {
        /// The parameter.
        name: String,
    },
    /// The value is not of the kind that the query has there.
    Mismatch {
        /// The parameter.
        name: String,
        /// What the query has there, such as `a list of texts`.
        wanted: &'static str,
    },
    /// The query cannot be read.
    Unreadable,
}

impl fmt::Display for ParameterError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown { name, near } if near.is_empty() => {
                write!(
                    formatter,
                    "the query has no parameter `{name}`: no `let {name} = ...` and no condition on a column of that name"
                )
            }
            Self::Unknown { name, near } => {
                write!(formatter, "the query has no parameter `{name}`; did you mean `{}`?", near.join("` or `"))
            }
            Self::NotConstant { name } => {
                write!(formatter, "`{name}` is computed by the query; only constants and lists of them can be replaced")
            }
            Self::Mismatch { name, wanted } => write!(formatter, "the parameter `{name}` must be {wanted}, as in the query"),
            Self::Unreadable => formatter.write_str("the query has errors; parameters are filled in queries that can be read"),
        }
    }
}

impl std::error::Error for ParameterError {}

/// Puts `values`, by name of the parameter, into the query.
///
/// # Errors
///
/// When the query cannot be read, or one of the values has no place in it.
///
/// ```
/// use serde_json::json;
/// let query = "let Own = pack_array('contoso.com');\nEmailEvents | where SenderFromDomain in (Own)";
/// let filled = spoofwatch_rules::parameter::fill(query, &[("Own".to_owned(), json!(["mail.example"]))]).unwrap();
/// assert_eq!(filled.query, "let Own = pack_array(\"mail.example\");\nEmailEvents | where SenderFromDomain in (Own)");
/// ```
pub fn fill(query: &str, values: &[(String, Value)]) -> Result<Filled, ParameterError> {
    let parsed = kql::parse(query);
    if !values.is_empty() && !parsed.diagnostics.is_empty() {
        return Err(ParameterError::Unreadable);
    }
    let mut edits: Vec<(String, Span, String)> = Vec::new();
    for (name, value) in values {
        for (span, now) in edits_of(&parsed.query, name, value)? {
            edits.push((name.clone(), span, now));
        }
    }
    edits.sort_by_key(|(_, span, _)| span.start);
    // A place that two parameters claim keeps the first.
    edits.dedup_by(|later, earlier| later.1.start < earlier.1.end);
    let (mut filled, mut at, mut replaced) = (String::with_capacity(query.len()), 0, Vec::new());
    for (name, span, now) in edits {
        let (Some(before), Some(was)) = (query.get(at..span.start), query.get(span.start..span.end)) else { continue };
        filled.push_str(before);
        filled.push_str(&now);
        at = span.end;
        replaced.push(Replaced { name, was: was.to_owned(), now, span });
    }
    filled.push_str(query.get(at..).unwrap_or_default());
    Ok(Filled { query: filled, replaced })
}

/// The names a query has parameters for: those of `let` with a constant value, then those of columns compared with constants.
#[must_use]
pub fn names(query: &str) -> Vec<String> {
    let parsed = kql::parse(query).query;
    let mut names: Vec<String> = lets(&parsed).filter(|(_, value)| is_constant(value)).map(|(name, _)| name.to_owned()).collect();
    for (name, _) in comparisons(&parsed) {
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    names
}

fn edits_of(query: &Query, name: &str, value: &Value) -> Result<Vec<(Span, String)>, ParameterError> {
    if let Some((_, bound)) = lets(query).find(|(known, _)| *known == name) {
        return constant(bound, name, value).map(|edit| vec![edit]);
    }
    let compared: Vec<Comparison<'_>> =
        comparisons(query).into_iter().filter(|(known, _)| *known == name).map(|(_, found)| found).collect();
    if compared.is_empty() {
        let known = names_of(query);
        let near = schema::nearest(name, known.iter().map(String::as_str)).into_iter().map(|name| name.to_string()).collect();
        return Err(ParameterError::Unknown { name: name.to_owned(), near });
    }
    compared.iter().map(|comparison| comparison.with(name, value)).collect()
}

fn names_of(query: &Query) -> Vec<String> {
    let bound = lets(query).map(|(name, _)| name.to_owned());
    bound.chain(comparisons(query).into_iter().map(|(name, _)| name.to_owned())).collect()
}

/// Scalar and tabular `let` statements.
fn lets(query: &Query) -> impl Iterator<Item = (&str, &Expr)> {
    query.statements.iter().filter_map(|statement| match &statement.kind {
        StatementKind::Let { name, value: LetValue::Expr(value) } => Some((name.text.as_str(), value)),
        _ => None,
    })
}

fn is_constant(value: &Expr) -> bool {
    match &value.kind {
        ExprKind::Literal(_) => true,
        ExprKind::Paren(inner) => is_constant(inner),
        ExprKind::Call(call) => {
            is_pack_array(&call.name.text)
                && call.arguments.iter().all(|argument| matches!(argument.value.kind, ExprKind::Literal(_)))
        }
        ExprKind::Source(source) => matches!(source.as_ref(), Source::Datatable { columns, .. } if columns.len() == 1),
        _ => false,
    }
}

fn is_pack_array(name: &str) -> bool {
    name == "pack_array"
}

/// The new text of a constant, and where it goes.
fn constant(bound: &Expr, name: &str, value: &Value) -> Result<(Span, String), ParameterError> {
    let mismatch = |wanted| ParameterError::Mismatch { name: name.to_owned(), wanted };
    match &bound.kind {
        ExprKind::Literal(literal) => {
            let now = written(literal, value).ok_or_else(|| mismatch(wanted(literal)))?;
            Ok((bound.span, now))
        }
        ExprKind::Paren(inner) => constant(inner, name, value),
        ExprKind::Call(call) if is_constant(bound) => {
            let like = call.arguments.iter().find_map(|argument| literal_of(&argument.value));
            let list = list(like, value).ok_or_else(|| mismatch("a list of values of the same type"))?;
            Ok((bound.span, format!("{}({list})", call.name.text)))
        }
        ExprKind::Source(source) => match source.as_ref() {
            Source::Datatable { columns, values } if columns.len() == 1 => {
                let like = values.first().and_then(literal_of);
                let list = list(like, value).ok_or_else(|| mismatch("a list of values of the same type"))?;
                let (Some(first), Some(last)) = (values.first(), values.last()) else {
                    return Err(ParameterError::NotConstant { name: name.to_owned() });
                };
                Ok((first.span.to(last.span), list))
            }
            _ => Err(ParameterError::NotConstant { name: name.to_owned() }),
        },
        _ => Err(ParameterError::NotConstant { name: name.to_owned() }),
    }
}

fn literal_of(expr: &Expr) -> Option<&Literal> {
    match &expr.kind {
        ExprKind::Literal(literal) => Some(literal),
        ExprKind::Paren(inner) => literal_of(inner),
        _ => None,
    }
}

/// Values separated by commas, each of the type of `like`; texts where there is none to be like.
fn list(like: Option<&Literal>, value: &Value) -> Option<String> {
    let values = match value {
        Value::Array(values) => values.as_slice(),
        one => std::slice::from_ref(one),
    };
    let text = Literal::String { value: String::new(), obfuscated: false };
    let parts: Option<Vec<String>> = values.iter().map(|value| written(like.unwrap_or(&text), value)).collect();
    parts.map(|parts| parts.join(", "))
}

/// The value as a constant of the type that `like` has; `None` if it is of another.
fn written(like: &Literal, value: &Value) -> Option<String> {
    let text = value.as_str();
    match like {
        Literal::String { .. } => text.map(kql::quote_string),
        Literal::Bool(_) => value.as_bool().map(|flag| flag.to_string()),
        Literal::Int(_) => value.as_i64().and_then(|number| i32::try_from(number).ok()).map(|number| format!("int({number})")),
        Literal::Long(_) => value.as_i64().map(|number| number.to_string()),
        Literal::Real(_) => value.as_f64().filter(|number| number.is_finite()).map(|number| format!("real({number})")),
        Literal::Decimal(_) => value.as_number().map(|number| format!("decimal({number})")),
        Literal::Timespan(_) => {
            text.filter(|text| schema::text::timespan::parse_literal(text).is_some()).map(|text| format!("timespan({text})"))
        }
        Literal::Datetime(_) => {
            text.filter(|text| schema::text::datetime::parse(text).is_some()).map(|text| format!("datetime({text})"))
        }
        Literal::Guid(_) => text.filter(|text| schema::text::guid::parse(text).is_some()).map(|text| format!("guid({text})")),
        Literal::Dynamic(_) => (value.is_array() || value.is_object()).then(|| format!("dynamic({value})")),
    }
}

const fn wanted(literal: &Literal) -> &'static str {
    match literal {
        Literal::String { .. } => "a text",
        Literal::Bool(_) => "true or false",
        Literal::Int(_) | Literal::Long(_) => "a whole number",
        Literal::Real(_) | Literal::Decimal(_) => "a number",
        Literal::Timespan(_) => "a length of time such as 7d",
        Literal::Datetime(_) => "a moment such as 2026-11-21",
        Literal::Guid(_) => "a guid",
        Literal::Dynamic(_) => "a list or a mapping",
    }
}

/// A column compared with constants: `Column == "a"`, `Column in ("a", "b")` and their forms without case.
struct Comparison<'a> {
    left: Span,
    whole: Span,
    like: &'a Literal,
    operator: &'static str,
}

impl Comparison<'_> {
    /// The comparison with the values of the parameter: always a list, so that one may become several.
    fn with(&self, name: &str, value: &Value) -> Result<(Span, String), ParameterError> {
        let wanted = "a value, or a list of values, of the type the query compares with";
        let list = list(Some(self.like), value).ok_or_else(|| ParameterError::Mismatch { name: name.to_owned(), wanted })?;
        Ok((Span::new(self.left.end, self.whole.end), format!(" {} ({list})", self.operator)))
    }
}

/// The comparisons in the conditions of every `where` outside functions.
fn comparisons(query: &Query) -> Vec<(&str, Comparison<'_>)> {
    let mut found = Vec::new();
    for statement in &query.statements {
        match &statement.kind {
            StatementKind::Query(expr) | StatementKind::Let { value: LetValue::Expr(expr), .. } => conditions(expr, &mut found),
            _ => {}
        }
    }
    found
}

fn conditions<'a>(expr: &'a Expr, found: &mut Vec<(&'a str, Comparison<'a>)>) {
    let mut pending = vec![expr];
    while let Some(expr) = pending.pop() {
        match &expr.kind {
            ExprKind::Paren(inner) => pending.push(inner),
            ExprKind::Pipe { source, operators } => {
                pending.push(source);
                for operator in operators {
                    if let OperatorKind::Where(condition) = &operator.kind {
                        found.extend(condition.walk().filter_map(comparison));
                    }
                }
            }
            _ => {}
        }
    }
}

fn comparison(expr: &Expr) -> Option<(&str, Comparison<'_>)> {
    let (left, like, operator) = match &expr.kind {
        ExprKind::Binary { op: BinaryOp::Equal, left, right } => (left, literal_of(right)?, "in"),
        ExprKind::Match { op, left, right, .. } if op.kind == MatchKind::Equals && !op.negated => {
            (left, literal_of(right)?, "in~")
        }
        ExprKind::In { op, left, list, .. } if op.kind == MatchKind::In && !op.negated => {
            let like = list.iter().map(literal_of).collect::<Option<Vec<_>>>()?.first().copied()?;
            (left, like, if op.case_sensitive { "in" } else { "in~" })
        }
        _ => return None,
    };
    // A dynamic list is replaced by its members, which it does not tell the type of.
    if matches!(like, Literal::Dynamic(_)) {
        return None;
    }
    let ExprKind::Name(name) = &left.kind else { return None };
    Some((name.text.as_str(), Comparison { left: left.span, whole: expr.span, like, operator }))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{ParameterError, fill, names};

    fn filled(query: &str, name: &str, value: Value) -> Result<String, ParameterError> {
        fill(query, &[(name.to_owned(), value)]).map(|filled| filled.query)
    }

    #[test]
    fn a_list_bound_by_let_is_replaced_and_nothing_else() -> Result<(), ParameterError> {
        let query = "// ours\nlet Own = pack_array ('a.example','b.example');  // edit me\nT | where D in (Own)";
        let now = fill(query, &[("Own".to_owned(), json!(["c.example", "quote\"d"]))])?;
        assert_eq!(now.query, "// ours\nlet Own = pack_array(\"c.example\", \"quote\\\"d\");  // edit me\nT | where D in (Own)");
        assert_eq!(now.replaced.len(), 1);
        assert_eq!(now.replaced[0].was, "pack_array ('a.example','b.example')");
        Ok(())
    }

    #[test]
    fn constants_keep_their_type() -> Result<(), ParameterError> {
        for (was, value, now) in [
            ("5", json!(7), "7"),
            ("1.5", json!(2), "real(2)"),
            ("7d", json!("12h"), "timespan(12h)"),
            ("'x'", json!("y"), "\"y\""),
            ("true", json!(false), "false"),
            ("dynamic(['x'])", json!(["y", 1]), "dynamic([\"y\",1])"),
            ("datetime(2026-01-01)", json!("2026-11-21"), "datetime(2026-11-21)"),
            ("datatable(D:string)['x', 'y']", json!(["z"]), "datatable(D:string)[\"z\"]"),
        ] {
            let query = |text: &str| format!("let P = {text};\nT | take 5");
            assert_eq!(filled(&query(was), "P", value)?, query(now), "{was}");
        }
        Ok(())
    }

    #[test]
    fn conditions_on_a_column_are_a_parameter_of_its_name() -> Result<(), ParameterError> {
        let query = "T | extend R = f(x) | where R == 'temperror' or Q =~ 'a' | where R in ('x','y') and R != 'z'";
        assert_eq!(
            filled(query, "R", json!(["fail", "softfail"]))?,
            "T | extend R = f(x) | where R in (\"fail\", \"softfail\") or Q =~ 'a' | where R in (\"fail\", \"softfail\") and R != 'z'"
        );
        assert_eq!(filled("T | where Q =~ 'a'", "Q", json!("b"))?, "T | where Q in~ (\"b\")");
        Ok(())
    }

    #[test]
    fn what_has_no_place_is_told() {
        let query = "let Own = pack_array('a');\nlet Start = ago(1d);\nT | where D in (Own)";
        assert!(matches!(filled(query, "Own", json!([1])), Err(ParameterError::Mismatch { .. })));
        assert!(matches!(filled(query, "Start", json!("1d")), Err(ParameterError::NotConstant { .. })));
        assert_eq!(
            filled(query, "Owm", json!(["b"])).map_err(|error| error.to_string()),
            Err("the query has no parameter `Owm`; did you mean `Own`?".to_owned())
        );
        assert_eq!(filled("T | where (", "D", json!("b")), Err(ParameterError::Unreadable));
    }

    #[test]
    fn without_values_the_query_is_the_published_one() -> Result<(), ParameterError> {
        let query = "T | where ( // not even read";
        assert_eq!(fill(query, &[])?.query, query);
        Ok(())
    }

    #[test]
    fn the_parameters_of_a_query_are_known() {
        let query = "let A = 5;\nlet B = T | where X == 'x';\nlet C = ago(1d);\nB | where Y in (1, 2) and Z > 3";
        assert_eq!(names(query), ["A", "X", "Y"]);
    }
}
