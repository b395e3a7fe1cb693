//! `ingestion_time`: when a row came in.
//!
//! The planner does it, as only it knows columns.

use schema::Type;

use crate::{Cost, Eval, Function, Nulls, ResultName, Returns, Section, Status};

/// `ingestion_time`.
pub static FUNCTION: Function = Function {
    name: "ingestion_time",
    aliases: &[],
    section: Section::Metadata,
    doc: "ingestion-time-function",
    summary: "When the row came in.",
    params: &[],
    returns: Returns::Fixed(Type::Datetime),
    result_name: ResultName::None,
    nulls: Nulls::Custom("The row's own time, TimeGenerated or Timestamp, where it is not known when the row came in."),
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Binder,
    examples: &[],
};
