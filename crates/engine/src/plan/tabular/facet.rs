//! `facet`: the rows, and for each of some columns its values with their counts.
//!
//! <https://learn.microsoft.com/kusto/query/facet-operator>. The table of `with` comes first, then a table a column.

use datafusion::{
    functions_aggregate::expr_fn,
    logical_expr::{LogicalPlanBuilder, lit},
};
use diag::Span;
use kql::ast::{Expr, Operator};
use schema::Type;

use super::columns::find_columns;
use crate::{
    error::{At, Result, codes, fault},
    plan::Planner,
    relation::{Column, Relation, column},
    scope::Scope,
};

impl Planner<'_> {
    pub(super) fn facet(&self, input: &Relation, by: &[Expr], with: &[Operator], span: Span, scope: &Scope) -> Result<Relation> {
        let mut tables = Vec::new();
        if !with.is_empty() {
            let unnamed = Relation { name: None, ..input.clone() };
            tables.push(self.single(self.pipe(unnamed, with, scope)?, span)?);
        }
        for key in find_columns(input, by)? {
            if key.ty == Type::Dynamic && !input.open {
                return Err(super::key::dynamic("facet", &key.name, span).into());
            }
            let count = Column::new(format!("count_{}", key.name), Type::Long);
            let counted = expr_fn::count(lit(1_i64)).alias(&count.name);
            let plan =
                input.builder().aggregate(vec![column(&key.name)], vec![counted]).and_then(LogicalPlanBuilder::build).at(span)?;
            tables.push(Relation::new(plan, vec![key.clone(), count]).named(&key.name));
        }
        let mut tables = tables.into_iter();
        match tables.next() {
            Some(first) => Ok(Relation { more: tables.collect(), ..first }),
            None => fault(codes::KIND, "`facet` needs at least one column", span),
        }
    }
}
