//! Hunting: queries written with help, run within limits, kept, drawn.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use state::Moment;
use utoipa::ToSchema;

use crate::{Colour, Column, Download, Fault, Problem, Sheet, Work};

/// A query to run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct HuntAsk {
    /// Its text.
    pub query: String,
    /// `kusto` (also empty), `kuery` or `lucene`.
    pub language: String,
    /// Tables or index patterns, for the languages of Kibana.
    pub indices: Vec<String>,
    /// The moment the query stands for, such as `2026-11-20T23:00:00Z`; empty: now.
    pub as_of: String,
    /// The most rows to bring; 0: 10,000.
    pub limit: u64,
}

/// What a query gave.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct HuntAnswer {
    /// Its rows and chart.
    pub sheet: Sheet,
    /// What the query is warned of, with places in its text.
    pub warnings: Vec<Problem>,
    /// How long it took, in microseconds.
    pub took_us: i64,
    /// Rows read from tables, and bytes of them, where that is known.
    pub scanned: Option<(u64, u64)>,
    /// The moment it stands for.
    pub as_of: Moment,
}

/// What may stand at the cursor.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Completions {
    /// Where what is being written begins, in bytes.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// What may stand there, the best first.
    pub candidates: Vec<CandidateLine>,
}

/// One of [`Completions`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct CandidateLine {
    /// What is put there.
    pub insert: String,
    /// What is shown.
    pub label: String,
    /// `table`, `column`, `operator`, `function` ...
    pub kind: String,
    /// One line about it: a type, a signature.
    pub detail: String,
    /// More about it, in Markdown; may be empty.
    pub documentation: String,
}

/// What is known of a text while it is written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Looked {
    /// Its colours.
    pub colours: Vec<Colour>,
    /// Faults and warnings, with places.
    pub problems: Vec<Problem>,
    /// The columns it gives; empty where it cannot be bound.
    pub columns: Vec<Column>,
}

/// A table of the schema browser.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct TableLine {
    /// Its name.
    pub name: String,
    /// What stands in it.
    pub description: String,
    /// Its group: mail, identity, own, alerts ...
    pub group: String,
    /// Rows that are stored.
    pub rows: u64,
    /// The latest moment in it.
    pub latest: Option<Moment>,
    /// Its columns.
    pub columns: Vec<ColumnLine>,
}

/// A column of a [`TableLine`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct ColumnLine {
    /// Its name.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub ty: String,
    /// What it holds.
    pub description: String,
    /// Values it is known to have; may be empty.
    pub values: Vec<String>,
}

/// A function of the language or a saved one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct FunctionLine {
    /// Its name.
    pub name: String,
    /// `scalar`, `aggregate`, `operator`, `plugin`, `saved`.
    pub kind: String,
    /// How it is called.
    pub signature: String,
    /// What it does, in a sentence.
    pub summary: String,
}

/// A query somebody kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct SavedHunt {
    /// Unique; empty for one that is new.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it shows.
    pub description: String,
    /// What it is kept for: `hunt`, or `alerts` for filters of the queue.
    pub kind: String,
    /// Its text.
    pub query: String,
    /// Its language.
    pub language: String,
    /// Who keeps it; empty where it ships with the program.
    pub owner: String,
    /// Whether others see it.
    pub shared: bool,
    /// When it last changed; 0 for shipped ones.
    pub updated_at: Moment,
}

/// A query somebody ran.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct PastHunt {
    /// When.
    pub at: Moment,
    /// Its text.
    pub query: String,
    /// Its language.
    pub language: String,
    /// Rows it gave; `None` where it failed.
    pub rows: Option<u64>,
    /// How long it took, in microseconds.
    pub took_us: i64,
    /// Why it failed; empty where it did not.
    pub fault: String,
}

/// A text that somebody writes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Writing<'a> {
    /// The text.
    pub text: &'a str,
    /// `kusto` (also empty), `kuery` or `lucene`.
    pub language: &'a str,
    /// For kuery and lucene: tables or index patterns; every table of events without.
    pub indices: &'a [String],
}

/// Hunting.
#[async_trait]
pub trait Hunts: Send + Sync {
    /// Runs a query; it is written into the history of `who`.
    async fn run(&self, ask: &HuntAsk, who: &str, work: &Work) -> Result<HuntAnswer, Fault>;

    /// The rows of a query as a file: `csv`, `json`, `ndjson` or `parquet`.
    async fn export(&self, ask: &HuntAsk, form: &str, who: &str, work: &Work) -> Result<Download, Fault>;

    /// Colours, faults and columns of a text; nothing is run.
    async fn look(&self, writing: Writing<'_>) -> Result<Looked, Fault>;

    /// What may stand at a place, given in bytes.
    async fn complete(&self, writing: Writing<'_>, at: usize) -> Result<Completions, Fault>;

    /// The tables there are, those with rows first.
    async fn tables(&self) -> Result<Vec<TableLine>, Fault>;

    /// The functions there are.
    async fn functions(&self) -> Result<Vec<FunctionLine>, Fault>;

    /// The page of a function, Markdown.
    async fn function(&self, name: &str) -> Result<String, Fault>;

    /// Kept queries of a kind (`hunt`, `alerts`) that `who` may see: own ones, shared ones, shipped ones.
    async fn saved(&self, kind: &str, who: &str) -> Result<Vec<SavedHunt>, Fault>;

    /// Keeps a query; what comes back has its id.
    async fn save(&self, hunt: SavedHunt, who: &str) -> Result<SavedHunt, Fault>;

    /// Forgets a kept query of `who`.
    async fn forget(&self, id: &str, who: &str) -> Result<(), Fault>;

    /// What `who` ran, the latest first, two hundred at most.
    async fn history(&self, who: &str) -> Result<Vec<PastHunt>, Fault>;

    /// Explains a query step by step, Markdown.
    async fn explain(&self, ask: &HuntAsk) -> Result<String, Fault>;
}
