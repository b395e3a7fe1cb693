//! `bin_auto`: `bin` as options of the query say.
//!
//! The planner does it, as only it knows columns.

use crate::{Cost, Eval, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status};

/// `bin_auto(value)`.
pub static FUNCTION: Function = Function {
    name: "bin_auto",
    aliases: &[],
    section: Section::Math,
    doc: "bin-auto-function",
    summary: "The value rounded down to a multiple of `query_bin_auto_size`, counted from `query_bin_auto_at`, which `set` statements give.",
    params: &[Param::required("value", ParamType::NumberOrTime)],
    returns: Returns::SameAs(0),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Binder,
    examples: &[],
};
