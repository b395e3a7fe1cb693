//! `where`: rows for which a condition is true; false and null drop a row alike.

use datafusion::{
    common::tree_node::{Transformed, TreeNode},
    logical_expr::{BinaryExpr, Expr as PlanExpr, Operator},
};
use kql::ast::Expr;

use crate::{error::Result, plan::Planner, relation::Relation, scope::Scope};

impl Planner<'_> {
    pub(super) fn where_(&self, input: &Relation, predicate: &Expr, scope: &Scope) -> Result<Relation> {
        let (rows, condition) = self.over_rows(input, scope, predicate.span, |names| self.truth(predicate, names))?;
        let kept = rows.keep(as_filter(condition.expr), predicate.span)?;
        // What functions of neighbouring rows gave is not wanted any more.
        if kept.hidden.len() > input.hidden.len() { kept.reshape(kept.all(), predicate.span) } else { Ok(kept) }
    }
}

/// The same filter without what only a projected value needs.
///
/// `==` is planned as `(a = b) IS TRUE`, since Kusto's comparison with null is false. Where null and false have the same
/// effect, under nothing but `and` and `or`, the plain comparison does, and storage can skip pages by it.
pub(crate) fn as_filter(condition: PlanExpr) -> PlanExpr {
    match condition {
        PlanExpr::IsTrue(inner) => as_filter(*inner),
        PlanExpr::BinaryExpr(BinaryExpr { left, op: op @ (Operator::And | Operator::Or), right }) => {
            // Long chains lean left: a loop over them keeps the stack flat.
            let mut terms = vec![*right];
            let mut rest = *left;
            while let PlanExpr::BinaryExpr(BinaryExpr { left, op: inner, right }) = rest {
                if inner != op {
                    rest = PlanExpr::BinaryExpr(BinaryExpr { left, op: inner, right });
                    break;
                }
                terms.push(*right);
                rest = *left;
            }
            terms.into_iter().rev().fold(as_filter(rest), |filter, term| {
                PlanExpr::BinaryExpr(BinaryExpr { left: Box::new(filter), op, right: Box::new(as_filter(term)) })
            })
        }
        other => unwrapped(other),
    }
}

/// Aliases carry no meaning inside a filter.
fn unwrapped(expr: PlanExpr) -> PlanExpr {
    match expr.clone().transform_up(|node| {
        Ok(match node {
            PlanExpr::Alias(alias) => Transformed::yes(*alias.expr),
            other => Transformed::no(other),
        })
    }) {
        Ok(transformed) => transformed.data,
        Err(_) => expr,
    }
}
