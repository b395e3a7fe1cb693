//! `toguid`: a value as `guid`.

use schema::Type;

use crate::{Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status, rewrite::to_type};

/// `toguid(value)`.
pub static FUNCTION: Function = Function {
    name: "toguid",
    aliases: &[],
    section: Section::Conversion,
    doc: "toguid-function",
    summary: "A text as a 128-bit identifier.",
    params: &[Param::required("value", ParamType::Any)],
    returns: Returns::Fixed(Type::Guid),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Propagate,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Rewrite(|call| Ok(to_type(&call.args[0], Type::Guid))),
    examples: &[
        Example::gives(
            "With dashes",
            r#"toguid("74be27de-1e4e-49d9-b579-fe0b331d3642")"#,
            "guid(74be27de-1e4e-49d9-b579-fe0b331d3642)",
        ),
        Example::gives("Without", r#"toguid("0123456789abcdef0123456789ABCDEF")"#, "guid(01234567-89ab-cdef-0123-456789abcdef)"),
        Example::gives(
            "A dynamic text",
            r#"toguid(dynamic("74be27de-1e4e-49d9-b579-fe0b331d3642"))"#,
            "guid(74be27de-1e4e-49d9-b579-fe0b331d3642)",
        ),
        Example::gives("Anything else", r#"toguid("a string that is not a guid")"#, "guid(null)"),
        Example::gives("Null", "toguid(dynamic(null))", "guid(null)"),
    ],
};
