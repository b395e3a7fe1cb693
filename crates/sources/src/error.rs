//! What can go wrong with a whole input; what goes wrong with one row is a [`crate::Reject`].

use std::io;

/// Why an argument of the user names nothing to read.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// Neither a file nor a directory nor a pattern.
    #[error("{path}: no such file or directory")]
    Missing {
        /// The argument.
        path: String,
    },
    /// A pattern that nothing fits.
    #[error("{pattern}: no file matches this pattern")]
    NoMatch {
        /// The argument.
        pattern: String,
    },
    /// A pattern that is none.
    #[error("{pattern}: not a file pattern: {cause}")]
    Pattern {
        /// The argument.
        pattern: String,
        /// What the pattern reader says.
        cause: String,
    },
    /// A directory without a file in it.
    #[error("{path}: the directory holds no files")]
    EmptyDirectory {
        /// The directory.
        path: String,
    },
    /// A directory that is a Delta table.
    #[error("{path}: a Delta table, which is not read as files; export its rows, as Parquet or CSV, and ingest that")]
    DeltaTable {
        /// The directory.
        path: String,
    },
    /// A directory or file that may not be looked at.
    #[error("{path}: cannot be listed: {cause}")]
    Unreadable {
        /// The path.
        path: String,
        /// What the operating system says.
        cause: io::Error,
    },
}

/// Why an input was not read, or not to its end.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The file could not be opened.
    #[error("{source_name}: cannot be opened: {cause}")]
    Open {
        /// File, or `archive!member`.
        source_name: String,
        /// What the operating system says.
        cause: io::Error,
    },
    /// Reading stopped: an unreadable disk, a truncated gzip, a broken zstd frame.
    #[error("{source_name}: reading stopped: {cause}; the rows before were read")]
    Read {
        /// File, or `archive!member`.
        source_name: String,
        /// What the reader says.
        cause: io::Error,
    },
    /// A compressed input grows beyond the limits.
    #[error("{source_name}: {cause}; the rows before were read. If the file is trustworthy, decompress it first")]
    Expansion {
        /// File, or `archive!member`.
        source_name: String,
        /// Which limit.
        cause: Expansion,
    },
    /// Compressed more often than anyone does by accident.
    #[error("{source_name}: compressed more than twice over; unpack it first")]
    Nested {
        /// File, or `archive!member`.
        source_name: String,
    },
    /// A zip archive that cannot be read.
    #[error("{source_name}: the zip archive cannot be read: {cause}")]
    Zip {
        /// File, or `archive!member`.
        source_name: String,
        /// What the zip reader says.
        cause: zip::result::ZipError,
    },
    /// A Parquet file that cannot be read.
    #[error("{source_name}: the Parquet file cannot be read: {cause}; the rows before were read")]
    Parquet {
        /// File, or `archive!member`.
        source_name: String,
        /// What the Parquet reader says.
        cause: String,
    },
    /// The JSON document breaks off or is not one.
    #[error("{source_name}: line {line}: the JSON document is broken: {reason}; the rows before were read")]
    Document {
        /// File, or `archive!member`.
        source_name: String,
        /// Line of the fault, from 1.
        line: u64,
        /// What was expected.
        reason: &'static str,
    },
    /// A quoted CSV field that never ends.
    #[error(
        "{source_name}: line {line}: a row is longer than {limit} bytes, most likely a quote that is never closed; the rows before were read"
    )]
    CsvRow {
        /// File, or `archive!member`.
        source_name: String,
        /// Line the row starts in, from 1.
        line: u64,
        /// The limit.
        limit: usize,
    },
    /// None of the formats that are read.
    #[error(
        "{source_name}: not a format that is read here (JSON, NDJSON, CSV, Parquet; messages as eml, mbox or Outlook's msg; gzip, zstd, zip or tar around them)"
    )]
    Format {
        /// File, or `archive!member`.
        source_name: String,
    },
    /// The rows say nowhere which table they belong to.
    #[error(
        "{source_name}: cannot tell which table the rows belong to{}; say so with --table NAME. Columns seen: {}",
        tied(.candidates),
        shorten(.columns)
    )]
    NoTable {
        /// File, or `archive!member`.
        source_name: String,
        /// Columns of the first row.
        columns: Vec<String>,
        /// Tables whose columns fit equally well.
        candidates: Vec<String>,
    },
    /// Exported in a local time zone that the file does not name by its offset.
    #[error("{source_name}: column `{column}` is in local time; export again with the time zone set to UTC")]
    LocalTime {
        /// File, or `archive!member`.
        source_name: String,
        /// The header of the column.
        column: String,
    },
    /// A parsing thread ended unexpectedly.
    #[error("{source_name}: a parsing thread stopped; please report this, with the file if you can")]
    Thread {
        /// File, or `archive!member`.
        source_name: String,
    },
    /// A report that is broken.
    #[error("{source_name}: {cause}")]
    Report {
        /// File, `archive!member` or `message!part`.
        source_name: String,
        /// What is wrong with it.
        cause: crate::ReportFault,
    },
    /// Rows that do not form a batch: a fault of this program.
    #[error("{source_name}: rows could not be put together: {cause}; please report this")]
    Batch {
        /// File, or `archive!member`.
        source_name: String,
        /// What Arrow says.
        cause: arrow::error::ArrowError,
    },
}

/// Which limit of decompression was passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Expansion {
    /// More bytes than allowed.
    #[error("expands to more than {limit} bytes")]
    Total {
        /// The limit.
        limit: u64,
    },
    /// Too many times its own size.
    #[error("expands to more than {limit} times its size, as decompression bombs do")]
    Ratio {
        /// The limit.
        limit: u64,
    },
}

impl SourceError {
    /// The error a failed read stands for: a limit of ours that travelled as an [`io::Error`], or the reader's own.
    pub(crate) fn from_read(source_name: &str, cause: io::Error) -> Self {
        let source_name = source_name.to_owned();
        match cause.get_ref().and_then(|inner| inner.downcast_ref::<Expansion>()) {
            Some(&cause) => Self::Expansion { source_name, cause },
            None => Self::Read { source_name, cause },
        }
    }
}

/// The tables that fit equally well, where there are such.
pub(crate) fn tied(candidates: &[String]) -> String {
    if candidates.is_empty() { String::new() } else { format!(" ({} fit equally well)", shorten(candidates)) }
}

/// The first dozen names, joined.
fn shorten(names: &[String]) -> String {
    const SHOWN: usize = 12;
    let mut text = names.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN {
        text.push_str(", ...");
    }
    text
}
