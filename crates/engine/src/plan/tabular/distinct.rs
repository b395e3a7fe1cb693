//! `distinct`: each combination of values once.
//!
//! <https://learn.microsoft.com/kusto/query/distinct-operator>

use datafusion::logical_expr::LogicalPlanBuilder;
use diag::Span;
use functions::Typed;
use kql::ast::Named;

use super::summarize::key_name;
use crate::{
    error::{At, Result},
    plan::{Names, Planner},
    relation::{Column, Relation, column},
    scope::Scope,
};

impl Planner<'_> {
    pub(super) fn distinct(&self, input: &Relation, columns: &[Named], span: Span, scope: &Scope) -> Result<Relation> {
        let planned = self.columns(columns, Names::new(scope, &input.columns), "Column", 1)?;
        super::key::check_all(&planned, columns, input, "distinct")?;
        let columns = planned.into_iter().map(|column| (column.name, column.value)).collect();
        if input.within.is_some() {
            // Inside groups, what tells them apart stays.
            let projected = input.clone().ordered(vec![]).reshape(columns, span)?;
            let known = projected.columns.iter().enumerate();
            let keys = known.clone().map(|(position, known)| column(&known.name).alias(key_name(position)));
            let grouped = projected.aggregate(keys.collect(), vec![], span)?;
            let named =
                |(position, known): (usize, &Column)| (known.name.clone(), Typed::new(column(&key_name(position)), known.ty));
            return grouped.reshape(known.map(named).collect(), span);
        }
        let projected = input.project(columns, span)?;
        let plan = projected.builder().distinct().and_then(LogicalPlanBuilder::build).at(span)?;
        Ok(projected.with_plan(plan).ordered(vec![]))
    }
}
