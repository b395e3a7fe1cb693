//! Believable, labelled mail telemetry of a fictional organisation: the same bytes for the same options, on every machine.
//!
//! Must not know storage, queries, files or the clock: the caller gives the moment the telemetry ends and takes the record
//! batches. Start with [`generate`]; one file under `scenario/` is one attack or benign look-alike in mail, one entry of `change/`
//! one in the audit log, one file under `ordinary/` one kind of everyday mail, and what they say (names, subjects, verdicts) stands in the data files under `data/`.

mod audit;
mod authentication;
mod calendar;
mod cast;
mod change;
mod data;
mod draft;
mod error;
mod follow_up;
mod generate;
pub mod mail;
mod ordinary;
mod outcome;
mod random;
mod recipient;
mod rhythm;
mod scenario;
mod sheet;
mod stream;
mod table;
mod template;
mod text;
mod timeline;
mod window;
mod world;
mod writer;

pub use error::Error;
pub use generate::{Options, Summary, generate};
pub use scenario::{ScenarioInfo, scenarios};
pub use stream::Label;
pub use table::{columns, tables};
