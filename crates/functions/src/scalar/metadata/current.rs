//! `current_database`, `current_principal`, `extent_id` and their kin: where a query runs, and for whom.
//!
//! It runs here and for nobody in particular: the values are constants, so that queries that only show them run.

use datafusion_common::ScalarValue;
use datafusion_expr::Expr;
use schema::Type;

use crate::{Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status};

const STATUS: Status =
    Status::Partial("Queries run on this machine, in one database and for nobody in particular: the value is always the same.");

/// `current_database()`.
pub static CURRENT_DATABASE: Function = Function {
    name: "current_database",
    aliases: &[],
    section: Section::Metadata,
    doc: "current-database-function",
    summary: "The name of the database in scope: `default`.",
    params: &[],
    returns: Returns::Fixed(Type::String),
    result_name: ResultName::Prefixed("current_database"),
    nulls: Nulls::NeverNull,
    cost: Cost::Cheap,
    status: STATUS,
    eval: Eval::Rewrite(|_| Ok(text("default"))),
    examples: &[Example::gives("Its name", "current_database()", r#""default""#)],
};

/// `current_cluster_endpoint()`.
pub static CURRENT_CLUSTER_ENDPOINT: Function = Function {
    name: "current_cluster_endpoint",
    aliases: &[],
    section: Section::Metadata,
    doc: "current-cluster-endpoint-function",
    summary: "The host that is asked: `localhost`.",
    params: &[],
    returns: Returns::Fixed(Type::String),
    result_name: ResultName::Prefixed("current_cluster_endpoint"),
    nulls: Nulls::NeverNull,
    cost: Cost::Cheap,
    status: STATUS,
    eval: Eval::Rewrite(|_| Ok(text("localhost"))),
    examples: &[Example::gives("Its name", "current_cluster_endpoint()", r#""localhost""#)],
};

/// `current_principal()`.
pub static CURRENT_PRINCIPAL: Function = Function {
    name: "current_principal",
    aliases: &[],
    section: Section::Metadata,
    doc: "current-principal-function",
    summary: "Who runs the query: nobody, an empty text.",
    params: &[],
    returns: Returns::Fixed(Type::String),
    result_name: ResultName::Prefixed("current_principal"),
    nulls: Nulls::NeverNull,
    cost: Cost::Cheap,
    status: STATUS,
    eval: Eval::Rewrite(|_| Ok(text(""))),
    examples: &[Example::gives("Nobody", "current_principal()", r#""""#)],
};

/// `current_principal_details()`.
pub static CURRENT_PRINCIPAL_DETAILS: Function = Function {
    name: "current_principal_details",
    aliases: &[],
    section: Section::Metadata,
    doc: "current-principal-details-function",
    summary: "What is known of who runs the query: nothing, an empty bag.",
    params: &[],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: Nulls::NeverNull,
    cost: Cost::Cheap,
    status: STATUS,
    eval: Eval::Rewrite(|_| Ok(text("{}"))),
    examples: &[Example::gives("Nothing", "current_principal_details()", "dynamic({})")],
};

/// `current_principal_is_member_of(group, ...)`.
pub static CURRENT_PRINCIPAL_IS_MEMBER_OF: Function = Function {
    name: "current_principal_is_member_of",
    aliases: &[],
    section: Section::Metadata,
    doc: "current-principal-is-member-of-function",
    summary: "Whether who runs the query is one of these or of their groups: false.",
    params: &[Param::repeated("group", ParamType::Any, 1, 64)],
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::None,
    nulls: Nulls::NeverNull,
    cost: Cost::Cheap,
    status: STATUS,
    eval: Eval::Rewrite(|_| Ok(Expr::Literal(ScalarValue::Boolean(Some(false)), None))),
    examples: &[
        Example::gives("No member", r#"current_principal_is_member_of("aadgroup=admins@example.com")"#, "false"),
        Example::gives("Of none of an array", r#"current_principal_is_member_of(dynamic(["aaduser=a@example.com"]))"#, "false"),
    ],
};

/// `extent_id()`.
pub static EXTENT_ID: Function = Function {
    name: "extent_id",
    aliases: &["extentid"],
    section: Section::Metadata,
    doc: "extent-id-function",
    summary: "The shard a row comes from; tables have none, so a guid of zeros.",
    params: &[],
    returns: Returns::Fixed(Type::Guid),
    result_name: ResultName::None,
    nulls: Nulls::NeverNull,
    cost: Cost::Cheap,
    status: STATUS,
    eval: Eval::Rewrite(|_| Ok(text("00000000-0000-0000-0000-000000000000"))),
    examples: &[Example::gives("Zeros", "extent_id()", "guid(00000000-0000-0000-0000-000000000000)")],
};

/// `extent_tags()`.
pub static EXTENT_TAGS: Function = Function {
    name: "extent_tags",
    aliases: &[],
    section: Section::Metadata,
    doc: "extent-tags-function",
    summary: "The tags of the shard a row comes from; tables have none, so an empty array.",
    params: &[],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: Nulls::NeverNull,
    cost: Cost::Cheap,
    status: STATUS,
    eval: Eval::Rewrite(|_| Ok(text("[]"))),
    examples: &[Example::gives("None", "extent_tags()", "dynamic([])")],
};

/// A text, guid or dynamic constant.
fn text(value: &str) -> Expr {
    Expr::Literal(ScalarValue::Utf8View(Some(value.to_owned())), None)
}
