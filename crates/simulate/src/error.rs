//! What can go wrong while telemetry is made.
//!
//! The data files are part of the program and a test loads them all, so those variants are for whoever edits them.

/// Why telemetry could not be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The period is empty or longer than [`crate::Options::days`] allows.
    #[error("cannot simulate {days} days: give 1 to {most}")]
    Days {
        /// What was asked for.
        days: u32,
        /// The longest period.
        most: u32,
    },
    /// The telemetry would begin before the year 1 or end after 9999.
    #[error(
        "the end of the telemetry, tick {end}, lies outside the years 1 to 9999 or too near their edge: give a later or earlier end"
    )]
    End {
        /// What was asked for, in ticks.
        end: i64,
    },
    /// A data file is not the TOML that is expected.
    #[error("data file {file}: {source}")]
    Toml {
        /// Its name under `data/`.
        file: &'static str,
        /// What the reader says, with line and column.
        source: Box<toml::de::Error>,
    },
    /// A data file names something that no data file defines.
    #[error("data file {file}: unknown {what} `{name}`")]
    Unknown {
        /// Its name under `data/`.
        file: &'static str,
        /// What kind of thing was looked up: placeholder, outcome, culture...
        what: &'static str,
        /// The name that is not known.
        name: String,
    },
    /// A data file has an empty list where something must be chosen from.
    #[error("data file {file}: {what} needs at least one entry with a weight")]
    Empty {
        /// Its name under `data/`.
        file: &'static str,
        /// The list.
        what: &'static str,
    },
    /// The columns of a table could not be put together.
    #[error("table {table}: {source}")]
    Batch {
        /// The table's name.
        table: &'static str,
        /// What Arrow says.
        source: arrow::error::ArrowError,
    },
}
