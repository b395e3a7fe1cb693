//! Data-driven tests of queries: Markdown files that an analyst reads, extends and runs without a toolchain.
//!
//! A file is a topic, a second-level heading a case: a query in a `kql` fence, then the table or the error it gives. The form is
//! described in `tests/README.md`. Must not know the server. Start with [`run`]; the way of a case is `read` (Markdown to
//! [`Case`]), `execute` (case to outcome), `check` (outcome against expectation), `report`.

mod bless;
mod case;
mod cell;
mod check;
mod data;
mod discover;
mod error;
mod execute;
mod mutate;
mod read;
mod report;
mod run;

pub use case::Case;
pub use discover::discover;
pub use error::CasesError;
pub use execute::Dressing;
pub use report::Report;
pub use run::{Settings, Verdict, run, run_case, scrutinize};
