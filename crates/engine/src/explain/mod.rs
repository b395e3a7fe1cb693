//! A query explained: what each part of it yields once names and types are bound, what its files are asked, how it runs.
//!
//! Must not know how this is shown. Start with [`Explanation`]; [`trace`] notes the steps while the planner binds, [`physical`]
//! reads the plans.

mod physical;
mod trace;

pub(crate) use trace::{Trace, rows};

use diag::Diagnostic;
use schema::Type;

use crate::Column;

/// What there is to say about a query that can run.
#[derive(Debug, Clone)]
pub struct Explanation {
    /// The statements in order: names that are bound, then each source with the operators after it.
    pub steps: Vec<Step>,
    /// What stored tables are asked for.
    pub scans: Vec<Scan>,
    /// How it runs, a tree for each table of the answer.
    pub plans: Vec<PlanNode>,
    /// Findings that do not keep the query from running.
    pub warnings: Vec<Diagnostic>,
}

/// What a [`Step`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepKind {
    /// A name bound by `let`.
    Let,
    /// A name of a `let`, where it is used as a table.
    Name,
    /// A table of the catalog.
    Table,
    /// What begins a pipe and is no table: `print`, `range`, `datatable`, `union` and so on.
    Source,
    /// An operator after `|`.
    Operator,
    /// A call of a function that the query itself defines.
    Function,
    /// A call of a saved function.
    SavedFunction,
}

impl StepKind {
    /// The word for it, as the JSON form has it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Let => "let",
            Self::Name => "name",
            Self::Table => "table",
            Self::Source => "source",
            Self::Operator => "operator",
            Self::Function => "function",
            Self::SavedFunction => "saved function",
        }
    }
}

/// A table's rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rows {
    /// The columns, in order.
    pub columns: Vec<Column>,
    /// What the rows are sorted by, such as `Timestamp desc`, first key first. Without keys they have no order that a query
    /// may rely on.
    pub order: Vec<String>,
}

/// What a step yields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Yield {
    /// A table.
    Rows(Rows),
    /// One value.
    Value(Type),
    /// A function, of which nothing is bound before it is called.
    Function,
}

/// A part of a query with what it yields.
#[derive(Debug, Clone)]
pub struct Step {
    /// What it is.
    pub kind: StepKind,
    /// Its text in canonical spelling, on one line; of a name or a function only that.
    pub text: String,
    /// The rows that flow into an operator; `None` where nothing does.
    pub input: Option<Rows>,
    /// What comes out.
    pub result: Yield,
    /// What was bound for it: the other side of a `join`, the body of a function.
    pub inside: Vec<Step>,
}

/// What an operator does to the columns that flow into it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// Columns that were not there before.
    pub added: Vec<Column>,
    /// Names of columns that are gone.
    pub removed: Vec<String>,
    /// Columns of another type than before, with the former type.
    pub retyped: Vec<(Column, Type)>,
    /// The columns that stayed stand in another order.
    pub reordered: bool,
}

impl Step {
    /// The columns that come out; none of a value.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        match &self.result {
            Yield::Rows(rows) => &rows.columns,
            Yield::Value(_) | Yield::Function => &[],
        }
    }

    /// What became of the columns that flowed in; `None` where none did.
    #[must_use]
    pub fn changes(&self) -> Option<Changes> {
        let before = &self.input.as_ref()?.columns;
        let after = self.columns();
        let mut changes = Changes::default();
        for column in after {
            match before.iter().find(|old| old.name == column.name) {
                None => changes.added.push(column.clone()),
                Some(old) if old.ty != column.ty => changes.retyped.push((column.clone(), old.ty)),
                Some(_) => {}
            }
        }
        let has = |columns: &[Column], name: &str| columns.iter().any(|column| column.name == name);
        changes.removed = before.iter().filter(|old| !has(after, &old.name)).map(|old| old.name.clone()).collect();
        let kept = |of: &[Column], other: &[Column]| -> Vec<String> {
            of.iter().filter(|column| has(other, &column.name)).map(|column| column.name.clone()).collect()
        };
        changes.reordered = kept(before, after) != kept(after, before);
        Some(changes)
    }
}

/// What a stored table is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scan {
    /// The table.
    pub table: String,
    /// The stored columns that are read.
    pub columns: Vec<String>,
    /// The conditions that reach the scan: files, pages and rows are skipped by them.
    pub conditions: Vec<String>,
    /// At most so many rows are read, where that is known beforehand.
    pub limit: Option<usize>,
}

/// An operator of the plan that runs, with those that feed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanNode {
    /// Its name, such as `AggregateExec`.
    pub name: String,
    /// What it does, as the query engine prints it.
    pub detail: String,
    /// Where its rows come from.
    pub inputs: Vec<PlanNode>,
}
