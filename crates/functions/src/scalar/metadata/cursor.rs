//! `cursor_after`, `cursor_before_or_at`, `cursor_current`: database cursors, refused by name.

use schema::Type;

use crate::{CallError, Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status};

const STATUS: Status = Status::Partial("Not supported: tables keep no order of arrival. Compare the time of the rows instead.");
const CURSOR: &[Param] = &[Param::required("cursor", ParamType::Exact(Type::String))];

/// `cursor_after(cursor)`.
pub static CURSOR_AFTER: Function = Function {
    name: "cursor_after",
    aliases: &[],
    section: Section::Metadata,
    doc: "cursor-after-function",
    summary: "Whether a row came after a cursor.",
    params: CURSOR,
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::None,
    nulls: Nulls::NeverNull,
    cost: Cost::Cheap,
    status: STATUS,
    eval: Eval::Rewrite(|_| Err(refused("cursor_after"))),
    examples: &[Example::fails("Refused", r#"cursor_after("")"#, "K0301")],
};

/// `cursor_before_or_at(cursor)`.
pub static CURSOR_BEFORE_OR_AT: Function = Function {
    name: "cursor_before_or_at",
    aliases: &[],
    section: Section::Metadata,
    doc: "cursor-before-or-at-function",
    summary: "Whether a row came before a cursor or at it.",
    params: CURSOR,
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::None,
    nulls: Nulls::NeverNull,
    cost: Cost::Cheap,
    status: STATUS,
    eval: Eval::Rewrite(|_| Err(refused("cursor_before_or_at"))),
    examples: &[Example::fails("Refused", r#"cursor_before_or_at("")"#, "K0301")],
};

/// `cursor_current()`.
pub static CURSOR_CURRENT: Function = Function {
    name: "cursor_current",
    aliases: &["current_cursor"],
    section: Section::Metadata,
    doc: "cursor-current",
    summary: "The cursor of the database.",
    params: &[],
    returns: Returns::Fixed(Type::String),
    result_name: ResultName::None,
    nulls: Nulls::NeverNull,
    cost: Cost::Cheap,
    status: STATUS,
    eval: Eval::Rewrite(|_| Err(refused("cursor_current"))),
    examples: &[Example::fails("Refused", "cursor_current()", "K0301")],
};

fn refused(function: &'static str) -> CallError {
    CallError::Unsupported { function, what: "a database cursor".to_owned() }
}
