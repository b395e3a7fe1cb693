//! The rows of one table being put together: names of the input to columns, values to batches.
//!
//! Must not know where rows come from or how their table was found. Start with [`TableRows::push`].

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{BooleanArray, RecordBatch, RecordBatchOptions, new_null_array};
use arrow::compute::filter_record_batch;
use arrow::datatypes::{Field as ArrowField, Schema};
use arrow::error::ArrowError;
use schema::{Registry, Table, Type};

use crate::column::{Column, Refused};
use crate::field::{Field, Raw};

/// Unknown columns a table may gain; more are not telemetry but names made from data, and would make a column each.
const MAX_EXTRA_COLUMNS: usize = 1000;

/// Names under which exports write the moment of a record, best first.
pub(crate) const TIME_NAMES: [&str; 3] = ["Timestamp", "TimeGenerated", "@timestamp"];

/// Why a record did not become a row.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RowFault {
    /// A value that is none of its column's type.
    #[error("column `{column}` ({ty}) cannot hold {value}{}", advice(*.ty))]
    Value { column: String, ty: Type, value: String },
    /// The same name twice in one record.
    #[error("column `{column}` stands twice in the row")]
    Twice { column: String },
    /// No time.
    #[error("the row has no time: neither `Timestamp` nor `TimeGenerated` holds one")]
    NoTime,
    /// A member with an empty name.
    #[error("a column has no name")]
    NoName,
    /// Names made from data.
    #[error("column `{column}` would be unknown column number {}; the row's names look like data", MAX_EXTRA_COLUMNS + 1)]
    TooManyColumns { column: String },
}

fn advice(ty: Type) -> &'static str {
    if ty == Type::Datetime { ": not a moment in the years 1 to 9999" } else { "" }
}

/// What a name of the input stands for.
#[derive(Debug, Clone, Copy)]
struct Slot {
    column: Option<usize>,
    /// True for another spelling or an alias: it fills the column only where the column's own name does not.
    weak: bool,
    /// The name that followed this one the last time.
    next: usize,
}

/// The rows of one table being put together.
#[derive(Debug)]
pub(crate) struct TableRows {
    pub(crate) table: String,
    known: Option<&'static Table>,
    columns: Vec<Column>,
    /// How many of `columns` are documented; the rest are extras.
    documented: usize,
    time: usize,
    /// The column that says when a row arrived, and when that is.
    arrival: Option<(usize, i64)>,
    names: Vec<String>,
    slots: Vec<Slot>,
    by_name: HashMap<String, usize>,
    /// The slot that records begin with, the one expected next, and the one before it in this record.
    first: usize,
    predicted: usize,
    last: Option<usize>,
    rows: usize,
    /// Rows that began to be filled and turned out to be at fault.
    dead: Vec<usize>,
    /// Names of extras not yet reported.
    new_extras: Vec<String>,
}

impl TableRows {
    /// `arrived` is when the rows arrive, in microseconds since 1970.
    pub(crate) fn new(table: &str, arrived: Option<i64>) -> Self {
        let known = Registry::builtin().table(table);
        let mut columns: Vec<Column> =
            known.iter().flat_map(|table| table.stored()).map(|column| Column::new(column.name.clone(), column.ty)).collect();
        let time_name = known.map_or_else(|| unknown_time_column(table), |table| &table.time_column);
        let time = columns.iter().position(|column| column.name == time_name).unwrap_or_else(|| {
            columns.insert(0, Column::new(time_name.to_owned(), Type::Datetime));
            0
        });
        let arrival = known.and_then(|table| table.arrival.as_deref());
        let arrival = arrival.and_then(|name| columns.iter().position(|column| column.name == name)).zip(arrived);
        Self {
            table: table.to_owned(),
            known,
            documented: columns.len(),
            columns,
            time,
            arrival,
            names: Vec::new(),
            slots: Vec::new(),
            by_name: HashMap::new(),
            first: 0,
            predicted: 0,
            last: None,
            rows: 0,
            dead: Vec::new(),
            new_extras: Vec::new(),
        }
    }

    /// Rows waiting, those at fault included.
    pub(crate) fn waiting(&self) -> usize {
        self.rows
    }

    /// Makes a record a row. `spare` fills columns that the record leaves empty, and makes no new ones: what stands around a streamed record.
    pub(crate) fn push(&mut self, fields: &[Field<'_>], spare: &[Field<'_>]) -> Result<(), RowFault> {
        let row = self.rows;
        self.rows += 1;
        let filled = self.fill(row, fields, spare);
        if filled.is_err() {
            self.dead.push(row);
        }
        filled
    }

    fn fill(&mut self, row: usize, fields: &[Field<'_>], spare: &[Field<'_>]) -> Result<(), RowFault> {
        let mut weak = false;
        self.start();
        for field in fields {
            let slot = self.slot(&field.key)?;
            let Some(column) = slot.column else { continue };
            if slot.weak {
                weak = true;
            } else {
                set(&mut self.columns[column], row, field)?;
            }
        }
        if weak {
            self.start();
            for field in fields {
                let slot = self.slot(&field.key)?;
                self.set_if_empty(row, slot.column.filter(|_| slot.weak), field)?;
            }
        }
        for field in spare {
            let column =
                if field.key == "time" { Some(self.time) } else { self.documented_column(&field.key).map(|(column, _)| column) };
            self.set_if_empty(row, column, field)?;
        }
        if let Some((column, micros)) = self.arrival {
            let arrival = Field { key: Cow::Borrowed(""), value: Raw::Moment(micros) };
            self.set_if_empty(row, Some(column), &arrival)?;
        }
        if self.columns[self.time].filled(row) { Ok(()) } else { Err(RowFault::NoTime) }
    }

    fn set_if_empty(&mut self, row: usize, column: Option<usize>, field: &Field<'_>) -> Result<(), RowFault> {
        match column {
            Some(column) if !self.columns[column].filled(row) => set(&mut self.columns[column], row, field),
            _ => Ok(()),
        }
    }

    /// What a name stands for. Records name their members in the same order, so the name is first looked for where it
    /// stood the last time: one comparison instead of a hash.
    #[inline]
    fn slot(&mut self, name: &str) -> Result<Slot, RowFault> {
        if self.names.get(self.predicted).is_some_and(|predicted| predicted == name) {
            let slot = self.slots[self.predicted];
            self.last = Some(self.predicted);
            self.predicted = slot.next;
            return Ok(slot);
        }
        self.slot_by_hash(name)
    }

    /// Begins a record.
    fn start(&mut self) {
        self.predicted = self.first;
        self.last = None;
    }

    fn slot_by_hash(&mut self, name: &str) -> Result<Slot, RowFault> {
        let index = match self.by_name.get(name) {
            Some(&index) => index,
            None => self.new_slot(name)?,
        };
        // The name before this one leads here from now on.
        match self.last {
            Some(last) => self.slots[last].next = index,
            None => self.first = index,
        }
        self.last = Some(index);
        let slot = self.slots[index];
        self.predicted = slot.next;
        Ok(slot)
    }

    fn new_slot(&mut self, name: &str) -> Result<usize, RowFault> {
        let (column, weak) = match self.documented_column(name) {
            Some((column, weak)) => (Some(column), weak),
            // The table's own name, in exports of several tables at once.
            None if name == "$table" => (None, false),
            None if name.is_empty() => return Err(RowFault::NoName),
            None => (Some(self.extra(name)?), false),
        };
        let index = self.slots.len();
        self.slots.push(Slot { column, weak, next: index + 1 });
        self.names.push(name.to_owned());
        self.by_name.insert(name.to_owned(), index);
        Ok(index)
    }

    fn extra(&mut self, name: &str) -> Result<usize, RowFault> {
        if self.columns.len() - self.documented >= MAX_EXTRA_COLUMNS {
            return Err(RowFault::TooManyColumns { column: name.to_owned() });
        }
        self.columns.push(Column::new(name.to_owned(), self.extra_type(name)));
        // Of a table that nothing documents no column is documented, which is not worth a notice a column.
        if self.known.is_some() {
            self.new_extras.push(name.to_owned());
        }
        Ok(self.columns.len() - 1)
    }

    /// Text, but in custom tables of Log Analytics what the ending of the name says: `Score_d` holds numbers with a fraction.
    ///
    /// Source: "Record type and properties" of the HTTP Data Collector API, which gave the columns these endings.
    fn extra_type(&self, name: &str) -> Type {
        if !is_custom(&self.table) {
            return Type::String;
        }
        match name.rsplit_once('_') {
            Some((_, "b")) => Type::Bool,
            Some((_, "d")) => Type::Real,
            Some((_, "t")) => Type::Datetime,
            _ => Type::String,
        }
    }

    /// The documented column of a name, and whether the name is only another one for it.
    fn documented_column(&self, name: &str) -> Option<(usize, bool)> {
        let documented = || self.columns.iter().take(self.documented);
        if let Some(exact) = documented().position(|column| column.name == name) {
            return Some((exact, false));
        }
        if let Some(same) = documented().position(|column| column.name.eq_ignore_ascii_case(name)) {
            return Some((same, true));
        }
        let alias = self.known.and_then(|table| {
            let alias =
                table.columns.iter().find(|column| column.alias_of.is_some() && column.name.eq_ignore_ascii_case(name))?;
            documented().position(|column| Some(&column.name) == alias.alias_of.as_ref())
        });
        let time = || TIME_NAMES.iter().any(|time| time.eq_ignore_ascii_case(name)).then_some(self.time);
        alias.or_else(time).map(|column| (column, true))
    }

    /// The rows so far as a batch, or `None` if there are none; starts anew.
    pub(crate) fn finish(&mut self) -> Result<Option<RecordBatch>, ArrowError> {
        let rows = std::mem::take(&mut self.rows);
        let dead = std::mem::take(&mut self.dead);
        let (mut fields, mut arrays) = (Vec::with_capacity(self.columns.len()), Vec::with_capacity(self.columns.len()));
        for (index, column) in self.columns.iter_mut().enumerate() {
            if column.is_empty() && index >= self.documented {
                continue;
            }
            let ty = column.ty.storage_type();
            arrays.push(if column.is_empty() { new_null_array(&ty, rows) } else { column.finish(rows) });
            fields.push(ArrowField::new(&column.name, ty, true));
        }
        if rows == dead.len() {
            return Ok(None);
        }
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        let batch = RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), arrays, &options)?;
        if dead.is_empty() {
            return Ok(Some(batch));
        }
        let mut keep = vec![true; rows];
        for row in dead {
            keep[row] = false;
        }
        filter_record_batch(&batch, &BooleanArray::from(keep)).map(Some)
    }

    /// Unknown columns met since the last call.
    pub(crate) fn take_new_extras(&mut self) -> Vec<String> {
        std::mem::take(&mut self.new_extras)
    }
}

/// The time column of a table that is not documented: custom tables of Log Analytics (`..._CL`) have `TimeGenerated`.
fn unknown_time_column(table: &str) -> &'static str {
    if is_custom(table) { TIME_NAMES[1] } else { TIME_NAMES[0] }
}

/// Whether a table is one that a workspace of Log Analytics defined for itself: their names end so.
pub(crate) fn is_custom(table: &str) -> bool {
    table.ends_with("_CL")
}

#[inline]
fn set(column: &mut Column, row: usize, field: &Field<'_>) -> Result<(), RowFault> {
    column.push(row, field.value).map_err(|refused| fault(column, field, refused))
}

#[cold]
fn fault(column: &Column, field: &Field<'_>, refused: Refused) -> RowFault {
    match refused {
        Refused::Twice => RowFault::Twice { column: column.name.clone() },
        Refused::Type => RowFault::Value { column: field.key.to_string(), ty: column.ty, value: field.value.shown() },
    }
}
