//! Declared Parquet: columns by name, with the types they have.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use arrow::{
    array::{ArrayRef, RecordBatch, RecordBatchOptions},
    datatypes::{Field, Schema},
};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::{Declared, DeclaredColumn, DeclaredPlace, DeclaredRows};
use crate::{SourceError, bytes::Stream};

/// Reads the columns that are declared and there; the others are left out of the batches.
pub(super) fn read(name: &str, stream: Stream<'_>, declared: &Declared, rows: &mut DeclaredRows) -> Result<(), SourceError> {
    let fault = |cause: String| SourceError::Parquet { source_name: name.to_owned(), cause };
    let file = stream.into_file().map_err(|cause| SourceError::from_read(name, cause))?;
    // The reader may panic over a file whose pages contradict its footer.
    let read = || -> Result<Vec<RecordBatch>, String> {
        let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|cause| cause.to_string())?;
        let reader = builder.build().map_err(|cause| cause.to_string())?;
        reader.map(|batch| batch.map_err(|cause| cause.to_string()).and_then(|batch| chosen(&batch, declared))).collect()
    };
    let batches = catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| Err("its pages contradict its footer".to_owned()));
    rows.batches.extend(batches.map_err(fault)?);
    Ok(())
}

fn chosen(batch: &RecordBatch, declared: &Declared) -> Result<RecordBatch, String> {
    let (mut fields, mut arrays): (Vec<Field>, Vec<ArrayRef>) = (Vec::new(), Vec::new());
    for column in &declared.columns {
        if let Some(array) = batch.column_by_name(name_in_file(column)) {
            fields.push(Field::new(&column.name, array.data_type().clone(), true));
            arrays.push(Arc::clone(array));
        }
    }
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), arrays, &options).map_err(|cause| cause.to_string())
}

fn name_in_file(column: &DeclaredColumn) -> &str {
    match &column.place {
        Some(DeclaredPlace::Column(name)) => name,
        Some(DeclaredPlace::Path(path)) => path.trim_start_matches("$.").trim_start_matches('$'),
        _ => &column.name,
    }
}
