//! `top`: the first rows by a key, which is `sort` and `take`.
//!
//! <https://learn.microsoft.com/kusto/query/top-operator>

use diag::Span;
use kql::ast::{Expr, operator::SortKey};

use crate::{
    error::Result,
    plan::{Names, Planner},
    relation::Relation,
    scope::Scope,
};

impl Planner<'_> {
    pub(super) fn top(&self, input: &Relation, count: &Expr, by: &[SortKey], span: Span, scope: &Scope) -> Result<Relation> {
        let count = self.row_count(count, Names::new(scope, &input.columns), "the number of rows")?;
        let keys = self.sort_keys(input, by, scope, None)?;
        input.clone().ordered(keys).first_rows(count, span)
    }
}
