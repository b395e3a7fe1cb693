//! Infix operators: arithmetic, comparison, logic, `between`, and the string operators.

use diag::Span;
use functions::{Typed, coerce};
use kql::ast::{BinaryOp, Expr, ExprKind, MatchKind, MatchOp};
use schema::Type;

use crate::{
    error::{At, Result, unsupported},
    plan::{Names, Planner},
};

impl Planner<'_> {
    /// `left op right`. Chains of `and` and `or` are planned in a loop: rules list hundreds of terms.
    pub(crate) fn binary(&self, op: BinaryOp, left: &Expr, right: &Expr, span: Span, names: Names) -> Result<Typed> {
        if !matches!(op, BinaryOp::And | BinaryOp::Or) {
            let (left, right) = (self.scalar(left, names)?, self.scalar(right, names)?);
            return self.apply(symbol(op), vec![left, right], span);
        }
        let mut terms = vec![right];
        let mut rest = left;
        while let ExprKind::Binary { op: inner, left, right } = &rest.kind {
            if *inner != op {
                break;
            }
            terms.push(right);
            rest = left;
        }
        let mut planned = self.truth(rest, names)?;
        for term in terms.into_iter().rev() {
            let term = self.truth(term, names)?;
            planned = self.apply(symbol(op), vec![planned, term], span)?;
        }
        Ok(planned)
    }

    /// An expression used as a condition.
    pub(crate) fn truth(&self, expr: &Expr, names: Names) -> Result<Typed> {
        let value = self.scalar(expr, names)?;
        match value.ty {
            Type::Bool => Ok(value),
            // Numbers count as true unless they are zero, and dynamic values are converted.
            Type::Int | Type::Long => self.apply("!=", vec![value, Typed::constant(0_i64.into(), Type::Long)], expr.span),
            _ => coerce(value, Type::Bool).at(expr.span),
        }
    }

    /// A string operator applied to its operands.
    pub(crate) fn match_op(&self, op: MatchOp, op_span: Span, args: Vec<Typed>, span: Span) -> Result<Typed> {
        let Some(name) = operator_name(op) else { return unsupported("this operator", op_span) };
        let found = self.apply(name, args, span)?;
        if op.negated { self.apply("not", vec![found], span) } else { Ok(found) }
    }

    /// `operand between (from .. to)`, both ends included; a timespan as the upper end counts from the lower one.
    pub(crate) fn between(
        &self,
        negated: bool,
        operand: &Expr,
        from: &Expr,
        to: &Expr,
        span: Span,
        names: Names,
    ) -> Result<Typed> {
        let value = self.scalar(operand, names)?;
        let (from, mut to) = (self.scalar(from, names)?, self.scalar(to, names)?);
        if from.ty == Type::Datetime && to.ty == Type::Timespan {
            to = self.apply("+", vec![from.clone(), to], span)?;
        }
        let above = self.apply(">=", vec![value.clone(), from], span)?;
        let below = self.apply("<=", vec![value, to], span)?;
        let inside = self.apply("and", vec![above, below], span)?;
        if negated { self.apply("not", vec![inside], span) } else { Ok(inside) }
    }
}

pub(super) const fn symbol(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Or => "or",
        BinaryOp::And => "and",
        BinaryOp::Equal => "==",
        BinaryOp::NotEqual => "!=",
        BinaryOp::Less => "<",
        BinaryOp::LessOrEqual => "<=",
        BinaryOp::Greater => ">",
        BinaryOp::GreaterOrEqual => ">=",
        BinaryOp::Add => "+",
        BinaryOp::Subtract => "-",
        BinaryOp::Multiply => "*",
        BinaryOp::Divide => "/",
        BinaryOp::Modulo => "%",
    }
}

/// The registry's name of a string operator without its negation.
pub(crate) const fn operator_name(op: MatchOp) -> Option<&'static str> {
    Some(match (op.kind, op.case_sensitive) {
        (MatchKind::Equals, false) => "=~",
        (MatchKind::Equals, true) => "==",
        (MatchKind::In, true) => "in",
        (MatchKind::In, false) => "in~",
        (MatchKind::Has, false) => "has",
        (MatchKind::Has, true) => "has_cs",
        (MatchKind::HasPrefix, false) => "hasprefix",
        (MatchKind::HasPrefix, true) => "hasprefix_cs",
        (MatchKind::HasSuffix, false) => "hassuffix",
        (MatchKind::HasSuffix, true) => "hassuffix_cs",
        (MatchKind::HasAny, _) => "has_any",
        (MatchKind::HasAll, _) => "has_all",
        (MatchKind::Contains, false) => "contains",
        (MatchKind::Contains, true) => "contains_cs",
        (MatchKind::StartsWith, false) => "startswith",
        (MatchKind::StartsWith, true) => "startswith_cs",
        (MatchKind::EndsWith, false) => "endswith",
        (MatchKind::EndsWith, true) => "endswith_cs",
        (MatchKind::MatchesRegex, _) => "matches regex",
        (MatchKind::Like | MatchKind::Term, _) => return None,
    })
}
