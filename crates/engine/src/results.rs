//! The rows of a query, in memory.

use datafusion::arrow::array::{Array, RecordBatch};
use serde_json::{Map, Value};

use crate::{relation::Column, render::Visualization};

/// Columns, rows, and how they ask to be drawn.
#[derive(Debug, Clone)]
pub struct Results {
    /// In order; names are unique.
    pub columns: Vec<Column>,
    /// Rows in order; the columns' Arrow types are [`schema::Type::engine_type`].
    pub batches: Vec<RecordBatch>,
    /// What `render` asked for.
    pub visualization: Option<Visualization>,
    /// What the table is called, if it has a name.
    pub name: Option<String>,
    /// The tables after the first, of a query that gives several: `fork`, `facet`, queries parted by `;`.
    pub more: Vec<Self>,
}

impl Results {
    /// Number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    /// The first `count` rows as JSON objects by column, with values as the machine interface prints them; what a `dynamic` cell
    /// holds that is no JSON is a text.
    #[must_use]
    pub fn objects(&self, count: usize) -> Vec<Map<String, Value>> {
        let mut text = String::new();
        let mut cell = |array: &dyn Array, ty, row| {
            text.clear();
            crate::value::write_json(array, ty, row, &mut text);
            serde_json::from_str(&text).unwrap_or_else(|_| Value::String(text.clone()))
        };
        let mut rows = Vec::with_capacity(count.min(self.rows()));
        for batch in &self.batches {
            for row in 0..batch.num_rows().min(count - rows.len()) {
                let cells = self.columns.iter().zip(batch.columns());
                rows.push(cells.map(|(column, array)| (column.name.clone(), cell(array.as_ref(), column.ty, row))).collect());
            }
        }
        rows
    }
}
