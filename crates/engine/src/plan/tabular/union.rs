//! `union`: rows of several tables under each other.

use datafusion::logical_expr::LogicalPlanBuilder;
use diag::Span;
use functions::{Typed, null_of};
use kql::ast::{Expr, ExprKind, operator::Union};
use schema::Type;

use super::{columns::matches_pattern, setting};
use crate::{
    error::{At, Result, Stop, codes, fault},
    name::unique_names,
    plan::Planner,
    relation::{Column, Relation, typed},
    scope::{Binding, Scope},
};

impl Planner<'_> {
    pub(super) fn union(&self, input: Option<Relation>, union: &Union, span: Span, scope: &Scope) -> Result<Relation> {
        setting::check(&union.settings, "union", &["kind", "withsource", "isfuzzy"])?;
        let inner = match setting::word(&union.settings, "kind").unwrap_or("outer") {
            "outer" => false,
            "inner" => true,
            _ => return setting::unknown_value(&union.settings, "kind", &["outer", "inner"]),
        };
        let fuzzy = setting::flag(&union.settings, "isfuzzy");
        let mut tables: Vec<(String, Relation)> = input.into_iter().map(|relation| ("union_arg0".to_owned(), relation)).collect();
        for expr in &union.tables {
            tables.extend(self.union_tables(expr, fuzzy, tables.len(), scope)?);
        }
        if tables.is_empty() {
            return fault(codes::UNKNOWN_TABLE, "`union` finds no table", span);
        }
        let source = setting::word(&union.settings, "withsource");
        stack(&tables, inner, source, span)
    }

    /// The tables one item names: a wildcard may name many; with `isfuzzy` one that does not exist names none.
    fn union_tables(&self, expr: &Expr, fuzzy: bool, position: usize, scope: &Scope) -> Result<Vec<(String, Relation)>> {
        if let ExprKind::Wildcard(pattern) = &expr.kind {
            let mut found = Vec::new();
            for name in self.env.catalog.names().iter().filter(|name| matches_pattern(&pattern.text, name)) {
                found.push((name.clone(), self.known_table(name, pattern.span)?));
            }
            for name in scope.names().into_iter().filter(|name| matches_pattern(&pattern.text, name)) {
                if let Some(Binding::Table(relation)) = scope.get(name) {
                    found.push((name.to_owned(), relation.clone()));
                }
            }
            return Ok(found);
        }
        let name = match &expr.kind {
            ExprKind::Name(name) => name.text.clone(),
            _ => format!("union_arg{position}"),
        };
        match self.table(expr, scope) {
            Ok(relation) => Ok(vec![(name, relation)]),
            Err(Stop::Fault(fault)) if fuzzy && fault.code == codes::UNKNOWN_TABLE => Ok(vec![]),
            Err(stop) => Err(stop),
        }
    }
}

/// Puts tables under each other. A column that has several types becomes one column a type, with the type in its name.
fn stack(tables: &[(String, Relation)], inner: bool, source: Option<&str>, span: Span) -> Result<Relation> {
    let mut wanted: Vec<Column> = Vec::new();
    for (_, relation) in tables {
        for found in &relation.columns {
            if !wanted.contains(found) {
                wanted.push(found.clone());
            }
        }
    }
    if inner {
        wanted.retain(|column| tables.iter().all(|(_, relation)| relation.columns.contains(column)));
    }
    let clashing = |column: &Column| wanted.iter().filter(|other| other.name == column.name).count() > 1;
    let names: Vec<String> = wanted
        .iter()
        .map(|column| if clashing(column) { format!("{}_{}", column.name, column.ty) } else { column.name.clone() })
        .collect();
    let names = unique_names(source.into_iter().chain(names.iter().map(String::as_str)));

    let mut stacked: Option<Relation> = None;
    for (table, relation) in tables {
        let mut columns: Vec<(String, Typed)> = Vec::with_capacity(names.len());
        if source.is_some() {
            columns.push((names[0].clone(), Typed::text(table)));
        }
        for (column, name) in wanted.iter().zip(&names[usize::from(source.is_some())..]) {
            let value = match relation.columns.contains(column) {
                true => typed(column),
                false => missing(column.ty),
            };
            columns.push((name.clone(), value));
        }
        let shaped = relation.project(columns, span)?;
        stacked = Some(match stacked {
            None => shaped,
            Some(above) => {
                let plan = above.builder().union((*shaped.plan).clone()).and_then(LogicalPlanBuilder::build).at(span)?;
                above.with_plan(plan).ordered(vec![])
            }
        });
    }
    match stacked {
        Some(relation) => {
            let columns = relation.all();
            relation.project(columns, span)
        }
        None => fault(codes::UNKNOWN_TABLE, "`union` finds no table", span),
    }
}

fn missing(ty: Type) -> Typed {
    Typed::constant(null_of(ty), ty)
}
