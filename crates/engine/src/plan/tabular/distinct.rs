//! `distinct`: each combination of values once.

use datafusion::logical_expr::LogicalPlanBuilder;
use diag::Span;
use kql::ast::{Expr, Named};

use crate::{
    error::{At, Result},
    plan::{Names, Planner},
    relation::Relation,
    scope::Scope,
};

impl Planner<'_> {
    pub(super) fn distinct(&self, input: &Relation, columns: &[Expr], span: Span, scope: &Scope) -> Result<Relation> {
        let named: Vec<Named> = columns.iter().map(|expr| Named { names: vec![], expr: expr.clone() }).collect();
        let planned = self.columns(&named, Names::new(scope, &input.columns), "Column", 1)?;
        let projected = input.project(planned.into_iter().map(|column| (column.name, column.value)).collect(), span)?;
        let plan = projected.builder().distinct().and_then(LogicalPlanBuilder::build).at(span)?;
        Ok(projected.with_plan(plan).ordered(vec![]))
    }
}
