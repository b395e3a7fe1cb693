//! The predicates of `search` and `find`: what they say beside the language of `where`, said in it.
//!
//! A text alone is a term that any column may hold (`"err"` is `* has "err"`), `Column:"err"` asks one column, and `*` at an end
//! or inside a term stands for any characters. <https://learn.microsoft.com/kusto/query/search-operator#search-predicate-syntax>

use datafusion::logical_expr::lit;
use diag::Span;
use functions::{Typed, null_of};
use kql::ast::{Argument, BinaryOp, Call, Expr, ExprKind, Literal, MatchKind, MatchOp, Name};
use schema::Type;

use crate::{
    error::{Result, Stop},
    plan::{Planner, expr::is_of_types},
    relation::Relation,
    scope::{Binding, Scope},
};

/// A predicate in the language of `where`, and what it asks for.
pub(super) struct Predicate {
    expr: Expr,
    /// The columns it names.
    pub(super) columns: Vec<String>,
    /// Some part of it may be found in any column.
    pub(super) any_column: bool,
}

impl Predicate {
    /// Reads a predicate; `cs` compares all texts with regard to case.
    pub(super) fn new(written: &Expr, cs: bool) -> Self {
        let expr = plain(written, cs);
        let mut predicate = Self { columns: Vec::new(), any_column: false, expr };
        let mut pending = vec![&predicate.expr];
        let mut columns = Vec::new();
        while let Some(expr) = pending.pop() {
            match &expr.kind {
                ExprKind::Name(name) => columns.push(name.text.clone()),
                ExprKind::Wildcard(_) => predicate.any_column = true,
                ExprKind::Literal(Literal::Bool(_)) => predicate.any_column = true,
                _ => pending.extend(operands(expr)),
            }
        }
        predicate.columns = columns;
        predicate
    }
}

impl Planner<'_> {
    /// The rows of each table that pass. A column that another table has and this one lacks is null here. Where the predicate
    /// does not fit the types of a table but fits those of another, the table has no such rows.
    pub(super) fn passing(
        &self,
        tables: Vec<(String, Relation)>,
        predicate: &Predicate,
        scope: &Scope,
    ) -> Result<Vec<(String, Relation)>> {
        let missing = |wanted: &str| {
            let ty = tables.iter().find_map(|(_, relation)| relation.find(wanted)).map(|column| column.ty)?;
            Some(Binding::Scalar(Typed::constant(null_of(ty), ty)))
        };
        let nulls = predicate.columns.iter().filter_map(|wanted| Some((wanted, missing(wanted)?)));
        let scope = nulls.fold(scope.clone(), |scope, (name, null)| scope.with(name, null));
        let mut passing = Vec::with_capacity(tables.len());
        let mut misfit = None;
        let mut fits = false;
        for (name, relation) in &tables {
            let scope = if relation.open { scope.opened() } else { scope.clone() };
            let filtered = match self.where_(relation, &predicate.expr, &scope) {
                Ok(filtered) => {
                    fits = true;
                    filtered
                }
                Err(Stop::Fault(fault)) if is_of_types(fault.code) => {
                    let span = fault.span;
                    misfit = misfit.or(Some(fault));
                    relation.filter(lit(false), span)?
                }
                Err(stop) => return Err(stop),
            };
            passing.push((name.clone(), filtered));
        }
        match misfit {
            Some(fault) if !fits => Err(Stop::Fault(fault)),
            _ => Ok(passing),
        }
    }
}

/// The direct operands of an expression.
fn operands(expr: &Expr) -> Vec<&Expr> {
    match &expr.kind {
        ExprKind::Paren(inner) | ExprKind::Unary { operand: inner, .. } | ExprKind::Member { object: inner, .. } => vec![inner],
        ExprKind::Index { object: left, index: right }
        | ExprKind::Binary { left, right, .. }
        | ExprKind::Match { left, right, .. } => vec![left, right],
        ExprKind::Call(call) => call.arguments.iter().map(|argument| &argument.value).collect(),
        ExprKind::In { left, list, .. } => std::iter::once(&**left).chain(list).collect(),
        ExprKind::Between { operand, from, to, .. } => vec![operand, from, to],
        _ => vec![],
    }
}

/// What stands where a condition is wanted, as a condition.
#[recursive::recursive]
fn plain(expr: &Expr, cs: bool) -> Expr {
    let kind = match &expr.kind {
        ExprKind::Literal(literal) => match term_of(literal) {
            Some(text) => return term(any(expr.span), &text, expr.span, cs),
            None => expr.kind.clone(),
        },
        ExprKind::Wildcard(name) if name.text == "*" => ExprKind::Literal(Literal::Bool(Some(true))),
        ExprKind::Paren(inner) => ExprKind::Paren(Box::new(plain(inner, cs))),
        ExprKind::Binary { op: op @ (BinaryOp::And | BinaryOp::Or), left, right } => {
            ExprKind::Binary { op: *op, left: Box::new(plain(left, cs)), right: Box::new(plain(right, cs)) }
        }
        ExprKind::Call(call) if call.name.text == "not" => {
            let arguments =
                call.arguments.iter().map(|argument| Argument { value: plain(&argument.value, cs), ..argument.clone() });
            ExprKind::Call(Call { arguments: arguments.collect(), ..call.clone() })
        }
        ExprKind::Match { op, left, right, .. } if op.kind == MatchKind::Term => match literal_term(right) {
            Some(text) => return term((**left).clone(), &text, expr.span, cs),
            None => matching(has(cs), left, right, expr.span),
        },
        ExprKind::Match { op, op_span, left, right } => {
            ExprKind::Match { op: cased(*op, cs), op_span: *op_span, left: left.clone(), right: right.clone() }
        }
        ExprKind::In { op, op_span, left, list } => {
            ExprKind::In { op: cased(*op, cs), op_span: *op_span, left: left.clone(), list: list.clone() }
        }
        other => other.clone(),
    };
    Expr { kind, span: expr.span }
}

fn any(span: Span) -> Expr {
    Expr { kind: ExprKind::Wildcard(Name { text: "*".to_owned(), span }), span }
}

const fn has(cs: bool) -> MatchOp {
    MatchOp { kind: MatchKind::Has, negated: false, case_sensitive: cs }
}

const fn cased(op: MatchOp, cs: bool) -> MatchOp {
    MatchOp { case_sensitive: op.case_sensitive || cs, ..op }
}

fn literal_term(expr: &Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::Literal(literal) => term_of(literal),
        ExprKind::Paren(inner) => literal_term(inner),
        _ => None,
    }
}

/// The text that a literal looks for; a boolean is a condition of its own.
fn term_of(literal: &Literal) -> Option<String> {
    match literal {
        Literal::String { value, .. } => Some(value.clone()),
        Literal::Long(Some(value)) => Some(value.to_string()),
        Literal::Int(Some(value)) => Some(value.to_string()),
        Literal::Guid(Some(value)) | Literal::Decimal(Some(value)) => Some(value.clone()),
        _ => None,
    }
}

fn matching(op: MatchOp, left: &Expr, right: &Expr, span: Span) -> ExprKind {
    ExprKind::Match { op, op_span: span, left: Box::new(left.clone()), right: Box::new(right.clone()) }
}

/// `left` holds a term, in which `*` stands for any characters.
fn term(left: Expr, term: &str, span: Span, cs: bool) -> Expr {
    let (front, back) = (term.starts_with('*'), term.ends_with('*'));
    let inner = term.trim_matches('*');
    let of = |kind| MatchOp { kind, ..has(cs) };
    let (op, text) = match (front, back) {
        _ if inner.is_empty() && front => return Expr { kind: ExprKind::Literal(Literal::Bool(Some(true))), span },
        _ if inner.contains('*') => {
            (MatchOp { case_sensitive: true, ..of(MatchKind::MatchesRegex) }, regex(inner, front, back, cs))
        }
        (false, false) => (of(MatchKind::Has), inner.to_owned()),
        (true, false) => (of(MatchKind::HasSuffix), inner.to_owned()),
        (false, true) => (of(MatchKind::HasPrefix), inner.to_owned()),
        (true, true) => (of(MatchKind::Contains), inner.to_owned()),
    };
    let text = Expr { kind: ExprKind::Literal(Literal::String { value: text, obfuscated: false }), span };
    Expr { kind: matching(op, &left, &text, span), span }
}

/// `Lab*PC` is `\bLab.*PC\b`.
fn regex(inner: &str, front: bool, back: bool, cs: bool) -> String {
    let parts: Vec<String> = inner.split('*').map(regex::escape).collect();
    let (flag, start, end) = (if cs { "" } else { "(?i)" }, if front { "" } else { "\\b" }, if back { "" } else { "\\b" });
    format!("{flag}{start}{}{end}", parts.join(".*"))
}

/// The null that stands for a column no table types.
pub(super) fn null(ty: Type) -> Typed {
    Typed::constant(null_of(ty), ty)
}
