//! What a run asks of the telemetry, and who answers.

use std::future::Future;

use rules::Rule;
use state::Moment;

use crate::hit::Row;

/// What a rule asks of the telemetry.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// The rule.
    pub rule: &'a Rule,
    /// Its query, with parameters filled in.
    pub query: &'a str,
    /// The moment the run stands for.
    pub at: Moment,
    /// Where the window begins; `None`: the query says.
    pub from: Option<Moment>,
    /// How many rows are wanted at most.
    pub limit: usize,
    /// Of a threshold rule: the groups it has raised. Their events are not counted again.
    pub raised: &'a [RaisedGroup],
}

/// A group that a threshold rule has raised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RaisedGroup {
    /// The values of the rule's fields, in their order.
    pub values: Vec<String>,
    /// When the last of its events happened.
    pub until: Moment,
}

/// What the query gave.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Found {
    /// The rows, at most as many as were asked for.
    pub rows: Vec<Row>,
    /// How many there were.
    pub total: usize,
    /// Where rows are groups: the columns they are grouped by. The same group has other counts in another window.
    pub grouped_by: Option<Vec<String>>,
}

/// Why a query gave nothing. The text is for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Failed(pub String);

/// What a rule's query is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// The tables it reads, sorted.
    pub tables: Vec<String>,
    /// Each row it gives comes from one row of one table: asked of the rows that have just arrived, it gives all that is new.
    pub by_row: bool,
}

/// Who runs queries over the telemetry.
pub trait Telemetry: Send + Sync {
    /// The tables at one moment. Runs of one turn share it, so that opening them costs once.
    type View: Send + Sync;

    /// The tables as they are now.
    fn view(&self) -> impl Future<Output = Result<Self::View, Failed>> + Send;

    /// What a rule's query reads.
    fn reading(&self, view: &Self::View, ask: Ask<'_>) -> impl Future<Output = Result<Reading, Failed>> + Send;

    /// Runs a rule's query.
    fn rows(&self, view: &Self::View, ask: Ask<'_>) -> impl Future<Output = Result<Found, Failed>> + Send;
}

/// Who knows what time it is.
pub trait Clock: Send + Sync {
    /// The moment.
    fn now(&self) -> Moment;
}
