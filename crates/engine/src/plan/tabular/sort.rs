//! `sort` (`order`): descending unless said otherwise; nulls last when descending, first when ascending.
//!
//! <https://learn.microsoft.com/kusto/query/sort-operator>

use datafusion::logical_expr::{SortExpr, lit};
use kql::ast::operator::SortKey;
use schema::Type;

use crate::{
    error::Result,
    plan::{Names, Planner},
    relation::Relation,
    scope::Scope,
};

impl Planner<'_> {
    pub(super) fn sort(&self, input: &Relation, keys: &[SortKey], scope: &Scope) -> Result<Relation> {
        let keys = self.sort_keys(input, keys, scope, Some("sort"))?;
        let ordered = input.clone().ordered(keys);
        // Inside groups, the operators that depend on the order ask for it themselves.
        Ok(if input.within.is_some() { ordered } else { ordered.sorted(None) })
    }

    /// The keys of `operator`, which refuses dynamic ones; `None` takes any, as `top` does.
    pub(super) fn sort_keys(
        &self,
        input: &Relation,
        keys: &[SortKey],
        scope: &Scope,
        operator: Option<&str>,
    ) -> Result<Vec<SortExpr>> {
        keys.iter()
            .map(|key| {
                let value = self.scalar(&key.expr, Names::new(scope, &input.columns))?;
                if let Some(operator) = operator {
                    super::key::check(&value, &key.expr, input, operator)?;
                }
                let descending = key.descending.unwrap_or(true);
                let nulls_first = key.nulls_first.unwrap_or(!descending);
                // NaN has the place of nulls.
                let expr = match value.ty {
                    Type::Real => datafusion::functions::core::expr_fn::nullif(value.expr, lit(f64::NAN)),
                    _ => value.expr,
                };
                Ok(expr.sort(!descending, nulls_first))
            })
            .collect()
    }
}
