//! `distinct`: each combination of values once.

use datafusion::logical_expr::LogicalPlanBuilder;
use diag::Span;
use kql::ast::Named;

use crate::{
    error::{At, Result},
    plan::{Names, Planner},
    relation::Relation,
    scope::Scope,
};

impl Planner<'_> {
    pub(super) fn distinct(&self, input: &Relation, columns: &[Named], span: Span, scope: &Scope) -> Result<Relation> {
        let planned = self.columns(columns, Names::new(scope, &input.columns), "Column", 1)?;
        let projected = input.project(planned.into_iter().map(|column| (column.name, column.value)).collect(), span)?;
        let plan = projected.builder().distinct().and_then(LogicalPlanBuilder::build).at(span)?;
        Ok(projected.with_plan(plan).ordered(vec![]))
    }
}
