//! A table's stored columns: which there are, in what form, and which of them queries see.
//!
//! Must not know files or rows. Start with [`Layout`].
//!
//! A Delta column carries its role as field metadata: a text column that is never null (`spoofwatch.text`), a column that
//! is not documented (`spoofwatch.extra`, its name in the input), a bookkeeping column (`spoofwatch.bookkeeping`).

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use deltalake::kernel::engine::arrow_conversion::{TryIntoArrow, TryIntoKernel};
use deltalake::kernel::{MetadataValue, StructField, StructType};
use hashbrown::HashMap;
use schema::{INGESTION_TIME, Table, Type};

use crate::LakeError;

/// The two halves of a row's identity, high half first; stored with every row, hidden from queries.
pub const ROW_ID: [&str; 2] = ["_RowIdHigh", "_RowIdLow"];

/// How many columns a table may have, unknown ones included.
pub const COLUMN_LIMIT: usize = 1000;

/// How many columns have minima and maxima in the Delta log: what Delta's own default is.
const STATISTICS_LIMIT: usize = 32;

const TEXT: &str = "spoofwatch.text";
const EXTRA: &str = "spoofwatch.extra";
const BOOKKEEPING: &str = "spoofwatch.bookkeeping";

/// What a stored column is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Role {
    /// Given by the table's documentation.
    Documented,
    /// Found in the input under this name.
    Extra(String),
    /// Ours: a half of the row's identity, or when it came in.
    Bookkeeping,
}

/// One stored column.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    /// Name, type and nullability in data files; text is `Utf8`.
    pub(crate) field: Field,
    /// What it is.
    pub(crate) role: Role,
}

/// The stored columns of a table, in the order of its Delta schema.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    /// Every stored column.
    pub(crate) columns: Vec<Stored>,
    /// The time column.
    pub(crate) time: String,
}

impl Layout {
    /// The layout of a table that does not exist yet.
    pub(crate) fn new(table: &Table) -> Self {
        let documented = table.stored().map(documented);
        Self { columns: documented.chain(bookkeeping()).collect(), time: table.time_column.clone() }
    }

    /// The layout of a table as its Delta schema tells it; `None` when a column's type has no Arrow form.
    pub(crate) fn from_delta(schema: &StructType, time: String) -> Option<Self> {
        let columns = schema.fields().map(stored).collect::<Option<Vec<_>>>()?;
        Some(Self { columns, time })
    }

    /// The Delta form of the columns; every column is nullable there, so that columns can be added to old files.
    pub(crate) fn to_delta(&self) -> Result<Vec<StructField>, arrow::error::ArrowError> {
        self.columns.iter().map(delta_field).collect()
    }

    /// Adds the documented and bookkeeping columns that the table does not have; returns whether there were any.
    pub(crate) fn complete(&mut self, table: &Table) -> bool {
        let wanted = table.stored().map(documented).chain(bookkeeping());
        let missing: Vec<Stored> = wanted.filter(|column| self.clash(column.field.name()).is_none()).collect();
        let any = !missing.is_empty();
        self.columns.extend(missing);
        any
    }

    /// The place of the column that the input calls `name`, added as an unknown column when there is none.
    ///
    /// `given` is its type in the input, which a truth value, a number with a fraction and a time keep. All else that is
    /// unknown is text, which takes whatever the next input has under that name.
    pub(crate) fn place(&mut self, table: &Table, name: &str, given: &DataType) -> Result<usize, LakeError> {
        let stored_name = table.column(name).map_or(name, |column| column.name.as_str());
        let found = self.columns.iter().position(|stored| match &stored.role {
            Role::Documented => stored.field.name() == stored_name,
            Role::Extra(input) => input == name,
            Role::Bookkeeping => false,
        });
        if let Some(place) = found {
            return Ok(place);
        }
        let limit = COLUMN_LIMIT;
        if self.columns.len() >= limit {
            return Err(LakeError::TooManyColumns { table: table.name.clone(), found: self.columns.len() + 1, limit });
        }
        let kept = [Type::Bool, Type::Real, Type::Datetime].map(Type::storage_type).contains(given);
        let field = Field::new(self.free_name(name), if kept { given.clone() } else { DataType::Utf8 }, kept);
        self.columns.push(Stored { field, role: Role::Extra(name.to_owned()) });
        Ok(self.columns.len() - 1)
    }

    /// A name for an unknown column that Delta accepts.
    ///
    /// Parquet forbids ` ,;{}()\n\t=` (Delta protocol, "Column Mapping"), and Delta's names differ in more than case:
    /// `subject` beside `Subject` becomes `subject1`, as Kusto renames a second column of the same name.
    fn free_name(&self, name: &str) -> String {
        let clean: String = name.chars().map(|c| if " ,;{}()\n\t=\r".contains(c) { '_' } else { c }).collect();
        let clean = if clean.is_empty() { "Column".to_owned() } else { clean };
        let mut free = clean.clone();
        let mut suffix = 0;
        while self.clash(&free).is_some() {
            suffix += 1;
            free = format!("{clean}{suffix}");
        }
        free
    }

    fn clash(&self, name: &str) -> Option<&Stored> {
        let lower = name.to_lowercase();
        self.columns.iter().find(|stored| stored.field.name().to_lowercase() == lower)
    }

    /// The schema of the data files.
    pub(crate) fn file_schema(&self) -> SchemaRef {
        Arc::new(Schema::new(self.columns.iter().map(|stored| stored.field.clone()).collect::<Vec<_>>()))
    }

    /// The file schema with text as views: how every stored column is read when files are rewritten.
    pub(crate) fn full_schema(&self) -> SchemaRef {
        Arc::new(Schema::new(self.columns.iter().map(|stored| viewed(&stored.field)).collect::<Vec<_>>()))
    }

    /// What queries see: documented columns, then the unknown ones, then when the row came in; text as views.
    pub(crate) fn visible_schema(&self) -> SchemaRef {
        let documented = self.columns.iter().filter(|stored| stored.role == Role::Documented);
        let extra = self.columns.iter().filter(|stored| matches!(stored.role, Role::Extra(_)));
        let arrival = self.columns.iter().filter(|stored| is_arrival(stored));
        Arc::new(Schema::new(documented.chain(extra).chain(arrival).map(|stored| viewed(&stored.field)).collect::<Vec<_>>()))
    }

    /// The unknown columns, by the names they are stored under.
    pub(crate) fn extras(&self) -> Vec<String> {
        let extra = self.columns.iter().filter(|stored| matches!(stored.role, Role::Extra(_)));
        extra.map(|stored| stored.field.name().clone()).collect()
    }

    /// The place of the time column, if it is stored.
    pub(crate) fn time_place(&self) -> Option<usize> {
        self.columns.iter().position(|stored| *stored.field.name() == self.time)
    }

    /// Where each stored name stands.
    pub(crate) fn places(&self) -> HashMap<String, usize> {
        self.columns.iter().enumerate().map(|(place, stored)| (stored.field.name().clone(), place)).collect()
    }
}

/// The columns that the lake keeps beside the telemetry. Nullable: rows that another program adds have neither.
fn bookkeeping() -> impl Iterator<Item = Stored> {
    let ids = ROW_ID.map(|name| Field::new(name, DataType::Int64, true));
    let arrival = Field::new(INGESTION_TIME, Type::Datetime.storage_type(), true);
    ids.into_iter().chain([arrival]).map(|field| Stored { field, role: Role::Bookkeeping })
}

/// Whether a column of that name is the lake's own, and no telemetry.
pub(crate) fn is_bookkeeping(name: &str) -> bool {
    ROW_ID.contains(&name) || name == INGESTION_TIME
}

/// Whether the column tells when a row came in.
fn is_arrival(stored: &Stored) -> bool {
    stored.role == Role::Bookkeeping && stored.field.name() == INGESTION_TIME
}

/// The columns whose minima, maxima and null counts the Delta log keeps: the time column, when rows came in, then scalar
/// columns.
///
/// JSON columns are left out: their minima prune nothing and fill the log. So are numbers with a fraction: the log's JSON
/// has no NaN.
pub(crate) fn statistics_columns(table: &Table) -> Vec<String> {
    let scalar = |column: &&schema::Column| match column.ty {
        Type::Dynamic | Type::Real | Type::Decimal => false,
        Type::String => !column.json,
        Type::Bool | Type::Int | Type::Long | Type::Datetime | Type::Timespan | Type::Guid => true,
    };
    let others = table.stored().filter(scalar).map(|column| &column.name).filter(|name| **name != table.time_column);
    let times = [table.time_column.as_str(), INGESTION_TIME].into_iter();
    times.chain(others.map(String::as_str)).take(STATISTICS_LIMIT).map(str::to_owned).collect()
}

fn documented(column: &schema::Column) -> Stored {
    let field = Field::new(&column.name, column.ty.storage_type(), column.ty != Type::String);
    Stored { field, role: Role::Documented }
}

fn viewed(field: &Field) -> Field {
    match field.data_type() {
        DataType::Utf8 => field.clone().with_data_type(DataType::Utf8View),
        _ => field.clone(),
    }
}

fn delta_field(stored: &Stored) -> Result<StructField, arrow::error::ArrowError> {
    let arrow = stored.field.clone().with_nullable(true);
    let field: StructField = (&arrow).try_into_kernel()?;
    let mut metadata: Vec<(&str, MetadataValue)> = Vec::new();
    if *stored.field.data_type() == DataType::Utf8 && !stored.field.is_nullable() {
        metadata.push((TEXT, "never null".into()));
    }
    match &stored.role {
        Role::Documented => {}
        Role::Extra(input) => metadata.push((EXTRA, input.into())),
        Role::Bookkeeping if is_arrival(stored) => metadata.push((BOOKKEEPING, "ingestion time".into())),
        Role::Bookkeeping => metadata.push((BOOKKEEPING, "row identity".into())),
    }
    Ok(field.with_metadata(metadata))
}

fn stored(field: &StructField) -> Option<Stored> {
    let arrow: Field = field.try_into_arrow().ok()?;
    let bookkeeping = field.metadata.contains_key(BOOKKEEPING);
    let never_null = field.metadata.contains_key(TEXT);
    let role = match field.metadata.get(EXTRA) {
        _ if bookkeeping => Role::Bookkeeping,
        Some(MetadataValue::String(input)) => Role::Extra(input.clone()),
        _ => Role::Documented,
    };
    let data_type = match arrow.data_type() {
        DataType::Timestamp(TimeUnit::Microsecond, Some(_)) => Type::Datetime.storage_type(),
        other => other.clone(),
    };
    Some(Stored { field: Field::new(field.name(), data_type, !never_null), role })
}

#[cfg(test)]
mod tests {
    use schema::{INGESTION_TIME, Table};

    use super::Layout;

    #[test]
    fn a_table_made_before_arrivals_were_kept_gets_the_column() {
        let table = Table::undocumented("Old_CL", "TimeGenerated");
        let mut layout = Layout::new(&table);
        layout.columns.retain(|stored| stored.field.name() != INGESTION_TIME);
        assert!(layout.visible_schema().field_with_name(INGESTION_TIME).is_err());
        assert!(layout.complete(&table));
        assert!(layout.visible_schema().field_with_name(INGESTION_TIME).is_ok());
        assert!(!layout.complete(&table));
    }
}
