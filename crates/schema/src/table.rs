//! One telemetry table: its columns and what they may hold.

use crate::{Type, nearest};

/// The stored column that tells when a row came in, which queries see as `ingestion_time()` only. Null where nothing is known
/// of it: the row's own time then stands for it.
pub const INGESTION_TIME: &str = "_IngestionTime";

/// A column as the documentation of its table gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Name, case-sensitive.
    pub name: String,
    /// Kusto type of the values.
    pub ty: Type,
    /// What the column holds, one sentence; empty where nothing is known beyond the name.
    pub doc: String,
    /// The closed set of values the column takes; empty when the set is open.
    pub values: Vec<String>,
    /// Another name for the same data (`CampaignSubtype` for `CampaignSubType`): it resolves in queries and input, and is not stored.
    pub alias_of: Option<String>,
    /// True for a text column that holds JSON (`AuthenticationDetails`).
    pub json: bool,
    /// True for a column that the vendor's table does not have: this program fills it from what the vendor's data does not say.
    /// Such columns stand behind all others.
    pub ours: bool,
}

/// A table of telemetry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Name, case-sensitive.
    pub name: String,
    /// What a row stands for, one sentence.
    pub doc: String,
    /// Columns in documented order, aliases included.
    pub columns: Vec<Column>,
    /// The stored time column (`Timestamp`, `TimeGenerated` or `@timestamp`); rows are laid out in its order.
    pub time_column: String,
    /// Stored columns that together say which event a row is. Two rows that agree in all of them, and have a value in each, are
    /// one row, whatever else they say; empty where only the whole row says who it is.
    pub key: Vec<String>,
    /// How many days apart two rows of one key may be; 0 where an event has one time whenever it is read. Where the time says when
    /// this program met the event, the same event comes again with a later one.
    pub key_days: u16,
    /// The stored `datetime` column that says when a row arrived here, if the table has one. It is filled on arrival where the
    /// data leaves it empty, and says nothing about who the row is.
    pub arrival: Option<String>,
}

impl Table {
    /// A table that nothing documents: all that is known is its time.
    #[must_use]
    pub fn undocumented(name: &str, time_column: &str) -> Self {
        let time = Column {
            name: time_column.to_owned(),
            ty: Type::Datetime,
            doc: String::new(),
            values: Vec::new(),
            alias_of: None,
            json: false,
            ours: false,
        };
        Self {
            name: name.to_owned(),
            doc: String::new(),
            columns: vec![time],
            time_column: time_column.to_owned(),
            key: Vec::new(),
            key_days: 0,
            arrival: None,
        }
    }

    /// The column of that name, or the column the name is an alias of.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        let found = self.columns.iter().find(|column| column.name == name)?;
        match &found.alias_of {
            None => Some(found),
            Some(target) => self.columns.iter().find(|column| column.name == *target),
        }
    }

    /// The columns that are stored: all but aliases.
    pub fn stored(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(|column| column.alias_of.is_none())
    }

    /// The column names nearest to a misspelt one, best first.
    #[must_use]
    pub fn nearest_columns(&self, name: &str) -> Vec<&str> {
        nearest(name, self.columns.iter().map(|column| column.name.as_str()))
    }
}
