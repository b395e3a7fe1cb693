//! `has_ipv4`, `has_ipv4_prefix` and their `any` forms: addresses looked for in text.
//!
//! An address in a text counts if it is valid and neither a letter nor a digit stands right before or after it.

use arrow::array::ArrayRef;
use schema::Type;

use super::address::TextLists;
use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_bool},
};

const SOURCE: Param = Param::required("source", ParamType::Exact(Type::String));
const ONE: &[Param] = &[SOURCE, Param::required("ip", ParamType::Exact(Type::String))];
const ANY: &[Param] = &[SOURCE, Param::repeated("ip", ParamType::Any, 1, 256)];

/// `has_ipv4(source, ip)`.
pub static HAS_IPV4: Function = Function {
    name: "has_ipv4",
    aliases: &[],
    section: Section::Ip,
    doc: "has-ipv4-function",
    summary: "Whether a text has an IPv4 address.",
    params: ONE,
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::None,
    nulls: Nulls::AsEmptyText,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(|args| has(args, is_whole)),
    examples: &[
        Example::gives("Between delimiters", r#"has_ipv4("05:04:54 127.0.0.1 GET /favicon.ico 404", "127.0.0.1")"#, "true"),
        Example::gives("At the end", r#"has_ipv4("from=[127.0.0.1]", "127.0.0.1")"#, "true"),
        Example::gives("A digit right before", r#"has_ipv4("05:04:54127.0.0.1 GET /favicon.ico 404", "127.0.0.1")"#, "false"),
        Example::gives("A longer number", r#"has_ipv4("127.0.0.12", "127.0.0.1")"#, "false"),
        Example::gives("No valid address", r#"has_ipv4("05:04:54 127.0.0.256 GET /favicon.ico 404", "127.0.0.256")"#, "false"),
        Example::gives("Null", r#"has_ipv4(dynamic(null), "10.0.0.1")"#, "false"),
    ],
};

/// `has_any_ipv4(source, ip, ...)`.
pub static HAS_ANY_IPV4: Function = Function {
    name: "has_any_ipv4",
    aliases: &[],
    section: Section::Ip,
    doc: "has-any-ipv4-function",
    summary: "Whether a text has one of several IPv4 addresses, given one by one or in a dynamic array.",
    params: ANY,
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::None,
    nulls: Nulls::AsEmptyText,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(|args| has(args, is_whole)),
    examples: &[
        Example::gives("One of two", r#"has_any_ipv4("05:04:54 127.0.0.1 GET", "127.0.0.2", "127.0.0.1")"#, "true"),
        Example::gives("In an array", r#"has_any_ipv4("05:04:54 127.0.0.1 GET", dynamic(["127.0.0.2", "127.0.0.1"]))"#, "true"),
        Example::gives("None", r#"has_any_ipv4("05:04:54 127.0.0.1 GET", "127.0.0.2")"#, "false"),
        Example::gives("Null", r#"has_any_ipv4(dynamic(null), "10.0.0.1", "10.0.0.2")"#, "false"),
    ],
};

/// `has_ipv4_prefix(source, ip)`.
pub static HAS_IPV4_PREFIX: Function = Function {
    name: "has_ipv4_prefix",
    aliases: &[],
    section: Section::Ip,
    doc: "has-ipv4-prefix-function",
    summary: "Whether a text has an IPv4 address that begins with a prefix, which ends in a dot or is a whole address.",
    params: ONE,
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::None,
    nulls: Nulls::AsEmptyText,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(|args| has(args, is_prefix)),
    examples: &[
        Example::gives("A prefix", r#"has_ipv4_prefix("05:04:54 127.0.0.1 GET /favicon.ico 404", "127.0.")"#, "true"),
        Example::gives("A whole address", r#"has_ipv4_prefix("05:04:54 127.0.0.1 GET", "127.0.0.1")"#, "true"),
        Example::gives("A prefix that does not end in a dot", r#"has_ipv4_prefix("05:04:54 127.0.0.1 GET", "127.0")"#, "false"),
        Example::gives("A digit right before", r#"has_ipv4_prefix("05:04:54127.0.0.1 GET", "127.0.")"#, "false"),
        Example::gives("No valid address", r#"has_ipv4_prefix("05:04:54 127.0.0.256 GET", "127.0.")"#, "false"),
        Example::gives("Null", r#"has_ipv4_prefix(dynamic(null), "10.0.")"#, "false"),
    ],
};

/// `has_any_ipv4_prefix(source, ip, ...)`.
pub static HAS_ANY_IPV4_PREFIX: Function = Function {
    name: "has_any_ipv4_prefix",
    aliases: &[],
    section: Section::Ip,
    doc: "has-any-ipv4-prefix-function",
    summary: "Whether a text has an IPv4 address that begins with one of several prefixes, given one by one or in a dynamic array.",
    params: ANY,
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::None,
    nulls: Nulls::AsEmptyText,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(|args| has(args, is_prefix)),
    examples: &[
        Example::gives("One of two", r#"has_any_ipv4_prefix("05:04:54 127.0.0.1 GET", "10.", "127.0.")"#, "true"),
        Example::gives("In an array", r#"has_any_ipv4_prefix("05:04:54 127.0.0.1 GET", dynamic(["10.", "127.0."]))"#, "true"),
        Example::gives("None", r#"has_any_ipv4_prefix("05:04:54 127.0.0.1 GET", "192.168.")"#, "false"),
        Example::gives("Null", r#"has_any_ipv4_prefix(dynamic(null), "10.0.", "10.1.")"#, "false"),
    ],
};

/// Whether a needle fits an address that a text has.
type Fits = fn(address: &str, needle: &str) -> bool;

fn is_whole(address: &str, needle: &str) -> bool {
    address == needle
}

fn is_prefix(address: &str, needle: &str) -> bool {
    address == needle || (needle.ends_with('.') && address.starts_with(needle))
}

fn has(args: &Args, fits: Fits) -> Result<ArrayRef, KernelError> {
    let (sources, needles) = (args.texts(0)?, TextLists::of(args, 1)?);
    let constant = if needles.are_constant() { Some(needles.read(0, str::to_owned)) } else { None };
    Ok(each_bool(args, |row| {
        let has =
            |needles: &[String]| addresses(sources.text(row)).any(|address| needles.iter().any(|needle| fits(address, needle)));
        Some(match &constant {
            Some(needles) => has(needles),
            None => has(&needles.read(row, str::to_owned)),
        })
    }))
}

/// The valid addresses of a text between delimiters.
fn addresses(text: &str) -> impl Iterator<Item = &str> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        while let Some(start) = bytes.get(at..).and_then(|rest| rest.iter().position(u8::is_ascii_digit)).map(|skip| at + skip) {
            let before = start.checked_sub(1).and_then(|before| text.get(..=before)).and_then(|text| text.chars().next_back());
            if let Some(end) = address_end(bytes, start)
                && !before.is_some_and(char::is_alphanumeric)
                && !text.get(end..).and_then(|rest| rest.chars().next()).is_some_and(char::is_alphanumeric)
            {
                at = end;
                return text.get(start..end);
            }
            let digits = bytes.get(start..).map_or(0, |rest| rest.iter().take_while(|byte| byte.is_ascii_digit()).count());
            at = start + digits.max(1);
        }
        at = bytes.len();
        None
    })
}

/// Where four numbers of up to 255 with dots between them end.
fn address_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    for part in 0..4 {
        if part > 0 {
            bytes.get(at).filter(|&&byte| byte == b'.')?;
            at += 1;
        }
        let digits = bytes.get(at..)?.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let number = std::str::from_utf8(bytes.get(at..at + digits)?).ok()?.parse::<u32>().ok()?;
        if digits > 3 || number > 255 {
            return None;
        }
        at += digits;
    }
    Some(at)
}
