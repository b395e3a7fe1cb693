//! Texts gathered into batches with the declared columns.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, RecordBatch, StringBuilder},
    datatypes::{DataType, Field, Schema},
};

use super::{Declared, DeclaredRows};
use crate::SourceError;

/// Rows of a batch.
const BATCH_ROWS: usize = 65_536;
/// Bytes of a batch: a column of texts holds no more than 2 GiB.
const BATCH_BYTES: usize = 64 << 20;

/// Rows that are being gathered.
pub(super) struct Texts<'r> {
    columns: Vec<StringBuilder>,
    schema: Arc<Schema>,
    rows: usize,
    bytes: usize,
    out: &'r mut DeclaredRows,
}

impl<'r> Texts<'r> {
    pub(super) fn new(declared: &Declared, out: &'r mut DeclaredRows) -> Self {
        let fields: Vec<Field> = declared.columns.iter().map(|column| Field::new(&column.name, DataType::Utf8, true)).collect();
        let columns = declared.columns.iter().map(|_| StringBuilder::new()).collect();
        Self { columns, schema: Arc::new(Schema::new(fields)), rows: 0, bytes: 0, out }
    }

    /// Adds a row: the value of each column.
    pub(super) fn row<T: AsRef<str>>(&mut self, value: impl Fn(usize) -> Option<T>) -> Result<(), SourceError> {
        for (position, column) in self.columns.iter_mut().enumerate() {
            let value = value(position);
            let text = value.as_ref().map(AsRef::as_ref);
            self.bytes += text.map_or(0, str::len);
            column.append_option(text);
        }
        self.rows += 1;
        if self.rows >= BATCH_ROWS || self.bytes >= BATCH_BYTES { self.flush() } else { Ok(()) }
    }

    /// Counts a record that could not be read.
    pub(super) fn reject(&mut self, reason: impl FnOnce() -> String) {
        self.out.reject(reason);
    }

    /// Hands over what was gathered.
    pub(super) fn flush(&mut self) -> Result<(), SourceError> {
        if self.rows > 0 {
            let arrays = self.columns.iter_mut().map(|column| -> ArrayRef { Arc::new(column.finish()) }).collect();
            let batch = RecordBatch::try_new(Arc::clone(&self.schema), arrays)
                .map_err(|cause| SourceError::from_read("the declared columns", std::io::Error::other(cause)))?;
            self.out.batches.push(batch);
        }
        (self.rows, self.bytes) = (0, 0);
        Ok(())
    }
}
