//! What reading an input gives: batches, rejects, notices, and the sums at the end.

use arrow::array::RecordBatch;

use crate::SourceError;

/// One thing read from an input. Batches of a table come in the order of the input; rejects come near the rows around them.
#[derive(Debug, Clone)]
pub enum Item {
    /// Rows of one table, in the storage types of `schema::Type::storage_type`.
    ///
    /// The batch has every stored column of the table in documented order, then the unknown columns that hold a value.
    /// A value that is missing or JSON null is null; text that is there but empty is `""`, except from CSV, which cannot
    /// tell the two apart and gives null.
    Rows {
        /// Name of the table.
        table: String,
        /// The rows.
        batch: RecordBatch,
    },
    /// A row that could not be read.
    Reject(Reject),
    /// Something the user should know and need not act on.
    Notice(Notice),
}

/// A row that could not be read, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    /// File, or `archive!member`.
    pub source: String,
    /// Line in the file, from 1; the number of the row for JSON arrays and Parquet.
    pub line: u64,
    /// The table, where it was found before the fault.
    pub table: Option<String>,
    /// What is wrong, naming the column and the value.
    pub reason: String,
    /// The row's text, cut to [`crate::Options::max_reject_bytes`]; what was not UTF-8 is replaced by U+FFFD.
    pub raw: String,
}

/// Something the user should know.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Notice {
    /// The table's documentation does not have this column; its values are kept as text.
    UnknownColumn {
        /// File it was first seen in.
        source: String,
        /// Table of the rows.
        table: String,
        /// The column.
        column: String,
    },
    /// The input holds no rows at all.
    Empty {
        /// File, or `archive!member`.
        source: String,
    },
}

impl std::fmt::Display for Notice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::UnknownColumn { source, table, column } => {
                write!(f, "{source}: column `{column}` is not documented for {table}; its values are kept as text")
            }
            Self::Empty { source } => write!(f, "{source}: holds no rows"),
        }
    }
}

/// What one input gave.
#[derive(Debug, Default)]
pub struct ReadSummary {
    /// Rows handed out in batches.
    pub rows: u64,
    /// Rows that became rejects.
    pub rejected: u64,
    /// Why the input, or a member of it, was not read to its end; empty when all was read. Rows before a fault were handed out.
    pub faults: Vec<SourceError>,
    /// True when the sink asked to stop.
    pub stopped: bool,
}
