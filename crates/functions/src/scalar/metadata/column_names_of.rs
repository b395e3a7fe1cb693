//! `column_names_of`: the names of a table's columns.
//!
//! The planner does it, as only it knows columns.

use schema::Type;

use crate::{Cost, Eval, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status};

/// `column_names_of(table)`.
pub static FUNCTION: Function = Function {
    name: "column_names_of",
    aliases: &[],
    section: Section::Metadata,
    doc: "column-names-of-function",
    summary: "The names of a table's columns in a dynamic array.",
    params: &[Param::required("table", ParamType::Any)],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: Nulls::NeverNull,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Binder,
    examples: &[],
};
