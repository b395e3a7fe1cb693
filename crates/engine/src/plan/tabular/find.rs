//! `find`: rows of some or all tables that pass a predicate, with the columns that matter and the others packed.
//!
//! <https://learn.microsoft.com/kusto/query/find-operator>. Where the page's text and its examples disagree on what `pack_all()`
//! packs, the examples hold: the columns that are not columns of the result already.

use datafusion::common::ScalarValue;
use diag::Span;
use functions::Typed;
use kql::ast::{Expr, ExprKind, Name, TypeName, operator::Find};
use schema::Type;

use super::{
    predicate::{Predicate, null},
    search::nothing,
    setting,
    union::{NO_TABLE, stack},
};
use crate::{
    error::{Result, codes, fault},
    plan::{Planner, conversion, statement::type_of},
    relation::{Column, Relation, typed},
    scope::Scope,
};

/// The bag of a row's other columns.
const PACK: &str = "pack_";

/// A column of `project`.
struct Projected<'a> {
    name: &'a Name,
    ty: Type,
}

impl Planner<'_> {
    pub(super) fn find(&self, find: &Find, span: Span, scope: &Scope) -> Result<Relation> {
        setting::check(&find.settings, "find", &["withsource", "datascope"])?;
        let source = setting::word(&find.settings, "withsource").unwrap_or("source_");
        let predicate = Predicate::new(&find.predicate, false);
        let mut tables = self.sources(&find.tables, span, scope)?;
        if !predicate.any_column && !predicate.columns.is_empty() {
            let names_one = |relation: &Relation| predicate.columns.iter().any(|name| relation.find(name).is_some());
            if tables.iter().any(|(_, relation)| names_one(relation)) {
                tables.retain(|(_, relation)| names_one(relation));
            }
        }
        let tables = self.passing(tables, &predicate, scope)?;
        let found = match &find.project {
            Some(columns) => self.find_project(&tables, columns, source, span)?,
            None => self.find_smart(&tables, &predicate, source, span)?,
        };
        pack_last(&found, span)
    }

    /// `project-smart`: the columns that the predicate names and those that all tables have.
    fn find_smart(&self, tables: &[(String, Relation)], predicate: &Predicate, source: &str, span: Span) -> Result<Relation> {
        let held = || tables.iter().filter(|(name, _)| name != NO_TABLE);
        let common = |column: &Column| held().count() > 0 && held().all(|(_, relation)| relation.columns.contains(column));
        let kept = |column: &Column| predicate.columns.contains(&column.name) || common(column);
        // Where every column stays there is nothing to pack.
        let pack = tables.iter().any(|(_, relation)| !relation.columns.iter().all(kept));
        let shaped = tables.iter().map(|(name, relation)| {
            let (columns, rest): (Vec<&Column>, Vec<&Column>) = relation.columns.iter().partition(|column| kept(column));
            let mut result: Vec<(String, Typed)> =
                columns.into_iter().map(|column| (column.name.clone(), typed(column))).collect();
            if pack {
                result.push((PACK.to_owned(), self.packed(&rest, span)?));
            }
            Ok((name.clone(), relation.project(result, span)?))
        });
        let shaped = shaped.collect::<Result<Vec<_>>>()?;
        if shaped.is_empty() {
            return nothing(vec![(source.to_owned(), Typed::text("")), (PACK.to_owned(), null(Type::Dynamic))], span);
        }
        stack(&shaped, false, Some(source), span)
    }

    /// `project`: the columns that are listed, null where a table has none of that name.
    fn find_project(
        &self,
        tables: &[(String, Relation)],
        columns: &[(Expr, Option<TypeName>)],
        source: &str,
        span: Span,
    ) -> Result<Relation> {
        let mut listed = Vec::new();
        let mut pack = false;
        for (expr, ty) in columns {
            match &expr.kind {
                ExprKind::Call(call) if matches!(call.name.text.as_str(), "pack" | "pack_all") => pack = true,
                ExprKind::Name(name) => listed.push(projected(tables, name, ty.as_ref())?),
                _ => return fault(codes::KIND, "`find ... project` takes names of columns and `pack_all()`", expr.span),
            }
        }
        let shaped = tables.iter().map(|(name, relation)| {
            let mut result = Vec::with_capacity(listed.len() + 1);
            for column in &listed {
                let value = match relation.find(&column.name.text) {
                    Some(found) if found.ty == column.ty => typed(found),
                    Some(found) => self.apply(conversion(column.ty), vec![typed(found)], column.name.span)?,
                    None => null(column.ty),
                };
                result.push((column.name.text.clone(), value));
            }
            if pack {
                let is_listed = |found: &&Column| listed.iter().any(|column| column.name.text == found.name);
                let rest: Vec<&Column> = relation.columns.iter().filter(|found| !is_listed(found)).collect();
                result.push((PACK.to_owned(), self.packed(&rest, span)?));
            }
            Ok((name.clone(), relation.project(result, span)?))
        });
        let shaped = shaped.collect::<Result<Vec<_>>>()?;
        if shaped.is_empty() {
            let columns = listed.iter().map(|column| (column.name.text.clone(), null(column.ty)));
            return nothing(std::iter::once((source.to_owned(), Typed::text(""))).chain(columns).collect(), span);
        }
        stack(&shaped, false, Some(source), span)
    }

    /// The columns as one bag.
    fn packed(&self, columns: &[&Column], span: Span) -> Result<Typed> {
        if columns.is_empty() {
            return Ok(Typed::constant(ScalarValue::Utf8View(Some("{}".to_owned())), Type::Dynamic));
        }
        let members = columns.iter().flat_map(|column| [Typed::text(&column.name), typed(column)]).collect();
        self.apply("bag_pack", members, span)
    }
}

/// A listed column with the type it has in the result: the one that is written, or the one it has everywhere.
fn projected<'a>(tables: &[(String, Relation)], name: &'a Name, ty: Option<&TypeName>) -> Result<Projected<'a>> {
    if let Some(ty) = ty {
        return Ok(Projected { name, ty: type_of(ty)? });
    }
    let mut types: Vec<Type> =
        tables.iter().filter_map(|(_, relation)| relation.find(&name.text)).map(|found| found.ty).collect();
    types.dedup();
    match types.as_slice() {
        [ty, rest @ ..] if rest.iter().all(|other| other == ty) => Ok(Projected { name, ty: *ty }),
        [] if tables.is_empty() || tables.iter().any(|(_, relation)| relation.open) => Ok(Projected { name, ty: Type::Dynamic }),
        [] => fault(codes::UNKNOWN_NAME, format!("no table that `find` searches has a column `{}`", name.text), name.span),
        [one, ..] => {
            let other = types.iter().find(|ty| *ty != one).unwrap_or(one);
            let message =
                format!("`{}` is a {one} in one table and a {other} in another: write `{}:{one}`", name.text, name.text);
            fault(codes::KIND, message, name.span)
        }
    }
}

/// The bag stands behind every column that some table adds.
fn pack_last(found: &Relation, span: Span) -> Result<Relation> {
    let mut columns = found.all();
    if let Some(position) = columns.iter().position(|(name, _)| name == PACK) {
        let pack = columns.remove(position);
        columns.push(pack);
    }
    found.project(columns, span)
}
