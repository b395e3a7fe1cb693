//! `count`: the number of rows, in a column `Count`.

use datafusion::{
    functions_aggregate::expr_fn,
    logical_expr::{LogicalPlanBuilder, lit},
};
use diag::Span;
use kql::ast::Name;
use schema::Type;

use crate::{
    error::{At, Result},
    plan::Planner,
    relation::{Column, Relation},
};

impl Planner<'_> {
    pub(super) fn count(&self, input: &Relation, name: Option<&Name>, span: Span) -> Result<Relation> {
        let name = name.map_or("Count", |name| name.text.as_str());
        let none: Vec<datafusion::logical_expr::Expr> = vec![];
        let counted = expr_fn::count(lit(1_i64)).alias(name);
        let plan = input.builder().aggregate(none, vec![counted]).and_then(LogicalPlanBuilder::build).at(span)?;
        Ok(Relation::new(plan, vec![Column::new(name, Type::Long)]))
    }
}
