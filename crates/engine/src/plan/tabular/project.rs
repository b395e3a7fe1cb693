//! `project`, `project-away`, `project-keep`, `project-rename`, `project-reorder`.

use diag::Span;
use functions::{Typed, null_of};
use kql::ast::{
    Expr, ExprKind, Named,
    operator::{ReorderKey, ReorderOrder},
};
use schema::Type;

use super::columns::{find_column, find_columns};
use crate::{
    error::{Result, codes, fault},
    plan::Planner,
    relation::{Column, Relation, typed},
    scope::Scope,
};

impl Planner<'_> {
    pub(super) fn project(&self, input: &Relation, columns: &[Named], span: Span, scope: &Scope) -> Result<Relation> {
        let (input, planned) = self.over_rows(input, scope, span, |names| self.columns(columns, names, "Column", 1))?;
        input.reshape(planned.into_iter().map(|column| (column.name, column.value)).collect(), span)
    }

    pub(super) fn project_away(&self, input: &Relation, patterns: &[Expr], span: Span) -> Result<Relation> {
        let away = find_columns(input, patterns)?;
        let kept = input.columns.iter().filter(|column| !away.contains(column));
        input.reshape(kept.map(|column| (column.name.clone(), typed(column))).collect(), span)
    }

    pub(super) fn project_keep(&self, input: &Relation, patterns: &[Expr], span: Span) -> Result<Relation> {
        let keep = find_columns(input, patterns)?;
        let kept = input.columns.iter().filter(|column| keep.contains(column));
        input.reshape(kept.map(|column| (column.name.clone(), typed(column))).collect(), span)
    }

    pub(super) fn project_rename(&self, input: &Relation, columns: &[Named], span: Span) -> Result<Relation> {
        let mut result = input.all();
        for column in columns {
            let (Some(new), ExprKind::Name(old)) = (column.names.first(), &column.expr.kind) else {
                return fault(codes::KIND, "`project-rename` takes `NewName = OldName`", column.expr.span);
            };
            if input.open && input.find(&old.text).is_none() {
                result.push((new.text.clone(), Typed::constant(null_of(Type::Dynamic), Type::Dynamic)));
                continue;
            }
            let old = find_column(input, &old.text, &column.expr)?;
            let position = input.columns.iter().position(|known| known == old).unwrap_or_default();
            if input.columns.iter().enumerate().any(|(at, known)| at != position && known.name == new.text) {
                return fault(codes::KIND, format!("there is a column `{}` already", new.text), new.span);
            }
            result[position].0.clone_from(&new.text);
        }
        input.reshape(result, span)
    }

    pub(super) fn project_reorder(&self, input: &Relation, keys: &[ReorderKey], span: Span) -> Result<Relation> {
        let mut first: Vec<&Column> = Vec::new();
        for key in keys {
            let mut found = find_columns(input, std::slice::from_ref(&key.pattern))?;
            match key.order {
                None => {}
                Some(ReorderOrder::Asc) => found.sort_by(|a, b| a.name.cmp(&b.name)),
                Some(ReorderOrder::Desc) => found.sort_by(|a, b| b.name.cmp(&a.name)),
                Some(ReorderOrder::GrannyAsc) => found.sort_by_key(|column| granny(&column.name)),
                Some(ReorderOrder::GrannyDesc) => {
                    found.sort_by_key(|column| granny(&column.name));
                    found.reverse();
                }
            }
            first.extend(found.into_iter().filter(|column| !first.contains(column)).collect::<Vec<_>>());
        }
        let rest = input.columns.iter().filter(|column| !first.contains(column));
        let ordered = first.iter().copied().chain(rest);
        input.reshape(ordered.map(|column| (column.name.clone(), typed(column))).collect(), span)
    }
}

/// A key by which `a2` comes before `a10`: runs of digits count by value.
fn granny(name: &str) -> Vec<(String, u128)> {
    let mut key = Vec::new();
    let mut rest = name;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        let (words, tail) = rest.split_at(digits);
        let end = tail.find(|c: char| !c.is_ascii_digit()).unwrap_or(tail.len());
        key.push((words.to_owned(), tail[..end].parse().unwrap_or(u128::MAX)));
        rest = &tail[end..];
    }
    key
}
