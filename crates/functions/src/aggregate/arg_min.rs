//! `arg_min`: the row with the least value.

use schema::Type;

use crate::{Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status};

/// `arg_min(value, columns)`. It gives several columns, which only `summarize` can lay out.
pub static FUNCTION: Function = Function {
    name: "arg_min",
    aliases: &["argmin"],
    section: Section::Aggregate,
    doc: "arg-min-aggregation-function",
    summary: "The least value of a group and, from the row that has it, other columns; `*` stands for all of them.",
    params: &[Param::required("value", ParamType::Any), Param::repeated("column", ParamType::Any, 0, 1024)],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Custom("Rows whose value is null are left out; a group with nothing else gives nulls."),
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Binder,
    examples: &[
        Example::gives(
            "Another column of the row",
            r#"datatable(t:long, who:string)[1, "a", 3, "c", 2, "b"] | summarize arg_min(t, who) | project who"#,
            r#""a""#,
        ),
        Example::gives(
            "Nulls are left out",
            r#"datatable(t:long, who:string)[long(null), "x", 2, "b"] | summarize arg_min(t, *) | project who"#,
            r#""b""#,
        ),
    ],
};
