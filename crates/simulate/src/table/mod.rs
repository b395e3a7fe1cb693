//! The tables that are written, one file each, and the builder that collects their rows into record batches.
//!
//! Must not know what a row means. Column names and types are those of the crate `schema`; a test compares them.

pub(crate) mod cloud_app_events;
pub(crate) mod email_attachment_info;
pub(crate) mod email_events;
pub(crate) mod email_post_delivery_events;
pub(crate) mod email_url_info;
pub(crate) mod identity_info;
pub(crate) mod o365_audit;
pub(crate) mod office_activity;
pub(crate) mod simulation_labels;
pub(crate) mod url_click_events;

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanBuilder, Int32Builder, Int64Builder, RecordBatch, StringBuilder, TimestampMicrosecondBuilder,
};
use arrow::datatypes::{Field, Schema, SchemaRef};
use schema::Type;

use crate::Error;

/// A table: its name and the columns that are written, in order.
#[derive(Debug)]
pub(crate) struct Layout {
    pub(crate) name: &'static str,
    pub(crate) columns: &'static [(&'static str, Type)],
}

/// Every table, in the order of [`tables`].
pub(crate) static LAYOUTS: [&Layout; 10] = [
    &email_events::LAYOUT,
    &email_url_info::LAYOUT,
    &email_attachment_info::LAYOUT,
    &email_post_delivery_events::LAYOUT,
    &url_click_events::LAYOUT,
    &cloud_app_events::LAYOUT,
    &office_activity::LAYOUT,
    &o365_audit::LAYOUT,
    &identity_info::LAYOUT,
    &simulation_labels::LAYOUT,
];

/// The names of the tables that are written.
#[must_use]
pub fn tables() -> &'static [&'static str] {
    static NAMES: std::sync::LazyLock<Vec<&'static str>> =
        std::sync::LazyLock::new(|| LAYOUTS.iter().map(|layout| layout.name).collect());
    &NAMES
}

/// The columns of a table that are written, in order; `None` for a table that is not.
#[must_use]
pub fn columns(table: &str) -> Option<&'static [(&'static str, Type)]> {
    LAYOUTS.iter().find(|layout| layout.name == table).map(|layout| layout.columns)
}

/// The values of one column so far.
#[derive(Debug)]
enum Cells {
    Text(StringBuilder),
    Int(Int32Builder),
    Long(Int64Builder),
    Bool(BooleanBuilder),
    Time(TimestampMicrosecondBuilder),
}

impl Cells {
    /// Only the types that the layouts use have a form of their own; a test keeps it so.
    fn new(ty: Type) -> Self {
        match ty {
            Type::Int => Self::Int(Int32Builder::new()),
            Type::Long | Type::Timespan => Self::Long(Int64Builder::new()),
            Type::Bool => Self::Bool(BooleanBuilder::new()),
            Type::Datetime => Self::Time(TimestampMicrosecondBuilder::new().with_timezone("UTC")),
            Type::String | Type::Dynamic | Type::Guid | Type::Real | Type::Decimal => Self::Text(StringBuilder::new()),
        }
    }

    fn null(&mut self) {
        match self {
            Self::Text(cells) => cells.append_null(),
            Self::Int(cells) => cells.append_null(),
            Self::Long(cells) => cells.append_null(),
            Self::Bool(cells) => cells.append_null(),
            Self::Time(cells) => cells.append_null(),
        }
    }

    fn finish(&mut self) -> ArrayRef {
        match self {
            Self::Text(cells) => Arc::new(cells.finish()),
            Self::Int(cells) => Arc::new(cells.finish()),
            Self::Long(cells) => Arc::new(cells.finish()),
            Self::Bool(cells) => Arc::new(cells.finish()),
            Self::Time(cells) => Arc::new(cells.finish()),
        }
    }
}

/// Rows of a table that wait to become a record batch.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) layout: &'static Layout,
    schema: SchemaRef,
    cells: Vec<Cells>,
    waiting: usize,
    /// Rows written since the beginning.
    pub(crate) rows: u64,
}

impl Table {
    /// An empty table.
    pub(crate) fn new(layout: &'static Layout) -> Self {
        let fields: Vec<Field> = layout.columns.iter().map(|(name, ty)| Field::new(*name, ty.storage_type(), true)).collect();
        let cells = layout.columns.iter().map(|(_, ty)| Cells::new(*ty)).collect();
        Self { layout, schema: Arc::new(Schema::new(fields)), cells, waiting: 0, rows: 0 }
    }

    /// Begins a row; its columns are then given in order.
    pub(crate) fn row(&mut self) -> Row<'_> {
        self.waiting += 1;
        self.rows += 1;
        Row { columns: self.layout.columns, cells: &mut self.cells, at: 0 }
    }

    /// How many rows wait.
    pub(crate) const fn waiting(&self) -> usize {
        self.waiting
    }

    /// The waiting rows as a batch.
    pub(crate) fn take(&mut self) -> Result<RecordBatch, Error> {
        self.waiting = 0;
        let columns = self.cells.iter_mut().map(Cells::finish).collect();
        RecordBatch::try_new(Arc::clone(&self.schema), columns).map_err(|source| Error::Batch { table: self.layout.name, source })
    }
}

/// A row that is being written. Each call names the column, which debug builds check; a dropped row has nulls in the rest.
#[derive(Debug)]
pub(crate) struct Row<'a> {
    columns: &'static [(&'static str, Type)],
    cells: &'a mut [Cells],
    at: usize,
}

impl Row<'_> {
    /// Moves on to `name`; columns between are null.
    fn next(&mut self, name: &str) -> Option<&mut Cells> {
        while self.columns.get(self.at).is_some_and(|(column, _)| !std::ptr::eq(*column, name) && *column != name) {
            self.cells[self.at].null();
            self.at += 1;
        }
        debug_assert!(self.at < self.columns.len(), "{name} is no column, or comes before one that was written");
        self.at += 1;
        self.cells.get_mut(self.at - 1)
    }

    /// Writes a text or JSON.
    pub(crate) fn text(&mut self, name: &str, value: &str) -> &mut Self {
        match self.next(name) {
            Some(Cells::Text(cells)) => cells.append_value(value),
            other => misfit(other, name),
        }
        self
    }

    /// Writes a text, or null.
    pub(crate) fn text_or_null(&mut self, name: &str, value: Option<&str>) -> &mut Self {
        match self.next(name) {
            Some(Cells::Text(cells)) => cells.append_option(value),
            other => misfit(other, name),
        }
        self
    }

    /// Writes an `int`, or null.
    pub(crate) fn int(&mut self, name: &str, value: Option<i32>) -> &mut Self {
        match self.next(name) {
            Some(Cells::Int(cells)) => cells.append_option(value),
            other => misfit(other, name),
        }
        self
    }

    /// Writes a `long`.
    pub(crate) fn long(&mut self, name: &str, value: i64) -> &mut Self {
        match self.next(name) {
            Some(Cells::Long(cells)) => cells.append_value(value),
            other => misfit(other, name),
        }
        self
    }

    /// Writes a `bool`.
    pub(crate) fn bool(&mut self, name: &str, value: bool) -> &mut Self {
        match self.next(name) {
            Some(Cells::Bool(cells)) => cells.append_value(value),
            other => misfit(other, name),
        }
        self
    }

    /// Writes a `datetime`.
    pub(crate) fn time(&mut self, name: &str, value: i64) -> &mut Self {
        match self.next(name) {
            Some(Cells::Time(cells)) => cells.append_value(value),
            other => misfit(other, name),
        }
        self
    }
}

impl Drop for Row<'_> {
    fn drop(&mut self) {
        for cells in self.cells.iter_mut().skip(self.at) {
            cells.null();
        }
    }
}

/// A value of another type than its column is a fault of this crate: tests stop at it, a release keeps the rows whole.
fn misfit(cells: Option<&mut Cells>, name: &str) {
    debug_assert!(false, "column {name} has another type");
    if let Some(cells) = cells {
        cells.null();
    }
}

#[cfg(test)]
mod tests {
    use schema::{Registry, Type};

    use super::LAYOUTS;

    #[test]
    fn columns_are_those_of_the_schema_in_its_types() {
        for layout in LAYOUTS {
            let table = Registry::builtin().table(layout.name);
            assert!(table.is_some(), "schema has no table {}", layout.name);
            for (name, ty) in layout.columns {
                let column = table.and_then(|table| table.stored().find(|column| column.name == *name));
                assert_eq!(column.map(|column| column.ty), Some(*ty), "{}.{name}", layout.name);
            }
            assert_eq!(table.map(|table| table.time_column.as_str()), layout.columns.first().map(|(name, _)| *name));
        }
    }

    #[test]
    fn the_builder_has_a_form_for_every_type_in_use() {
        let used = LAYOUTS.iter().flat_map(|layout| layout.columns).map(|(_, ty)| *ty);
        assert!(used.into_iter().all(|ty| !matches!(ty, Type::Real | Type::Decimal)));
    }
}
