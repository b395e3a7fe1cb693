//! Delta Lake storage of telemetry: atomic, idempotent appends; scans that open only the files they need; upkeep.
//!
//! Must not know query languages, rules or the web. Start with [`Lake`]; then `appender` (rows in), `scan` (rows out)
//! and `maintain` (compaction, retention, vacuum).
//!
//! A table is a folder `tables/<name>` under the data directory, an ordinary Delta table that DuckDB, Polars, Spark and
//! Fabric read too. Rows are laid out by time. Three bookkeeping columns are no telemetry: two hold each row's identity
//! ([`ROW_ID`]) and are not shown, the third tells when the row came in (`schema::INGESTION_TIME`, [`Arrival`]).

mod appender;
mod columns;
mod delta;
mod encode;
mod error;
pub mod external;
mod identity;
mod known;
mod lake;
mod lock;
mod maintain;
mod normalise;
mod scan;
mod statistics;
mod worker;

pub use appender::{Appended, Appender, Arrival};
pub use columns::{COLUMN_LIMIT, ROW_ID};
pub use error::LakeError;
pub use lake::{Arrived, Lake, TableInfo};
pub use lock::Turn;
pub use maintain::{Maintain, MaintainReport};
