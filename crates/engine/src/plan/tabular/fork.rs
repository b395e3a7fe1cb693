//! `fork`: several pipes over the same rows, a table each.
//!
//! <https://learn.microsoft.com/kusto/query/fork-operator>. A table is called by the name before its pipe, or by the `as` that
//! ends the pipe.

use diag::Span;
use kql::ast::{Name, Operator};

use crate::{
    error::{Result, codes, fault},
    plan::Planner,
    relation::Relation,
    scope::Scope,
};

impl Planner<'_> {
    pub(super) fn fork(
        &self,
        input: &Relation,
        branches: &[(Option<Name>, Vec<Operator>)],
        span: Span,
        scope: &Scope,
    ) -> Result<Relation> {
        let mut tables = Vec::with_capacity(branches.len());
        for (name, operators) in branches {
            let unnamed = Relation { name: None, ..input.clone() };
            let table = self.single(self.pipe(unnamed, operators, scope)?, span)?;
            tables.push(match name {
                Some(name) => table.named(&name.text),
                None => table,
            });
        }
        let mut tables = tables.into_iter();
        match tables.next() {
            Some(first) => Ok(Relation { more: tables.collect(), ..first }),
            None => fault(codes::KIND, "`fork` needs a pipe in parentheses", span),
        }
    }
}
