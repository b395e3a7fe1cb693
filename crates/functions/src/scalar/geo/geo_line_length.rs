//! `geo_line_length`: the length of a line, in metres.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{
        Args, KernelError, each_real,
        sphere::{geojson, way},
    },
};

/// `geo_line_length(lineString)`.
pub static FUNCTION: Function = Function {
    name: "geo_line_length",
    aliases: &[],
    section: Section::Geo,
    doc: "geo-line-length-function",
    summary: "The length of a line, in metres.",
    params: &[Param::required("lineString", ParamType::Exact(Type::Dynamic))],
    returns: Returns::Fixed(Type::Real),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A null argument, and one that is no such shape or place, gives null."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(eval),
    examples: &[
        Example::gives(
            "Two degrees",
            r#"round(geo_line_length(dynamic({"type":"LineString","coordinates":[[0,0],[2,0]]})), 1)"#,
            "222390.2",
        ),
        Example::gives(
            "Two lines",
            r#"round(geo_line_length(dynamic({"type":"MultiLineString","coordinates":[[[0,0],[1,0]],[[0,5],[0,6]]]})), 1)"#,
            "222390.2",
        ),
        Example::gives("No line", r#"geo_line_length(dynamic({"type":"LineString","coordinates":[[1,1]]}))"#, "real(null)"),
    ],
};

fn eval(args: &Args) -> Result<ArrayRef, KernelError> {
    let texts = args.texts(0)?;
    Ok(each_real(args, |row| Some(way::length(&geojson::lines(texts.get(row)?)?))))
}
