//! Parquet, by row group. Rejects count rows from 1.
//!
//! Values take the same way as those of any other input, typed rather than as text, so that the same rules hold for them.

mod cells;

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use ::parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use arrow::array::RecordBatch;

use super::Reading;
use crate::SourceError;
use crate::assemble::Assembler;
use crate::bytes::Stream;
use crate::field::Field;
use crate::json;
use crate::output::Outcome;
use crate::route::Router;
use cells::{BadCell, Cells};

/// Rows decoded at a time.
const BATCH_ROWS: usize = 8192;

pub(super) fn is_parquet(head: &[u8]) -> bool {
    head.starts_with(b"PAR1")
}

impl Reading<'_, '_> {
    pub(super) fn parquet(&mut self, source: &str, stream: Stream<'_>) -> Outcome {
        let fault = |cause: String| SourceError::Parquet { source_name: source.to_owned(), cause };
        let file = stream.into_file().map_err(|cause| SourceError::from_read(source, cause))?;
        let open = || -> Result<ParquetRecordBatchReader, String> {
            let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|cause| cause.to_string())?;
            builder.with_batch_size(BATCH_ROWS).build().map_err(|cause| cause.to_string())
        };
        let mut reader = guarded(open).map_err(fault)?;
        let name: Arc<str> = source.into();
        let mut assembler = Assembler::new(&name, &self.options, &Router::new(self.options.table.as_deref(), source));
        let (mut row, mut first) = (1, true);
        loop {
            let next = guarded(|| reader.next().transpose().map_err(|cause| cause.to_string()));
            let batch = match next {
                Ok(Some(batch)) => batch,
                Ok(None) => return Ok(()),
                Err(cause) => return Err(fault(cause).into()),
            };
            rows(&mut assembler, &batch, row).map_err(fault)?;
            row += batch.num_rows() as u64;
            self.output.deliver(source, assembler.finish(), std::mem::take(&mut first))?;
        }
    }
}

/// Runs a step of the Parquet reader, which may panic over a file whose pages contradict its footer.
fn guarded<T>(step: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(step)).unwrap_or_else(|_| Err("its pages contradict its footer".to_owned()))
}

fn rows(assembler: &mut Assembler, batch: &RecordBatch, first_row: u64) -> Result<(), String> {
    let schema = batch.schema();
    let mut columns = Vec::with_capacity(batch.num_columns());
    for (field, array) in schema.fields().iter().zip(batch.columns()) {
        let cells = Cells::new(array).map_err(|cause| format!("column `{}`: {cause}", field.name()))?;
        columns.push((field.name(), cells));
    }
    let mut fields = Vec::with_capacity(columns.len());
    for (row, number) in (0..batch.num_rows()).zip(first_row..) {
        fields.clear();
        let mut bad = None;
        for (name, cells) in &columns {
            match cells.value(row) {
                Ok(value) => fields.push(Field { key: Cow::Borrowed(name.as_str()), value }),
                Err(BadCell::NotUtf8) => bad = Some(format!("column `{name}` is not UTF-8")),
            }
        }
        match bad {
            Some(reason) => assembler.reject(number, None, reason, || written(&fields)),
            None => assembler.row(&fields, number, || written(&fields)),
        }
    }
    Ok(())
}

/// A row as a JSON object would show it.
fn written(fields: &[Field<'_>]) -> String {
    let mut out = String::from("{");
    for field in fields {
        if out.len() > 1 {
            out.push(',');
        }
        json::quote(&field.key, &mut out);
        out.push(':');
        match field.value.plain_text() {
            Some(text) => json::quote(text, &mut out),
            None => out.push_str(&field.value.shown()),
        }
    }
    out.push('}');
    out
}
