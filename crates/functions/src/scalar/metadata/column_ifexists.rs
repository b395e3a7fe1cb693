//! `column_ifexists`, `iscolumnexists`: columns that a table may lack.
//!
//! The planner does it, as only it knows columns.

use schema::Type;

use crate::{Cost, Eval, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status};

/// `column_ifexists(name, default)`.
pub static COLUMN_IFEXISTS: Function = Function {
    name: "column_ifexists",
    aliases: &["columnifexists"],
    section: Section::Metadata,
    doc: "column-ifexists-function",
    summary: "The column of that name if the table has it, else another value.",
    params: &[Param::required("name", ParamType::Constant(Type::String)), Param::required("default", ParamType::Any)],
    returns: Returns::SameAs(1),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Custom("Null where the column is."),
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Binder,
    examples: &[],
};

/// `iscolumnexists(name)`.
pub static ISCOLUMNEXISTS: Function = Function {
    name: "iscolumnexists",
    aliases: &[],
    section: Section::Metadata,
    doc: "column-ifexists-function",
    summary: "Whether the table has a column of that name.",
    params: &[Param::required("name", ParamType::Constant(Type::String))],
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::None,
    nulls: Nulls::NeverNull,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Binder,
    examples: &[],
};
