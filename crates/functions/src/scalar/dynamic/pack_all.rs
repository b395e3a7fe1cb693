//! `pack_all`: the whole row as a bag.
//!
//! The planner does it, as only it knows columns.

use schema::Type;

use crate::{Cost, Eval, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status};

/// `pack_all([ignore_null_empty])`.
pub static FUNCTION: Function = Function {
    name: "pack_all",
    aliases: &[],
    section: Section::Dynamic,
    doc: "pack-all-function",
    summary: "A property bag of all columns of the row, or of those that are neither null nor empty.",
    params: &[Param::optional("ignore_null_empty", ParamType::Constant(Type::Bool))],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A null value is a null member, unless null and empty values are left out."),
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Binder,
    examples: &[],
};
