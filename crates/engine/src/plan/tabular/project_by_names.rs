//! `project-by-names`: the columns whose names and patterns constants hold, in that order; a name that finds nothing is left out.
//!
//! Reference page `project-by-names-operator`.

use diag::Span;
use kql::ast::Expr;
use schema::Type;
use serde_json::Value as Json;

use crate::{
    error::{Result, codes, fault},
    plan::{Names, Planner, name_pattern::matches_pattern},
    relation::{Column, Relation, typed},
    scope::Scope,
};

impl Planner<'_> {
    pub(super) fn project_by_names(&self, input: &Relation, names: &[Expr], span: Span, scope: &Scope) -> Result<Relation> {
        let mut kept: Vec<&Column> = Vec::new();
        for expr in names {
            for pattern in self.names_of(expr, scope)? {
                let found = input.columns.iter().filter(|column| matches_pattern(&pattern, &column.name));
                let new: Vec<&Column> = found.filter(|column| !kept.contains(column)).collect();
                kept.extend(new);
            }
        }
        input.project(kept.into_iter().map(|column| (column.name.clone(), typed(column))).collect(), span)
    }

    /// The names a constant holds: a string is one, a dynamic array is many.
    fn names_of(&self, expr: &Expr, scope: &Scope) -> Result<Vec<String>> {
        let value = self.constant(expr, Names::new(scope, &[]), "the names of columns")?;
        let text = value.as_text().unwrap_or_default();
        let names = match value.ty {
            Type::String => Some(vec![text.to_owned()]),
            Type::Dynamic => match serde_json::from_str(text) {
                Ok(Json::String(name)) => Some(vec![name]),
                Ok(Json::Array(items)) => items.into_iter().map(|item| item.as_str().map(str::to_owned)).collect(),
                _ => None,
            },
            _ => None,
        };
        match names {
            Some(names) => Ok(names),
            None => {
                let message = "names of columns are strings, or an array of strings";
                fault(codes::ARGUMENT_TYPE, message, expr.span)
            }
        }
    }
}
