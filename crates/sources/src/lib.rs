//! Telemetry files to Arrow record batches, whatever format a person exported them in; the caller appends the batches.
//!
//! Must not know the lake, rules, queries or the web. Start with [`expand`] (what is there to read) and [`read`] (one
//! input to [`Item`]s). The way of the data: `bytes` opens and decompresses, `format` cuts records, `assemble` finds the
//! table of each and fills its columns, `pipeline` does that on several threads and keeps the order. `report` reads
//! what receivers of mail report. Files that belong to no table are read by [`declared`], documents sent to an index are placed by [`indexed`].

mod assemble;
mod audit;
mod bytes;
mod column;
pub mod declared;
mod ecs;
mod error;
mod field;
mod format;
mod geography;
pub mod indexed;
mod input;
mod item;
mod json;
pub mod message;
mod options;
mod output;
mod pipeline;
mod report;
mod route;
mod table_rows;

pub use error::{InputError, SourceError};
pub use format::{read, read_all};
pub use geography::{Geography, Location};
pub use input::{Input, Place, expand};
pub use item::{Item, Notice, ReadSummary, Reject};
pub use options::Options;
pub use report::ReportFault;
