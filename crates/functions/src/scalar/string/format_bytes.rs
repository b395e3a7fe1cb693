//! `format_bytes`: a number of bytes in the unit that suits it.

use std::fmt::Write as _;

use arrow::array::ArrayRef;
use schema::{Type, text};

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_text},
};

/// Each unit is 1,024 of the one before.
const UNITS: [&str; 7] = ["Bytes", "KB", "MB", "GB", "TB", "PB", "EB"];

/// `format_bytes(size [, precision [, units]])`.
pub static FUNCTION: Function = Function {
    name: "format_bytes",
    aliases: &[],
    section: Section::String,
    doc: "format-bytes-function",
    summary: "A number of bytes as text: in the greatest unit of 1,024 that is not too great, or in the one given; rounded to whole ones or to a number of digits.",
    params: &[
        Param::required("size", ParamType::Number),
        Param::optional("precision", ParamType::Exact(Type::Long)),
        Param::optional("units", ParamType::Exact(Type::String)),
    ],
    returns: Returns::Fixed(Type::String),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Custom("A null size gives an empty text, a null precision whole numbers."),
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(format_bytes),
    examples: &[
        Example::gives("Bytes", "format_bytes(564)", r#""564 Bytes""#),
        Example::gives("With a digit", "format_bytes(10332, 1)", r#""10.1 KB""#),
        Example::gives("Whole", "format_bytes(20010332)", r#""19 MB""#),
        Example::gives("Two digits", "format_bytes(20010332, 2)", r#""19.08 MB""#),
        Example::gives("In a unit", r#"format_bytes(20010332, 0, "KB")"#, r#""19541 KB""#),
        Example::gives("Less than nothing", "format_bytes(-2048)", r#""-2 KB""#),
        Example::gives("Nothing", "format_bytes(0)", r#""0 Bytes""#),
        Example::gives("No unit", r#"format_bytes(1, 0, "bits")"#, r#""""#),
        Example::gives("Null", "format_bytes(long(null))", r#""""#),
    ],
};

fn format_bytes(args: &Args) -> Result<ArrayRef, KernelError> {
    let sizes = args.reals(0)?;
    let precisions = if args.len() > 1 { Some(args.longs(1)?) } else { None };
    let units = if args.len() > 2 { Some(args.texts(2)?) } else { None };
    Ok(each_text(args, |row, out| {
        let Some(size) = sizes.get(row).filter(|size| size.is_finite()) else { return };
        let wanted = units.as_ref().map_or("", |units| units.text(row));
        let unit = if wanted.is_empty() {
            let fits = |unit: &usize| size.abs() >= 1024_f64.powi(*unit as i32);
            (1..UNITS.len()).take_while(fits).last().unwrap_or(0)
        } else {
            let Some(unit) = UNITS.iter().position(|unit| unit.eq_ignore_ascii_case(wanted)) else { return };
            unit
        };
        let digits = precisions.as_ref().and_then(|precisions| precisions.get(row)).unwrap_or(0).clamp(0, 15);
        let scale = 10_f64.powi(digits as i32);
        text::real::write((size / 1024_f64.powi(unit as i32) * scale).round() / scale, out);
        // Writing to a String cannot fail.
        let _ = write!(out, " {}", UNITS[unit]);
    }))
}
