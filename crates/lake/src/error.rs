//! What can go wrong with the lake, in words that name the place and the remedy.

use std::path::PathBuf;

use datafusion::arrow::datatypes::DataType;
use datafusion::error::DataFusionError;
use deltalake::DeltaTableError;

/// Why the lake could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum LakeError {
    /// The data directory, a table's folder or a lock file cannot be used.
    #[error("cannot use {path}: {source}; check that the directory exists and may be written")]
    Directory {
        /// The folder or file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A table name that cannot be a folder name everywhere.
    #[error(
        "`{name}` cannot be the name of a stored table: use letters, digits, `_`, `-`, `.` and `@`, and do not begin with `.`"
    )]
    TableName {
        /// The name.
        name: String,
    },
    /// Another process is writing to the table.
    #[error("table `{table}` is being written by another process; try again when it has finished")]
    Busy {
        /// The table.
        table: String,
    },
    /// The table's Delta log cannot be read or written.
    #[error("table `{table}` at {path}: {source}")]
    Delta {
        /// The table.
        table: String,
        /// Its folder.
        path: PathBuf,
        /// What the Delta library said.
        source: Box<DeltaTableError>,
    },
    /// The table, written by another program, uses a Delta feature that this reader does not know.
    #[error("table `{table}` uses the Delta feature `{feature}`, which is not supported; rewrite the table without it")]
    Feature {
        /// The table.
        table: String,
        /// The feature.
        feature: &'static str,
    },
    /// A data file is missing, cut short or damaged.
    #[error("cannot read {path}: {source}; restore the file, or ingest its source again after removing it from the table")]
    DataFile {
        /// The file.
        path: String,
        /// What the reader said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A data file cannot be written (a full disk, a missing permission). Nothing was added to the table.
    #[error("cannot write {path}: {source}; nothing was added to table `{table}`, so the same input can be ingested again")]
    Write {
        /// The file.
        path: String,
        /// Its table.
        table: String,
        /// What the store said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The values of a column do not fit its stored type.
    #[error("column `{column}` of table `{table}` is stored as {expected}, the input has {found}: {source}")]
    ColumnType {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// The stored type.
        expected: DataType,
        /// The type of the input.
        found: DataType,
        /// What the conversion said.
        source: arrow::error::ArrowError,
    },
    /// More columns than a table may have.
    #[error("table `{table}` would have {found} columns, the limit is {limit}: the input has too many unknown columns")]
    TooManyColumns {
        /// The table.
        table: String,
        /// How many there would be.
        found: usize,
        /// How many there may be.
        limit: usize,
    },
    /// A computation on columns failed.
    #[error("table `{table}`: {source}")]
    Arrow {
        /// The table.
        table: String,
        /// What the kernel said.
        source: arrow::error::ArrowError,
    },
    /// Rewriting files failed while reading or sorting their rows.
    #[error("table `{table}`: {source}")]
    Rewrite {
        /// The table.
        table: String,
        /// What the engine said.
        source: Box<DataFusionError>,
    },
    /// A rewrite would have changed the number of rows; it was not committed.
    #[error("rewriting table `{table}` read {read} rows where the log counts {expected}; the table was left as it was")]
    RowCount {
        /// The table.
        table: String,
        /// Rows that were read.
        read: u64,
        /// Rows that the log counts.
        expected: u64,
    },
    /// None of the files given as one table can be read.
    #[error("none of the {count} Parquet files given can be read; the first: {first}")]
    NoReadableFile {
        /// How many were given.
        count: usize,
        /// Why the first cannot.
        first: String,
    },
    /// The thread that writes the table ended before its work was done.
    #[error(
        "the writer of table `{table}` stopped before it was done; nothing was added, so the same input can be ingested again"
    )]
    WriterStopped {
        /// The table.
        table: String,
    },
}
