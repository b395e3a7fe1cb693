//! What a case file says, read and typed.

use std::{collections::BTreeMap, ops::Range, path::PathBuf};

use schema::Type;

use crate::cell::Cell;

/// A case: a heading of a file, its query and what the query must give.
#[derive(Debug, Clone)]
pub struct Case {
    /// The file, as it was named or found.
    pub file: PathBuf,
    /// Line of the heading, from 1.
    pub line: usize,
    /// The heading.
    pub heading: String,
    pub(crate) content: Result<Content, BadCase>,
}

impl Case {
    /// `tests/kql/operators/join.md:14 Without a kind, duplicates on the left are dropped`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}:{} {}", self.file.display(), self.line, self.heading)
    }

    /// Codes of the errors and warnings the case expects.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        let findings = self.content.iter().flat_map(|content| content.expect.findings());
        findings.map(|finding| finding.code.as_str())
    }

    /// The text of the query; empty where the case cannot be read.
    #[must_use]
    pub fn query(&self) -> &str {
        self.content.as_ref().map_or("", |content| content.query.as_str())
    }
}

/// What is wrong with the text of a case: where, and what to write.
#[derive(Debug, Clone)]
pub(crate) struct BadCase {
    /// Line in the file, from 1.
    pub(crate) line: usize,
    pub(crate) message: String,
}

impl BadCase {
    pub(crate) fn new(line: usize, message: impl Into<String>) -> Self {
        Self { line, message: message.into() }
    }
}

/// A case that could be read.
#[derive(Debug, Clone)]
pub(crate) struct Content {
    pub(crate) setup: Setup,
    pub(crate) language: Language,
    pub(crate) query: String,
    /// Line of the query's first line, from 1.
    pub(crate) query_line: usize,
    pub(crate) expect: Expect,
    pub(crate) place: Place,
}

/// The language of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Language {
    /// Kusto Query Language.
    Kql,
    /// A language of Kibana, over tables that index patterns name.
    Elastic { language: elastic_query::Language, indices: Vec<String> },
}

/// What the query sees, and how its outcome is taken.
#[derive(Debug, Clone)]
pub(crate) struct Setup {
    /// What `now()` returns, in ticks.
    pub(crate) as_of: i64,
    pub(crate) tables: BTreeMap<String, Source>,
    pub(crate) parameters: BTreeMap<String, String>,
    /// Why the case is known to fail.
    pub(crate) xfail: Option<String>,
}

/// Where the rows of a table are.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    /// A file beside the case file or in a folder above it.
    File(String),
    /// A `data` fence: CSV whose first line is at this line.
    Inline { text: String, line: usize },
    /// A `documents` fence: JSON objects, one a line.
    Documents(String),
}

/// What a query must give.
#[derive(Debug, Clone, Default)]
pub(crate) struct Expect {
    pub(crate) rows: Option<Rows>,
    /// Rows come in the order of the table.
    pub(crate) ordered: bool,
    pub(crate) errors: Option<Vec<Finding>>,
    pub(crate) warnings: Option<Vec<Finding>>,
    pub(crate) render: Option<Render>,
    pub(crate) plan: Vec<PlanFact>,
}

impl Expect {
    fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.errors.iter().chain(&self.warnings).flatten()
    }
}

/// Columns and rows, expected or found.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rows {
    pub(crate) columns: Vec<(String, Type)>,
    pub(crate) rows: Vec<Vec<Cell>>,
}

/// A line of an `error` or `warn` fence: code, place, words.
#[derive(Debug, Clone)]
pub(crate) struct Finding {
    pub(crate) code: String,
    /// Line and column in the query.
    pub(crate) position: Option<(usize, usize)>,
    /// Texts the message and its help hold in this order.
    pub(crate) words: Vec<String>,
    /// The line as it stands in the file.
    pub(crate) written: String,
}

/// A `render` fence.
#[derive(Debug, Clone)]
pub(crate) struct Render {
    pub(crate) kind: String,
    pub(crate) properties: BTreeMap<String, String>,
}

/// A line of a `plan` fence.
#[derive(Debug, Clone)]
pub(crate) enum PlanFact {
    /// The physical plan's text holds this.
    Has(String),
    /// It does not.
    Not(String),
}

/// Where blessing writes: line numbers from 0.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// The line after the query's fence.
    pub(crate) after_query: usize,
    /// The table, or the `error` fence.
    pub(crate) result: Option<Range<usize>>,
}
