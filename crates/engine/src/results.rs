//! The rows of a query, in memory.

use datafusion::arrow::array::RecordBatch;

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
}
