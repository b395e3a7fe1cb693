//! `assert-schema`: the rows as they are, if their columns are those that are listed; an error names what differs.
//!
//! With `*` at the beginning of the list the input may have other columns too. The operator is part of the grammar of
//! Microsoft's parser and has no page of its own.

use diag::{Diagnostic, Span};
use kql::ast::ColumnDecl;

use super::datatable::declared_columns;
use crate::{
    error::{Result, codes, fault},
    plan::Planner,
    relation::Relation,
};

impl Planner<'_> {
    pub(super) fn assert_schema(&self, input: Relation, star: bool, columns: &[ColumnDecl], span: Span) -> Result<Relation> {
        let wanted = declared_columns(columns)?;
        for (position, (column, declared)) in wanted.iter().zip(columns).enumerate() {
            let Some(found) = input.find(&column.name) else {
                let near = schema::nearest(&column.name, input.columns.iter().map(|column| column.name.as_str()));
                let message = format!("there is no column `{}`", column.name);
                return Err(Diagnostic::error(codes::SCHEMA, message, declared.name.span).did_you_mean(&near).into());
            };
            if found.ty != column.ty {
                let message = format!("the column `{}` is a {} and not a {}", column.name, found.ty, column.ty);
                return fault(codes::SCHEMA, message, declared.ty.span);
            }
            if !star && input.columns.get(position) != Some(column) {
                let message = format!("the column `{}` is not column {} of the table", column.name, position + 1);
                return fault(codes::SCHEMA, message, declared.name.span);
            }
        }
        match input.columns.get(wanted.len()) {
            Some(more) if !star => {
                fault(codes::SCHEMA, format!("the table has a column `{}` that is not listed", more.name), span)
            }
            _ => Ok(input),
        }
    }
}
