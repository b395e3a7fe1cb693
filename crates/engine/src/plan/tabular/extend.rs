//! `extend`: computed columns; one of an existing name takes its place.

use diag::Span;
use kql::ast::Named;

use crate::{error::Result, plan::Planner, relation::Relation, scope::Scope};

impl Planner<'_> {
    pub(super) fn extend(&self, input: &Relation, columns: &[Named], span: Span, scope: &Scope) -> Result<Relation> {
        if columns.is_empty() {
            return Ok(input.clone());
        }
        let (input, planned) = self.over_rows(input, scope, span, |names| self.columns(columns, names, "Column", 1))?;
        let mut result = input.all();
        for column in planned {
            match result.iter_mut().find(|(name, _)| *name == column.name) {
                Some((_, value)) if column.replaces => *value = column.value,
                _ => result.push((column.name, column.value)),
            }
        }
        input.reshape(result, span)
    }
}
