//! Files whose columns the reader declares, and not a table's documentation: what `externaldata` reads.
//!
//! Must not know tables or types: every value of a text format is a text, and the caller converts. Start with [`read_declared`].

mod document;
mod infer;
mod open;
mod parquet;
mod separated;
mod texts;

use std::fs::File;

use arrow::array::RecordBatch;

use crate::{Options, SourceError};

pub use infer::{InferredColumn, infer_columns, merged_columns};

/// What a file holds and what is wanted of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    /// The columns, in order.
    pub columns: Vec<DeclaredColumn>,
    /// The form of the file.
    pub form: DeclaredForm,
    /// The first record is a header.
    pub ignore_first_record: bool,
}

/// A declared column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclaredColumn {
    /// Its name.
    pub name: String,
    /// Where its value stands, if neither its name nor its position tells.
    pub place: Option<DeclaredPlace>,
}

/// Where a column's value stands in a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeclaredPlace {
    /// The field of this number, from 0.
    Field(usize),
    /// The value at this JSON path, such as `$.data.tenant`.
    Path(String),
    /// The column of this name.
    Column(String),
}

/// The form of a declared file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeclaredForm {
    /// Fields parted by this byte, columns by position.
    Separated(u8),
    /// A line is the value of the first column.
    Lines,
    /// The file is the value of the first column.
    Whole,
    /// JSON objects: one a line, one after the other, or in an array.
    Json,
    /// Apache Parquet, columns by name.
    Parquet,
}

/// The rows of a file.
#[derive(Debug, Clone, Default)]
pub struct DeclaredRows {
    /// The columns that were declared; a text format gives texts, Parquet what it holds. A value that is missing is null.
    pub batches: Vec<RecordBatch>,
    /// Records that could not be read.
    pub rejected: u64,
    /// Why the first of them could not.
    pub first_reject: Option<String>,
}

/// Reads a file, compressed or not, and the members of an archive one after the other.
///
/// # Errors
/// The file cannot be read to its end, or expands beyond the limits of `options`.
pub fn read_declared(name: &str, file: File, declared: &Declared, options: &Options) -> Result<DeclaredRows, SourceError> {
    let mut rows = DeclaredRows::default();
    open::each(name, file, options, &mut |name, stream| match declared.form {
        DeclaredForm::Separated(separator) => {
            separated::read(name, stream.into_reader(), separator, declared, options, &mut rows)
        }
        DeclaredForm::Lines => separated::lines(name, stream.into_reader(), declared, options, &mut rows),
        DeclaredForm::Whole => separated::whole(name, stream.into_reader(), declared, options, &mut rows),
        DeclaredForm::Json => document::read(name, stream.into_reader(), declared, options, &mut rows),
        DeclaredForm::Parquet => parquet::read(name, stream, declared, &mut rows),
    })?;
    Ok(rows)
}

impl DeclaredRows {
    fn reject(&mut self, reason: impl FnOnce() -> String) {
        self.rejected += 1;
        if self.first_reject.is_none() {
            self.first_reject = Some(reason());
        }
    }
}

#[cfg(test)]
mod tests;
