//! Sub-queries that run on many tables at once, as groups of one: what `partition` and `mv-apply` share.
//!
//! A group is told by hidden columns; an operator that looks at one row passes them on, one that looks at several keeps to rows
//! that agree in them. So a sub-query stays a plan of native operators, however many tables it runs on.

use datafusion::logical_expr::lit;
use diag::Span;
use kql::ast::{Expr, ExprKind, Operator, operator::OperatorKind};

use crate::{
    error::Result,
    plan::Planner,
    relation::{Relation, Within, column},
    scope::Scope,
};

/// How a sub-query's operators treat the tables.
#[derive(Debug, Clone, Copy)]
pub(super) struct Needs {
    /// Some operator looks at more than one row, so that tables must be told apart.
    pub(super) keys: bool,
    /// Some operator gives a row for a table without rows, so that a table must not vanish with its last row.
    pub(super) live: bool,
}

/// What the operators of a sub-query need; the error is the first that cannot run on groups.
pub(super) fn needs(operators: &[Operator]) -> std::result::Result<Needs, &Operator> {
    let mut needs = Needs { keys: false, live: false };
    let mut may_drop = false;
    for operator in operators {
        match &operator.kind {
            OperatorKind::Extend(columns) | OperatorKind::Project(columns) => {
                needs.keys |= columns.iter().any(|column| looks_around(&column.expr));
            }
            OperatorKind::ProjectAway(_)
            | OperatorKind::ProjectKeep(_)
            | OperatorKind::ProjectRename(_)
            | OperatorKind::ProjectReorder(_)
            | OperatorKind::ParseKv { .. } => {}
            OperatorKind::Where(predicate) => {
                needs.keys |= looks_around(predicate);
                may_drop = true;
            }
            OperatorKind::Parse(_) | OperatorKind::MvExpand(_) => may_drop = true,
            OperatorKind::Summarize(summarize) => {
                needs.keys = true;
                needs.live |= may_drop && summarize.by.as_ref().is_none_or(Vec::is_empty);
            }
            OperatorKind::Count(_) => {
                needs.keys = true;
                needs.live |= may_drop;
            }
            OperatorKind::MvApply { .. } | OperatorKind::Partition { .. } | OperatorKind::Scan(_) => {
                needs.keys = true;
                may_drop = true;
            }
            OperatorKind::Take(_) | OperatorKind::Sample(_) | OperatorKind::SampleDistinct { .. } | OperatorKind::Top { .. } => {
                // `take 0` leaves nothing.
                needs.keys = true;
                may_drop = true;
            }
            OperatorKind::Distinct(_)
            | OperatorKind::MakeSeries(_)
            | OperatorKind::Serialize(_)
            | OperatorKind::Sort(_)
            | OperatorKind::TopHitters { .. }
            | OperatorKind::TopNested(_) => needs.keys = true,
            _ => return Err(operator),
        }
    }
    Ok(needs)
}

/// True if a function of neighbouring rows stands in the expression.
fn looks_around(expr: &Expr) -> bool {
    expr.walk().any(|part| match &part.kind {
        ExprKind::Call(call) => {
            functions::find(&call.name.text).is_some_and(|function| matches!(function.eval, functions::Eval::Window(_)))
        }
        _ => false,
    })
}

impl Planner<'_> {
    /// Runs the operators on the groups of `rows`; what they give is still grouped, and without rows that are not there.
    pub(super) fn run_within(
        &self,
        rows: Relation,
        within: Within,
        operators: &[Operator],
        span: Span,
        scope: &Scope,
    ) -> Result<Relation> {
        let relation = self.pipe(Relation { within: Some(within), ..rows }, operators, scope)?;
        let live = relation.within.as_ref().and_then(|within| within.live.clone());
        match live {
            Some(live) => relation.filter(column(&live), span),
            None => Ok(relation),
        }
    }
}

impl Relation {
    /// A hidden column that is true in every row: none is missing yet.
    pub(super) fn hide_live(&self, span: Span) -> Result<(Self, String)> {
        let live = self.free_name("$live");
        Ok((self.hide(&live, lit(true), span)?, live))
    }
}
