//! `serialize`: from here on the rows have an order, so that functions of neighbouring rows can stand.
//!
//! Rows that have an order keep it; others are taken as they come, and stay so.
//! <https://learn.microsoft.com/kusto/query/serialize-operator>

use diag::Span;
use kql::ast::Named;

use crate::{error::Result, plan::Planner, relation::Relation, scope::Scope};

impl Planner<'_> {
    pub(super) fn serialize(&self, input: &Relation, columns: &[Named], span: Span, scope: &Scope) -> Result<Relation> {
        let ordered = if input.order.is_empty() { input.numbered(span)? } else { input.clone() };
        self.extend(&ordered, columns, span, scope)
    }
}
