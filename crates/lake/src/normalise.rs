//! Batches as sources give them, brought to a table's stored columns.
//!
//! Must not know files. Start with [`normalise`].

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, StringArray, new_null_array};
use datafusion::arrow::buffer::{Buffer, OffsetBuffer};
use datafusion::arrow::compute::kernels::zip::zip;
use datafusion::arrow::compute::{CastOptions, cast_with_options, is_null};
use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::arrow::record_batch::RecordBatch;
use schema::Table;

use crate::LakeError;
use crate::columns::{Layout, is_bookkeeping};

/// Rows in stored form: a column that the input lacks is absent until it is written.
#[derive(Debug)]
pub(crate) struct Part {
    /// One entry a stored column, in the layout's order; columns added later are missing at the end.
    pub(crate) columns: Vec<Option<ArrayRef>>,
    /// Number of rows.
    pub(crate) rows: usize,
    /// Their identities.
    pub(crate) ids: Vec<u128>,
    /// The number of their source within the ingest.
    pub(crate) source: usize,
}

impl Part {
    /// The column at a place, made of empty values where the input has none.
    pub(crate) fn column(&self, place: usize, field: &Field) -> ArrayRef {
        match self.columns.get(place) {
            Some(Some(column)) => Arc::clone(column),
            _ => filler(field, self.rows),
        }
    }

    /// Whether the input has the column.
    pub(crate) fn has(&self, place: usize) -> bool {
        self.columns.get(place).is_some_and(Option::is_some)
    }

    /// Bytes of memory that the rows keep.
    pub(crate) fn bytes(&self) -> usize {
        let columns = self.columns.iter().flatten();
        columns.map(|column| column.to_data().get_slice_memory_size().unwrap_or(0)).sum::<usize>() + self.rows * 16
    }
}

/// A column without content: `""` where text is never null, null elsewhere.
pub(crate) fn filler(field: &Field, rows: usize) -> ArrayRef {
    if *field.data_type() == DataType::Utf8 && !field.is_nullable() {
        return Arc::new(StringArray::new(OffsetBuffer::new_zeroed(rows), Buffer::default(), None));
    }
    new_null_array(field.data_type(), rows)
}

/// The columns of `batch` at their places in the layout, which grows by the columns it does not know.
pub(crate) fn normalise(layout: &mut Layout, table: &Table, batch: &RecordBatch) -> Result<Vec<Option<ArrayRef>>, LakeError> {
    let mut columns: Vec<Option<ArrayRef>> = vec![None; layout.columns.len()];
    let mut aliased: Vec<(usize, ArrayRef)> = Vec::new();
    for (field, column) in batch.schema_ref().fields().iter().zip(batch.columns()) {
        let known = table.column(field.name()).is_some();
        // A data file of a lake given as input brings its bookkeeping along, which is no telemetry.
        if !known && (column.null_count() == column.len() || is_bookkeeping(field.name())) {
            continue;
        }
        let place = layout.place(table, field.name(), column.data_type())?;
        columns.resize(layout.columns.len(), None);
        let stored = stored_form(table, &layout.columns[place].field, field.name(), column)?;
        let is_alias = known && layout.columns[place].field.name() != field.name();
        if is_alias {
            aliased.push((place, stored));
        } else {
            columns[place] = Some(stored);
        }
    }
    // The column's own name wins; another name for the same data fills its gaps.
    for (place, alias) in aliased {
        let both = match columns[place].take() {
            None => alias,
            Some(own) if own.null_count() == 0 => own,
            Some(own) => is_null(&own)
                .and_then(|gaps| zip(&gaps, &alias, &own))
                .map_err(|source| LakeError::Arrow { table: table.name.clone(), source })?,
        };
        columns[place] = Some(both);
    }
    Ok(columns)
}

fn stored_form(table: &Table, field: &Field, input: &str, column: &ArrayRef) -> Result<ArrayRef, LakeError> {
    // A value that does not fit is an error, not a null: nothing is lost silently.
    let options = CastOptions { safe: false, ..CastOptions::default() };
    let failed = |source| LakeError::ColumnType {
        table: table.name.clone(),
        column: input.to_owned(),
        expected: field.data_type().clone(),
        found: column.data_type().clone(),
        source,
    };
    let cast = if column.data_type() == field.data_type() {
        Arc::clone(column)
    } else {
        cast_with_options(column, field.data_type(), &options).map_err(failed)?
    };
    if field.is_nullable() || cast.null_count() == 0 {
        return Ok(cast);
    }
    Ok(Arc::new(cast.as_string::<i32>().iter().map(|text| Some(text.unwrap_or(""))).collect::<StringArray>()))
}
