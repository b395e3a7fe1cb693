//! `bag_pack_columns`: some of a row's columns as a bag.
//!
//! The planner does it, as only it knows columns.

use schema::Type;

use crate::{Cost, Eval, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status};

/// `bag_pack_columns(column, ...)`.
pub static FUNCTION: Function = Function {
    name: "bag_pack_columns",
    aliases: &[],
    section: Section::Dynamic,
    doc: "bag-pack-columns-function",
    summary: "A property bag of columns: their names and values.",
    params: &[Param::repeated("column", ParamType::Any, 1, usize::MAX)],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A null value is a null member."),
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Binder,
    examples: &[],
};
