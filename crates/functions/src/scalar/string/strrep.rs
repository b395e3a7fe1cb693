//! `strrep`: a text repeated.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, MAX_TEXT, each_text, truncate},
};

/// `strrep(value, multiplier, [delimiter])`.
pub static FUNCTION: Function = Function {
    name: "strrep",
    aliases: &[],
    section: Section::String,
    doc: "strrep-function",
    summary: "A value repeated a number of times, with a delimiter between.",
    params: &[
        Param::required("value", ParamType::Exact(Type::String)),
        Param::required("multiplier", ParamType::Exact(Type::Long)),
        Param::optional("delimiter", ParamType::Exact(Type::String)),
    ],
    returns: Returns::Fixed(Type::String),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A null value or delimiter is an empty text; a null multiplier gives an empty text."),
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(strrep),
    examples: &[
        Example::gives("Twice", "strrep('ABC', 2)", r#""ABCABC""#),
        Example::gives("With a delimiter", "strrep(123, 3, '.')", r#""123.123.123""#),
        Example::gives("A span", "strrep(3s, 2, ' ')", r#""00:00:03 00:00:03""#),
        Example::gives("At most 1024 times", r#"strlen(strrep("a", 5000))"#, "1024"),
        Example::gives("Zero times", r#"strrep("a", 0)"#, r#""""#),
        Example::gives("A null multiplier", r#"strrep("a", long(null))"#, r#""""#),
        Example::gives("A null value", r#"strrep(dynamic(null), 2, "-")"#, r#""-""#),
    ],
};

/// Most repetitions; more are cut off.
const MAX_REPETITIONS: i64 = 1024;

fn strrep(args: &Args) -> Result<ArrayRef, KernelError> {
    let (values, multipliers) = (args.texts(0)?, args.longs(1)?);
    let delimiters = if args.len() > 2 { Some(args.texts(2)?) } else { None };
    Ok(each_text(args, |row, out| {
        for number in 0..multipliers.get(row).unwrap_or(0).min(MAX_REPETITIONS) {
            if number > 0 {
                out.push_str(delimiters.as_ref().map_or("", |delimiters| delimiters.text(row)));
            }
            out.push_str(values.text(row));
            if out.len() > MAX_TEXT {
                break;
            }
        }
        truncate(out);
    }))
}
