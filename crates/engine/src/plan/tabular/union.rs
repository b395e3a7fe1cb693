//! `union`: rows of several tables under each other.

use std::collections::HashSet;

use datafusion::{arrow::array::new_empty_array, logical_expr::LogicalPlanBuilder};
use diag::{Diagnostic, Span};
use functions::{Typed, null_of};
use kql::ast::{Expr, ExprKind, Name, operator::Union};
use schema::Type;

use super::setting;
use crate::{
    error::{At, Result, Stop, codes, fault},
    plan::{Names, Planner, Value, expr::is_workspace, name_pattern::matches_pattern},
    relation::{ARRIVAL, Column, Relation, typed},
    scope::{Binding, Scope},
    source,
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
        let mut tables: Vec<(String, Relation)> = input.into_iter().map(|relation| (named(&relation, 0), relation)).collect();
        for expr in &union.tables {
            tables.extend(self.tables_of(expr, fuzzy, tables.len(), scope)?);
        }
        if inner && tables.len() > 1 {
            tables.retain(|(name, _)| name != NO_TABLE);
        }
        if tables.is_empty() {
            return fault(codes::UNKNOWN_TABLE, "`union` finds no table", span);
        }
        let source = setting::word(&union.settings, "withsource");
        stack(&tables, inner, source, span)
    }

    /// The tables one item names: a wildcard may name many. With `fuzzy`, one that does not exist names none, and a warning
    /// says so.
    pub(super) fn tables_of(&self, expr: &Expr, fuzzy: bool, position: usize, scope: &Scope) -> Result<Vec<(String, Relation)>> {
        if let Some(pattern) = table_pattern(expr) {
            let found = self.tables_like(pattern, scope)?;
            return match found.is_empty() {
                false => Ok(found),
                true if fuzzy => {
                    self.warn(Diagnostic::warning(codes::UNKNOWN_TABLE, left_out(&pattern.text), pattern.span));
                    Ok(found)
                }
                true => fault(codes::UNKNOWN_TABLE, format!("no table is called `{}`", pattern.text), pattern.span),
            };
        }
        match self.table(expr, scope) {
            Ok(relation) => {
                let name = match &expr.kind {
                    ExprKind::Name(name) => name.text.clone(),
                    _ => named(&relation, position),
                };
                Ok(vec![(name, relation)])
            }
            Err(Stop::Fault(fault)) if fuzzy && [codes::UNKNOWN_TABLE, codes::UNKNOWN_FUNCTION].contains(&fault.code) => {
                let message = format!("{}: it is left out", fault.message);
                self.warn(Diagnostic { help: fault.help, ..Diagnostic::warning(fault.code, message, fault.span) });
                Ok(vec![])
            }
            Err(stop) => Err(stop),
        }
    }

    /// Every table, and every view of the query.
    pub(super) fn every_table(&self, span: Span, scope: &Scope) -> Result<Vec<(String, Relation)>> {
        self.tables_like(&Name { text: "*".to_owned(), span }, scope)
    }

    /// Tables and views whose names a pattern finds: those that hold data, then those that are documented and empty. For `*` the
    /// latter are one, see [`Planner::empty_tables`]. A table whose name begins with a dot is hidden from patterns that do not.
    fn tables_like(&self, pattern: &Name, scope: &Scope) -> Result<Vec<(String, Relation)>> {
        let mut names = self.env.catalog.names();
        if pattern.text != "*" {
            let documented = schema::Registry::builtin().names().map(str::to_owned);
            names.extend(documented.filter(|name| self.env.catalog.table(name).is_none()).collect::<Vec<_>>());
        }
        if !pattern.text.starts_with('.') {
            names.retain(|name| !name.starts_with('.'));
        }
        let mut found = Vec::new();
        for name in names.iter().filter(|name| matches_pattern(&pattern.text, name)) {
            found.push((name.clone(), self.known_table(name, pattern.span)?));
        }
        for name in scope.names().into_iter().rev().filter(|name| matches_pattern(&pattern.text, name)) {
            let Some(Binding::Function(function, _)) = scope.get(name) else { continue };
            if function.view && !found.iter().any(|(known, _)| known == name) {
                let view = Name { text: name.to_owned(), span: pattern.span };
                if let Value::Table(relation) = self.name_value(&view, Names::new(scope, &[]))? {
                    found.push((name.to_owned(), relation));
                }
            }
        }
        if pattern.text == "*" {
            self.say_their_names(&mut found, pattern.span)?;
            found.extend(self.empty_tables(&found, pattern.span)?.map(|empty| (NO_TABLE.to_owned(), empty)));
        }
        Ok(found)
    }

    /// `Type` is the name of a row's table in a workspace, in every table. Where the query asks for it, tables that lack it have it.
    fn say_their_names(&self, tables: &mut [(String, Relation)], span: Span) -> Result<()> {
        if self.wanted_of_empty_tables().any(|wanted| wanted.name == TYPE) {
            for (name, relation) in tables.iter_mut().filter(|(_, relation)| relation.find(TYPE).is_none()) {
                let mut columns = relation.all();
                columns.push((TYPE.to_owned(), Typed::text(&*name)));
                *relation = Relation { name: relation.name.clone(), ..relation.reshape(columns, span)? };
            }
        }
        Ok(())
    }

    /// What the tables that hold nothing add to those that do: columns that the query names and the others lack, with the types
    /// they are documented with. In Kusto a table without rows adds all of its columns, thousands here, which nobody would see the
    /// others for.
    fn empty_tables(&self, held: &[(String, Relation)], span: Span) -> Result<Option<Relation>> {
        let wanted = self.wanted_of_empty_tables();
        let mut columns: Vec<Column> =
            wanted.filter(|column| held.iter().all(|(_, relation)| relation.find(&column.name).is_none())).collect();
        if held.is_empty() && !columns.iter().any(|column| column.name == TIME) {
            columns.insert(0, Column::new(TIME, Type::Datetime));
        }
        if columns.is_empty() {
            return Ok(None);
        }
        let arrays = columns.iter().map(|column| new_empty_array(&column.ty.engine_type())).collect();
        let empty = source::memory("empty", columns, arrays, span)?;
        // Where nothing is held, nobody knows what the tables of the query's author have.
        Ok(Some(Relation { open: held.is_empty(), ..empty }))
    }
}

/// What stands for the tables that hold nothing; no row bears the name.
pub(super) const NO_TABLE: &str = "";
/// Columns that every table has in a workspace:
/// <https://learn.microsoft.com/azure/azure-monitor/logs/log-standard-columns>.
const TIME: &str = "TimeGenerated";
const TYPE: &str = "Type";

/// The pattern of `Email*`, `database("x").*`.
fn table_pattern(expr: &Expr) -> Option<&Name> {
    match &expr.kind {
        ExprKind::Wildcard(pattern) => Some(pattern),
        ExprKind::Paren(inner) => table_pattern(inner),
        ExprKind::Member { object, name, .. } if name.text.contains('*') && is_workspace(object) => Some(name),
        _ => None,
    }
}

fn left_out(pattern: &str) -> String {
    format!("no table is called `{pattern}`: it is left out")
}

/// What a table is called in a column of sources.
fn named(relation: &Relation, position: usize) -> String {
    relation.name.as_deref().map_or_else(|| format!("union_arg{position}"), str::to_owned)
}

/// Puts tables under each other. A column that has several types becomes one column a type, with the type in its name.
pub(crate) fn stack(tables: &[(String, Relation)], inner: bool, source: Option<&str>, span: Span) -> Result<Relation> {
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
    let names = apart(source, &wanted, names);

    let arrival = tables.iter().any(|(_, relation)| relation.hidden.iter().any(|name| name == ARRIVAL));
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
        if arrival {
            columns.push((ARRIVAL.to_owned(), relation.arrival()));
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
            let open = tables.iter().any(|(_, relation)| relation.open);
            Ok(Relation { open, ..relation.project(columns, span)?.with_arrival() })
        }
        None => fault(codes::UNKNOWN_TABLE, "`union` finds no table", span),
    }
}

/// Names that differ: where a made name such as `x_long` meets a column of that name, the made one gets the number.
fn apart(source: Option<&str>, wanted: &[Column], names: Vec<String>) -> Vec<String> {
    let given = |position: usize| wanted[position].name == names[position];
    let mut taken: HashSet<String> = source.into_iter().map(str::to_owned).collect();
    let mut unique = vec![String::new(); names.len()];
    for made in [false, true] {
        for position in (0..names.len()).filter(|&position| given(position) != made) {
            let name = &names[position];
            let mut free = std::iter::once(name.clone()).chain((1..).map(|number| format!("{name}{number}")));
            unique[position] = free.find(|name| taken.insert(name.clone())).unwrap_or_default();
        }
    }
    source.into_iter().map(str::to_owned).chain(unique).collect()
}

fn missing(ty: Type) -> Typed {
    Typed::constant(null_of(ty), ty)
}
