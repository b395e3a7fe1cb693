//! `as`: a name for the rows so far, for the rest of the query and for `union withsource=`, `search` and `find`.
//!
//! <https://learn.microsoft.com/kusto/query/as-operator>. `hint.materialized` changes no result: a name stands for a plan.

use kql::ast::{Name, operator::Setting};

use super::setting;
use crate::{
    error::Result,
    plan::Planner,
    relation::Relation,
    scope::{Binding, Scope},
};

impl Planner<'_> {
    pub(super) fn as_name(&self, input: Relation, settings: &[Setting], name: &Name, scope: &mut Scope) -> Result<Relation> {
        setting::check(settings, "as", &[])?;
        let named = input.named(&name.text);
        *scope = scope.with(&name.text, Binding::Table(named.clone()));
        Ok(named)
    }
}
