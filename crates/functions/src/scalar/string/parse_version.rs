//! `parse_version`: a version number that can be compared.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_decimal},
};

/// `parse_version(version)`.
pub static FUNCTION: Function = Function {
    name: "parse_version",
    aliases: &[],
    section: Section::String,
    doc: "parse-version-function",
    summary: "A version of up to four numbers as one number that is greater for the later version.",
    params: &[Param::required("version", ParamType::Exact(Type::String))],
    returns: Returns::Fixed(Type::Decimal),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::PerDistinct,
    status: Status::Partial(
        "The number is 10^-16 of Kusto's, which has more digits than a decimal holds here; the order is the same.",
    ),
    eval: Eval::Kernel(parse_version),
    examples: &[
        Example::gives("The later is greater", r#"parse_version("1.2.3.4") < parse_version("1.10.0.0")"#, "true"),
        Example::gives("Missing parts are 0", r#"parse_version("1") == parse_version("1.0.0.0")"#, "true"),
        Example::gives("Each part counts", r#"parse_version("0.0.0.5") < parse_version("0.0.3")"#, "true"),
        Example::gives("Five parts", r#"parse_version("1.2.3.4.5")"#, "decimal(null)"),
        Example::gives("No number", r#"parse_version("1.a")"#, "decimal(null)"),
        Example::gives("Nine digits", r#"parse_version("123456789")"#, "decimal(null)"),
        Example::gives("Empty", r#"parse_version("")"#, "decimal(null)"),
        Example::gives("Null", "parse_version(dynamic(null))", "decimal(null)"),
    ],
};

/// Parts of a version, and digits of each.
const PARTS: usize = 4;
const DIGITS: usize = 8;

fn parse_version(args: &Args) -> Result<ArrayRef, KernelError> {
    let versions = args.texts(0)?;
    each_decimal(args, |row| {
        let parts: Vec<&str> = versions.get(row)?.split('.').collect();
        if parts.len() > PARTS {
            return None;
        }
        (0..PARTS).try_fold(0, |version: i128, place| {
            Some(version * 10_i128.pow(DIGITS as u32) + part(parts.get(place).unwrap_or(&"0"))?)
        })
    })
}

fn part(digits: &str) -> Option<i128> {
    let holds = (1..=DIGITS).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| holds)
}
