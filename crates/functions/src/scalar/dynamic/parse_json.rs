//! `parse_json`: a text as a dynamic value.

use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    rewrite::{parse, to_type},
};

/// `parse_json(json)`.
pub static FUNCTION: Function = Function {
    name: "parse_json",
    aliases: &["parsejson", "todynamic", "toobject"],
    section: Section::Dynamic,
    doc: "parse-json-function",
    summary: "A text read as JSON; text that is no JSON becomes a dynamic text, and a dynamic value stays as it is.",
    params: &[Param::required("json", ParamType::Any)],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Propagate,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Rewrite(|call| {
        let json = &call.args[0];
        Ok(if json.ty == Type::String { parse(json) } else { to_type(json, Type::Dynamic) })
    }),
    examples: &[
        Example::gives("A bag", r#"parse_json('{"SPF": "pass", "DKIM": "fail"}')"#, r#"dynamic({"SPF":"pass","DKIM":"fail"})"#),
        Example::gives("An array", r#"parse_json('[1, 2.50, "a"]')"#, r#"dynamic([1,2.50,"a"])"#),
        Example::gives("A member", r#"tostring(parse_json('{"SPF":"pass"}').SPF)"#, r#""pass""#),
        Example::gives("A nested member", r#"tolong(parse_json('{"a":[{"b":5}]}').a[0].b)"#, "5"),
        Example::gives("Keys are case-sensitive", r#"isnull(parse_json('{"SPF":"pass"}').spf)"#, "true"),
        Example::gives("Text that is no JSON", r#"tostring(parse_json("spf=fail"))"#, r#""spf=fail""#),
        Example::gives("Empty text", r#"parse_json("")"#, "dynamic(null)"),
        Example::gives("JSON's null", r#"parse_json("null")"#, "dynamic(null)"),
        Example::gives("JSON inside JSON", r#"tolong(parse_json(tostring(parse_json('{"b":"{\\"c\\":456}"}').b)).c)"#, "456"),
        Example::gives("A dynamic stays as it is", r#"tostring(parse_json(dynamic("[1]")))"#, r#""[1]""#),
        Example::gives("The older name", r#"tolong(todynamic('{"a":1}').a)"#, "1"),
        Example::fails("Takes one text", "parse_json()", "K0203"),
    ],
};
