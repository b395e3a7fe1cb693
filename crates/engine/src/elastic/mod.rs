//! Searches as Kibana's detection rules make them: a tree of kuery or Lucene over tables of events, a time window, exceptions.
//!
//! Must not know rules, alerts or schedules. Start with [`Search`]; `condition` plans a tree, `field` finds where a field's
//! values are, `test` says what a type makes of a value, `threshold` and `new_terms` go on from the rows that match.
//!
//! Authority: <https://www.elastic.co/docs/explore-analyze/query-filter/languages/kql>, and for rules
//! <https://www.elastic.co/docs/solutions/security/detect-and-alert/create-detection-rule>.

mod address;
mod condition;
pub mod date;
mod exception;
mod explain;
mod field;
mod glob;
mod index;
mod kernel;
mod leaf;
mod new_terms;
mod route;
mod terms;
mod test;
mod threshold;
mod words;

use datafusion::logical_expr::{Expr, LogicalPlanBuilder, lit, when};
use diag::{Diagnostic, Severity, Span};
use elastic_query::{Parsed, ast::Query};
use schema::Type;

pub use exception::{Entry, EntryTest, Exception};
pub use new_terms::{NEW_TERMS, NewTerms};
pub use threshold::{COUNT, FIRST, LAST, Threshold, cardinality_name};

use crate::{
    Engine, Environment, Planned, QueryError,
    error::{At, Result, Stop, codes},
    explain::Trace,
    plan::{Answers, Planner, tabular::stack},
    relation::{Relation, column, typed},
    stack::roomy,
};
use condition::Conditions;
use field::Fields;

/// What is searched for, where and when.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Search {
    /// Index patterns or names of tables: `logs-o365*`, `o365.audit`. None stands for every table of events.
    pub indices: Vec<String>,
    /// Conditions that must all hold.
    pub queries: Vec<Query>,
    /// Only events of this window.
    pub window: Option<Window>,
    /// What is not raised.
    pub exceptions: Vec<Exception>,
    /// No more rows than these, the earliest ones.
    pub limit: Option<usize>,
}

/// A window of time, in ticks, both ends in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// Its beginning.
    pub from: i64,
    /// Its end.
    pub to: i64,
    /// The field that says when an event counts, such as `event.ingested`; `None` is `@timestamp`.
    pub timestamp_override: Option<String>,
    /// An event that lacks that field counts by its `@timestamp`.
    pub fallback: bool,
}

impl Window {
    /// A window over `@timestamp`.
    #[must_use]
    pub const fn new(from: i64, to: i64) -> Self {
        Self { from, to, timestamp_override: None, fallback: true }
    }
}

impl Search {
    /// A query over index patterns or tables, at any time.
    #[must_use]
    pub fn new(indices: Vec<String>, query: Query) -> Self {
        Self { indices, queries: vec![query], ..Self::default() }
    }

    /// The field that says when an event counts.
    fn time_field(&self) -> Option<&str> {
        self.window.as_ref().and_then(|window| window.timestamp_override.as_deref())
    }
}

impl Engine {
    /// Parses a query of Kibana for [`Search`].
    ///
    /// # Errors
    /// The query's fault with its place.
    pub fn parse_elastic(
        language: elastic_query::Language,
        text: &str,
    ) -> std::result::Result<(Query, Vec<Diagnostic>), QueryError> {
        let Parsed { query, diagnostics } = elastic_query::parse(language, text);
        match diagnostics.iter().any(|found| found.severity == Severity::Error) {
            true => Err(QueryError::Query(diagnostics)),
            false => Ok((query, diagnostics)),
        }
    }

    /// Plans a search: its rows are whole events, the earliest first.
    ///
    /// # Errors
    /// A value that no value of its field's type can be, a table that cannot be read.
    pub fn prepare_search(&self, search: &Search, env: &Environment) -> std::result::Result<Planned, QueryError> {
        planned(|| {
            let (found, warnings) = matching(search, env, None)?;
            let sorted = in_time(&found, search)?;
            let plan = match search.limit {
                Some(limit) => LogicalPlanBuilder::new_from_arc(std::sync::Arc::clone(&sorted.plan))
                    .limit(0, Some(limit))
                    .and_then(LogicalPlanBuilder::build)
                    .at(Span::default())?,
                None => (*sorted.plan).clone(),
            };
            Ok((sorted.with_plan(plan), warnings))
        })
    }

    /// Plans a threshold over the events of a search: a row a group that reaches it.
    ///
    /// # Errors
    /// As [`Engine::prepare_search`].
    pub fn prepare_threshold(
        &self,
        search: &Search,
        threshold: &Threshold,
        env: &Environment,
    ) -> std::result::Result<Planned, QueryError> {
        planned(|| threshold::plan(search, threshold, env))
    }

    /// Plans a search for values that were not seen before: a row a new value, the event it was first seen in.
    ///
    /// # Errors
    /// As [`Engine::prepare_search`], and for a history that does not begin before the window.
    pub fn prepare_new_terms(
        &self,
        search: &Search,
        new_terms: &NewTerms,
        env: &Environment,
    ) -> std::result::Result<Planned, QueryError> {
        planned(|| new_terms::plan(search, new_terms, env))
    }
}

/// What planning gave, as callers of the engine see it.
fn planned(plan: impl FnOnce() -> Result<(Relation, Vec<Diagnostic>)>) -> std::result::Result<Planned, QueryError> {
    outcome(plan).map(|(relation, warnings)| Planned::of(relation, warnings))
}

fn outcome<T>(plan: impl FnOnce() -> Result<T>) -> std::result::Result<T, QueryError> {
    roomy(plan).map_err(|stop| match stop {
        Stop::Fault(fault) => QueryError::Query(vec![*fault]),
        Stop::Need(_) => QueryError::Internal("a search waits for nothing".to_owned()),
    })
}

/// The events that match, in no order, of all tables. These are noted in `trace`.
fn matching(search: &Search, env: &Environment, trace: Option<&Trace>) -> Result<(Relation, Vec<Diagnostic>)> {
    let every = [String::from("*")];
    let indices = if search.indices.is_empty() { &every[..] } else { &search.indices };
    let (names, unknown) = index::tables(indices, env);
    let mut warnings: Vec<Diagnostic> = unknown.iter().map(|pattern| unknown_index(pattern)).collect();
    let (answers, span) = (Answers::default(), Span::default());
    let planner = Planner::new(env, &answers, trace);
    let mut tables = Vec::with_capacity(names.len());
    let mut told: Vec<Vec<Diagnostic>> = Vec::new();
    // Tables that hold nothing only say which columns there are, and one of them is enough for that.
    let held: Vec<&String> = names.iter().filter(|name| env.catalog.table(name).is_some()).collect();
    let names = if held.is_empty() { names.iter().take(1).collect() } else { held };
    for name in names {
        let table = planner.known_table(name, span)?;
        let (kept, more) = kept(&table, search, env)?;
        told.push(more);
        tables.push((name.clone(), kept));
    }
    // A field that one of the tables has is known.
    let (first, others) = told.split_first().map_or((&[][..], &[][..]), |(first, others)| (first.as_slice(), others));
    warnings.extend(first.iter().filter(|warning| others.iter().all(|other| other.contains(warning))).cloned());
    let stacked = match tables.len() {
        0 => crate::plan::tabular::nothing(
            vec![(field::TIME.to_owned(), functions::Typed::constant(functions::null_of(Type::Datetime), Type::Datetime))],
            span,
        )?
        .filter(lit(false), span)?,
        1 => tables.remove(0).1,
        _ => stack(&tables, false, None, span)?,
    };
    Ok((stacked, warnings))
}

fn unknown_index(pattern: &str) -> Diagnostic {
    let message = format!("no table is called `{pattern}`");
    Diagnostic::warning(codes::UNKNOWN_TABLE, message, Span::default())
        .with_help("an index pattern finds tables of events by their names: `logs-o365*` finds `o365.audit`")
}

/// The events of one table that match.
fn kept(table: &Relation, search: &Search, env: &Environment) -> Result<(Relation, Vec<Diagnostic>)> {
    let conditions = Conditions::new(Fields::of(table), env.clock);
    let mut operands = Vec::new();
    if let Some(window) = &search.window {
        operands.push(in_window(table, window));
    }
    for query in &search.queries {
        operands.push(conditions.of(&query.root)?);
    }
    // A field that an exception names and nobody has is no finding about the query.
    let exceptions = Conditions::new(Fields::of(table), env.clock);
    for exception in &search.exceptions {
        operands.push(exceptions.of(&exception.condition())?.is_not_true());
    }
    let filtered = table.filter(condition::all(operands), Span::default())?;
    Ok((Relation { name: table.name.clone(), ..filtered }, conditions.into_warnings()))
}

/// When an event counts: the override, or its own time where that is missing.
fn counted(table: &Relation, time_field: Option<&str>) -> Option<Expr> {
    let fields = Fields::of(table);
    let own = fields.time().map(column);
    let other =
        time_field.and_then(|name| table.find(name)).filter(|found| found.ty == Type::Datetime).map(|found| column(&found.name));
    match (other, own) {
        (Some(other), Some(own)) if other != own => when(other.clone().is_not_null(), other).otherwise(own).ok(),
        (Some(only), _) | (None, Some(only)) => Some(only),
        (None, None) => None,
    }
}

/// Events of a window. An override that is missing falls back to the event's own time.
fn in_window(table: &Relation, window: &Window) -> Expr {
    let between = |time: Expr| time.clone().gt_eq(lit(window.from)).and(time.lt_eq(lit(window.to)));
    let own = Fields::of(table).time().map(column);
    let other = window.timestamp_override.as_deref().filter(|name| Some(*name) != Fields::of(table).time());
    let Some(name) = other else { return own.map_or_else(|| lit(false), between) };
    let has = table.find(name).filter(|found| found.ty == Type::Datetime).map(|found| column(&found.name));
    match (has, own) {
        (Some(time), Some(own)) if window.fallback => between(time.clone()).or(time.is_null().and(between(own))),
        (Some(time), _) => between(time),
        (None, Some(own)) if window.fallback => between(own),
        (None, _) => lit(false),
    }
}

/// The earliest first, by when events count and then by their own time.
fn in_time(found: &Relation, search: &Search) -> Result<Relation> {
    let keys = counted(found, search.time_field()).into_iter().chain(Fields::of(found).time().map(column));
    let mut order: Vec<_> = Vec::new();
    for key in keys.map(|key| key.sort(true, false)) {
        if !order.contains(&key) {
            order.push(key);
        }
    }
    if order.is_empty() {
        return Ok(found.clone());
    }
    let hidden = found.free_name("$counted");
    let first = order[0].expr.clone();
    let Some(own) = order.get(1).cloned() else { return found.clone().ordered(order).finished(Span::default()) };
    let timed = found.hide(&hidden, first, Span::default())?;
    timed.ordered(vec![column(&hidden).sort(true, false), own]).finished(Span::default())
}

/// Every column of a relation, for a plan that adds some.
fn whole(relation: &Relation) -> Vec<(String, functions::Typed)> {
    relation.columns.iter().map(|found| (found.name.clone(), typed(found))).collect()
}
