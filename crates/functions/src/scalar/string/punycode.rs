//! The functions between international text and its ASCII form in domain names (RFC 3492).
//!
//! Nothing is normalised and case is kept, so that look-alike domains are seen as they came.

use arrow::array::ArrayRef;
use idna::punycode::{decode_to_string, encode_str};
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_text},
};

/// `punycode_from_string(input_string)`.
pub static FROM_STRING: Function = Function {
    name: "punycode_from_string",
    aliases: &[],
    section: Section::String,
    doc: "punycode-from-string-function",
    summary: "The ASCII form of a text, without `xn--`.",
    params: &[Param::required("input_string", ParamType::Exact(Type::String))],
    returns: Returns::Fixed(Type::String),
    result_name: ResultName::None,
    nulls: Nulls::AsEmptyText,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(from_string),
    examples: &[
        Example::gives("A word", "punycode_from_string('académie-française')", r#""acadmie-franaise-npb1a""#),
        Example::gives("Chinese", "punycode_from_string('艺术')", r#""cqv902d""#),
        Example::gives("Null", "punycode_from_string(dynamic(null))", r#""""#),
    ],
};

/// `punycode_to_string(input_string)`.
pub static TO_STRING: Function = Function {
    name: "punycode_to_string",
    aliases: &[],
    section: Section::String,
    doc: "punycode-to-string-function",
    summary: "The text that an ASCII form without `xn--` stands for.",
    params: &[Param::required("input_string", ParamType::Exact(Type::String))],
    returns: Returns::Fixed(Type::String),
    result_name: ResultName::None,
    nulls: Nulls::AsEmptyText,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(to_string),
    examples: &[
        Example::gives("A word", "punycode_to_string('acadmie-franaise-npb1a')", r#""académie-française""#),
        Example::gives("No such form", r#"punycode_to_string("é")"#, r#""""#),
        Example::gives("Null", "punycode_to_string(dynamic(null))", r#""""#),
    ],
};

/// `punycode_domain_from_string(encoded_string)`.
pub static DOMAIN_FROM_STRING: Function = Function {
    name: "punycode_domain_from_string",
    aliases: &[],
    section: Section::String,
    doc: "punycode-domain-from-string-function",
    summary: "The international form of a domain name: each label that begins with `xn--` decoded.",
    params: &[Param::required("encoded_string", ParamType::Exact(Type::String))],
    returns: Returns::Fixed(Type::String),
    result_name: ResultName::None,
    nulls: Nulls::AsEmptyText,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(domain_from_string),
    examples: &[
        Example::gives("One label", r#"punycode_domain_from_string("xn--Ge-mia.Bulg.edu")"#, r#""Gáe.Bulg.edu""#),
        Example::gives(
            "All labels",
            r#"punycode_domain_from_string("xn--Ry-lja8c.xn--Jng-uta63a.xn--Bng-9ka.com")"#,
            r#""Rúyì.Jīngū.Bàng.com""#,
        ),
        Example::gives("No label", r#"punycode_domain_from_string("contoso.com")"#, r#""contoso.com""#),
        Example::gives("A broken label", r#"punycode_domain_from_string("xn--é.com")"#, r#""""#),
        Example::gives("Null", "punycode_domain_from_string(dynamic(null))", r#""""#),
    ],
};

/// `punycode_domain_to_string(domain)`.
pub static DOMAIN_TO_STRING: Function = Function {
    name: "punycode_domain_to_string",
    aliases: &[],
    section: Section::String,
    doc: "punycode-domain-to-string-function",
    summary: "The ASCII form of a domain name: each label with characters beyond ASCII encoded.",
    params: &[Param::required("domain", ParamType::Exact(Type::String))],
    returns: Returns::Fixed(Type::String),
    result_name: ResultName::None,
    nulls: Nulls::AsEmptyText,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(domain_to_string),
    examples: &[
        Example::gives(
            "International points",
            "punycode_domain_to_string('Riðill｡Skáldskaparmál｡org')",
            r#""xn--Riill-jta.xn--Skldskaparml-dbbj.org""#,
        ),
        Example::gives(
            "One label",
            r#"punycode_domain_to_string("Kaledvoulc'h.Artorījos.edu")"#,
            r#""Kaledvoulc'h.xn--Artorjos-ejb.edu""#,
        ),
        Example::gives("ASCII stays", r#"punycode_domain_to_string("contoso.com")"#, r#""contoso.com""#),
        Example::gives("Null", "punycode_domain_to_string(dynamic(null))", r#""""#),
    ],
};

/// What begins a label in its ASCII form.
const PREFIX: &str = "xn--";
/// The full stops that end a label in international text (RFC 3490, section 3.1).
const STOPS: [char; 4] = ['.', '\u{3002}', '\u{ff0e}', '\u{ff61}'];

fn from_string(args: &Args) -> Result<ArrayRef, KernelError> {
    each(args, encode_str)
}

fn to_string(args: &Args) -> Result<ArrayRef, KernelError> {
    each(args, decode_to_string)
}

fn domain_from_string(args: &Args) -> Result<ArrayRef, KernelError> {
    each(args, |domain| {
        labels(domain, |label| match label.get(..PREFIX.len()) {
            Some(start) if start.eq_ignore_ascii_case(PREFIX) => decode_to_string(&label[PREFIX.len()..]),
            _ => Some(label.to_owned()),
        })
    })
}

fn domain_to_string(args: &Args) -> Result<ArrayRef, KernelError> {
    each(args, |domain| {
        labels(domain, |label| {
            if label.is_ascii() { Some(label.to_owned()) } else { encode_str(label).map(|encoded| format!("{PREFIX}{encoded}")) }
        })
    })
}

/// Each label converted; nothing if one cannot be.
fn labels(domain: &str, convert: fn(&str) -> Option<String>) -> Option<String> {
    let converted: Option<Vec<String>> = domain.split(STOPS).map(convert).collect();
    Some(converted?.join("."))
}

fn each(args: &Args, convert: impl Fn(&str) -> Option<String>) -> Result<ArrayRef, KernelError> {
    let values = args.texts(0)?;
    Ok(each_text(args, |row, out| out.push_str(&convert(values.text(row)).unwrap_or_default())))
}
