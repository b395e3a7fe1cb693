//! `search`: rows of some or all tables that hold a term, with the table they come from in `$table`.
//!
//! <https://learn.microsoft.com/kusto/query/search-operator>. The result has the columns of all tables searched, as `union` has them.

use diag::Span;
use functions::Typed;
use kql::ast::{Expr, operator::Search};

use super::{predicate::Predicate, setting, union::stack};
use crate::{
    error::{At, Result, codes, fault},
    plan::Planner,
    relation::Relation,
    scope::Scope,
};

/// The column that names a row's table.
const TABLE: &str = "$table";

impl Planner<'_> {
    pub(super) fn search(&self, input: Option<Relation>, search: &Search, span: Span, scope: &Scope) -> Result<Relation> {
        setting::check(&search.settings, "search", &["kind"])?;
        let cs = match setting::word(&search.settings, "kind").unwrap_or("default") {
            "default" | "case_insensitive" => false,
            "case_sensitive" => true,
            _ => return setting::unknown_value(&search.settings, "kind", &["default", "case_insensitive", "case_sensitive"]),
        };
        let predicate = Predicate::new(&search.predicate, cs);
        let tables = match input {
            Some(_) if !search.tables.is_empty() => {
                return fault(codes::KIND, "`search in (...)` names its tables, and takes none from the pipe", span);
            }
            Some(input) => vec![(input.name.as_deref().unwrap_or("search_arg0").to_owned(), input)],
            None => self.sources(&search.tables, span, scope)?,
        };
        let tables = self.passing(tables, &predicate, scope)?;
        match tables.as_slice() {
            [] => nothing(vec![(TABLE.to_owned(), Typed::text(""))], span),
            [(_, only)] if only.find(TABLE).is_some() => Ok(only.clone()),
            _ => stack(&tables, false, Some(TABLE), span),
        }
    }

    /// The tables that `in (...)` names; without it every table.
    pub(super) fn sources(&self, exprs: &[Expr], span: Span, scope: &Scope) -> Result<Vec<(String, Relation)>> {
        if exprs.is_empty() {
            return self.every_table(span, scope);
        }
        let mut tables = Vec::new();
        for expr in exprs {
            tables.extend(self.tables_of(expr, false, tables.len(), scope)?);
        }
        Ok(tables)
    }
}

/// A table of no rows, of which nobody knows what other columns it would have.
pub(crate) fn nothing(columns: Vec<(String, Typed)>, span: Span) -> Result<Relation> {
    let plan = datafusion::logical_expr::LogicalPlanBuilder::empty(false).build().at(span)?;
    Ok(Relation { open: true, ..Relation::new(plan, vec![]).project(columns, span)? })
}
