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
    nulls: Nulls::Custom("Null for rows that have no time."),
    cost: Cost::Cheap,
    status: Status::Partial(
        "Tables do not keep when a row came in: the row's own time stands for it, TimeGenerated or Timestamp.",
    ),
    eval: Eval::Binder,
    examples: &[],
};
