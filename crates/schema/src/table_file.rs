//! The data file of a table, TOML, turned into a [`Table`].
//!
//! Must not know where the text comes from. Start with [`Table::from_toml`]. A file reads:
//!
//! ```toml
//! name = "EmailUrlInfo"
//! doc = "A URL found in a message."
//! time_column = "Timestamp"
//! key = ["ReportId"] # only where a column says which event a row is
//! key_days = 7 # only where the same event may come again with a later time, and how much later
//! column = [
//!     { name = "ReportId", type = "string" },
//!     { name = "Timestamp", type = "datetime", doc = "When Microsoft 365 processed the message." },
//!     { name = "TimeGenerated", alias_of = "Timestamp" },
//!     { name = "Url", type = "string" },
//!     { name = "LinkText", type = "string", ours = true }, # not in the vendor's table; behind all that are
//! ]
//! ```

use std::collections::HashMap;

use serde::Deserialize;

use crate::{Column, Table, Type};

/// What is wrong with the data file of a table.
#[derive(Debug, thiserror::Error)]
pub enum TableFileError {
    /// The text is not TOML, or has other keys than those of a table.
    #[error("not the data file of a table: {0}")]
    Toml(#[from] toml::de::Error),
    /// A column's `type` is none of Kusto's.
    #[error("table {table}, column {column}: there is no type `{name}`; use one of Kusto's, such as string or datetime")]
    UnknownType {
        /// Name of the table.
        table: String,
        /// Name of the column.
        column: String,
        /// The type as the file has it.
        name: String,
    },
    /// A column has neither a type nor a column it is an alias of, or both.
    #[error("table {table}, column {column}: give either `type` or `alias_of`")]
    TypeOrAlias {
        /// Name of the table.
        table: String,
        /// Name of the column.
        column: String,
    },
    /// Two columns have the same name.
    #[error("table {table} has two columns named {column}; leave one out")]
    TwoOfOneName {
        /// Name of the table.
        table: String,
        /// Name of both columns.
        column: String,
    },
    /// An alias names no stored column.
    #[error("table {table}, column {column}: `alias_of` names {target}, which is no stored column of the table")]
    AliasTarget {
        /// Name of the table.
        table: String,
        /// Name of the alias.
        column: String,
        /// What it is said to be an alias of.
        target: String,
    },
    /// A key column is not a stored column.
    #[error("table {table}: `key` names {column}, which is no stored column of the table")]
    KeyColumn {
        /// Name of the table.
        table: String,
        /// The column named.
        column: String,
    },
    /// A column of the vendor's stands behind one that is ours.
    #[error("table {table}, column {column}: stands behind a column with `ours`; those come last")]
    BehindOurs {
        /// Name of the table.
        table: String,
        /// Name of the column.
        column: String,
    },
    /// The arrival column is not a stored `datetime` column.
    #[error("table {table}: `arrival` names {column}, which is no stored datetime column of the table")]
    ArrivalColumn {
        /// Name of the table.
        table: String,
        /// The column named.
        column: String,
    },
    /// The time column is not a stored `datetime` column.
    #[error("table {table}: `time_column` names {column}, which is no stored datetime column of the table")]
    TimeColumn {
        /// Name of the table.
        table: String,
        /// The column named.
        column: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TableFile {
    name: String,
    doc: String,
    time_column: String,
    #[serde(default)]
    key: Vec<String>,
    #[serde(default)]
    key_days: u16,
    arrival: Option<String>,
    column: Vec<ColumnFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ColumnFile {
    name: String,
    #[serde(rename = "type")]
    type_name: Option<String>,
    #[serde(default)]
    doc: String,
    #[serde(default)]
    values: Vec<String>,
    alias_of: Option<String>,
    #[serde(default)]
    json: bool,
    #[serde(default)]
    ours: bool,
}

impl Table {
    /// Reads the data file of a table.
    ///
    /// # Errors
    /// When the text is not such a file, or its columns do not fit together.
    pub fn from_toml(text: &str) -> Result<Self, TableFileError> {
        let file: TableFile = toml::from_str(text)?;
        let stored = stored_types(&file)?;
        let table = &file.name;
        let time = stored.get(&file.time_column);
        if time != Some(&Type::Datetime) {
            return Err(TableFileError::TimeColumn { table: table.clone(), column: file.time_column });
        }
        if let Some(column) = file.key.iter().find(|column| !stored.contains_key(*column)) {
            return Err(TableFileError::KeyColumn { table: table.clone(), column: column.clone() });
        }
        if let Some(column) = file.arrival.as_ref().filter(|column| stored.get(*column) != Some(&Type::Datetime)) {
            return Err(TableFileError::ArrivalColumn { table: table.clone(), column: column.clone() });
        }
        let mut behind = file.column.iter().skip_while(|column| !column.ours);
        if let Some(column) = behind.find(|column| !column.ours) {
            return Err(TableFileError::BehindOurs { table: table.clone(), column: column.name.clone() });
        }
        let columns = file.column.into_iter().map(|column| {
            let target = column.alias_of.as_ref().unwrap_or(&column.name);
            let ty = stored.get(target).copied().ok_or_else(|| TableFileError::AliasTarget {
                table: table.clone(),
                column: column.name.clone(),
                target: target.clone(),
            })?;
            Ok(Column {
                name: column.name,
                ty,
                doc: column.doc,
                values: column.values,
                alias_of: column.alias_of,
                json: column.json,
                ours: column.ours,
            })
        });
        let columns = columns.collect::<Result<_, TableFileError>>()?;
        let (key, key_days, arrival) = (file.key, file.key_days, file.arrival);
        Ok(Self { name: file.name, doc: file.doc, columns, time_column: file.time_column, key, key_days, arrival })
    }
}

/// The types of the stored columns by name.
fn stored_types(file: &TableFile) -> Result<HashMap<String, Type>, TableFileError> {
    let table = || file.name.clone();
    let mut stored = HashMap::new();
    let mut names = std::collections::HashSet::new();
    for column in &file.column {
        let name = || column.name.clone();
        if !names.insert(&column.name) {
            return Err(TableFileError::TwoOfOneName { table: table(), column: name() });
        }
        match (&column.type_name, &column.alias_of) {
            (Some(ty), None) => {
                let ty = Type::from_name(ty).ok_or_else(|| TableFileError::UnknownType {
                    table: table(),
                    column: name(),
                    name: ty.clone(),
                })?;
                stored.insert(name(), ty);
            }
            (None, Some(_)) => {}
            _ => return Err(TableFileError::TypeOrAlias { table: table(), column: name() }),
        }
    }
    Ok(stored)
}

#[cfg(test)]
mod tests {
    use crate::{Table, TableFileError, Type};

    fn table(columns: &str) -> Result<Table, TableFileError> {
        Table::from_toml(&format!("name = 'T'\ndoc = 'A row.'\ntime_column = 'Timestamp'\ncolumn = [{columns}]"))
    }

    #[test]
    fn an_alias_has_the_type_of_its_column_and_is_not_stored() -> Result<(), TableFileError> {
        let table = table("{ name = 'Timestamp', type = 'datetime' }, { name = 'TimeGenerated', alias_of = 'Timestamp' }")?;
        assert_eq!(table.columns.iter().map(|column| column.ty).collect::<Vec<_>>(), [Type::Datetime; 2]);
        assert_eq!(table.stored().map(|column| column.name.as_str()).collect::<Vec<_>>(), ["Timestamp"]);
        assert_eq!(table.column("TimeGenerated"), table.column("Timestamp"));
        Ok(())
    }

    #[test]
    fn what_does_not_fit_together_is_named() {
        let time = "{ name = 'Timestamp', type = 'datetime' }";
        for (columns, message) in [
            (String::new(), "table T: `time_column` names Timestamp, which is no stored datetime column of the table"),
            (
                "{ name = 'Timestamp', type = 'string' }".to_owned(),
                "table T: `time_column` names Timestamp, which is no stored datetime column of the table",
            ),
            (format!("{time}, {time}"), "table T has two columns named Timestamp; leave one out"),
            (
                format!("{time}, {{ name = 'A', type = 'text' }}"),
                "table T, column A: there is no type `text`; use one of Kusto's, such as string or datetime",
            ),
            (
                format!("{{ name = 'A', type = 'int', ours = true }}, {time}"),
                "table T, column Timestamp: stands behind a column with `ours`; those come last",
            ),
            (format!("{time}, {{ name = 'A' }}"), "table T, column A: give either `type` or `alias_of`"),
            (
                format!("{time}, {{ name = 'A', alias_of = 'B' }}"),
                "table T, column A: `alias_of` names B, which is no stored column of the table",
            ),
            (
                format!("{time}, {{ name = 'A', alias_of = 'B' }}, {{ name = 'B', alias_of = 'Timestamp' }}"),
                "table T, column A: `alias_of` names B, which is no stored column of the table",
            ),
        ] {
            assert_eq!(table(&columns).map_err(|error| error.to_string()), Err(message.to_owned()), "{columns}");
        }
    }

    #[test]
    fn an_unknown_key_is_refused_by_its_name() {
        let error = table("{ name = 'Timestamp', type = 'datetime', colour = 'red' }").map_err(|error| error.to_string());
        assert!(error.is_err_and(|message| message.contains("unknown field `colour`")));
    }
}
