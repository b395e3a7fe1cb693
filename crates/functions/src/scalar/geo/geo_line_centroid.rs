//! `geo_line_centroid`: the place where a line balances, as a GeoJSON point.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{
        Args, KernelError,
        sphere::{
            geojson::{self, Shape},
            read::each_shape,
            way,
        },
    },
};

/// `geo_line_centroid(lineString)`.
pub static FUNCTION: Function = Function {
    name: "geo_line_centroid",
    aliases: &[],
    section: Section::Geo,
    doc: "geo-line-centroid-function",
    summary: "The place where a line balances, as a GeoJSON point.",
    params: &[Param::required("lineString", ParamType::Exact(Type::Dynamic))],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A null argument, and one that is no such shape or place, gives null."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(eval),
    examples: &[
        Example::gives(
            "The middle",
            r#"round(toreal(geo_line_centroid(dynamic({"type":"LineString","coordinates":[[0,0],[2,0]]})).coordinates[0]), 9)"#,
            "1.0",
        ),
        Example::gives("No line", r#"geo_line_centroid(dynamic({"type":"LineString","coordinates":[[1,1]]}))"#, "dynamic(null)"),
    ],
};

fn eval(args: &Args) -> Result<ArrayRef, KernelError> {
    let texts = args.texts(0)?;
    Ok(each_shape(args, |row| Some(vec![Shape::Point(way::centroid(&geojson::lines(texts.get(row)?)?)?)])))
}
