//! `lookup`: a join that adds the columns of a small table and does not repeat the keys.

use datafusion::common::JoinType;
use diag::Span;
use kql::ast::{Expr, ExprKind, operator::Join};

use super::{join::side_by_side, setting};
use crate::{
    error::Result,
    plan::Planner,
    relation::{Relation, typed},
    scope::Scope,
};

impl Planner<'_> {
    pub(super) fn lookup(&self, left: &Relation, join: &Join, span: Span, scope: &Scope) -> Result<Relation> {
        setting::check(&join.settings, "lookup", &["kind"])?;
        let right = self.table(&join.right, scope)?;
        let kind = match setting::word(&join.settings, "kind").unwrap_or("leftouter") {
            "leftouter" => JoinType::Left,
            "inner" => JoinType::Inner,
            _ => return setting::unknown_value(&join.settings, "kind", &["leftouter", "inner"]),
        };
        let conditions = self.conditions(left, &right, &join.on, span, scope)?;
        let keys: Vec<String> = join.on.iter().flat_map(right_keys).collect();
        let width = left.columns.len();
        let joined = side_by_side(left, &right, conditions, kind, span)?;
        let kept = joined.columns.iter().enumerate().filter(|(position, _)| {
            let right_column = position.checked_sub(width).and_then(|at| right.columns.get(at));
            right_column.is_none_or(|found| !keys.contains(&found.name))
        });
        joined.project(kept.map(|(_, found)| (found.name.clone(), typed(found))).collect(), span)
    }
}

/// The columns of the right side that a condition names.
fn right_keys(condition: &Expr) -> Vec<String> {
    match &condition.kind {
        ExprKind::Name(name) => vec![name.text.clone()],
        ExprKind::Member { object, name, .. } => match &object.kind {
            ExprKind::Name(side) if side.text == "$right" => vec![name.text.clone()],
            _ => vec![],
        },
        ExprKind::Binary { left, right, .. } => [right_keys(left), right_keys(right)].concat(),
        ExprKind::Paren(inner) => right_keys(inner),
        _ => vec![],
    }
}
