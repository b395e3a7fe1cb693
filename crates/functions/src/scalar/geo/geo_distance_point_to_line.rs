//! `geo_distance_point_to_line`: the shortest distance from a place to a line, in metres.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{
        Args, KernelError, each_real,
        sphere::{
            geojson,
            read::{Places, Remembered},
            way,
        },
    },
};

/// `geo_distance_point_to_line(longitude, latitude, lineString)`.
pub static FUNCTION: Function = Function {
    name: "geo_distance_point_to_line",
    aliases: &[],
    section: Section::Geo,
    doc: "geo-distance-point-to-line-function",
    summary: "The shortest distance from a place to a line, in metres.",
    params: &[
        Param::required("longitude", ParamType::Exact(Type::Real)),
        Param::required("latitude", ParamType::Exact(Type::Real)),
        Param::required("lineString", ParamType::Exact(Type::Dynamic)),
    ],
    returns: Returns::Fixed(Type::Real),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A null argument, and one that is no such shape or place, gives null."),
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(eval),
    examples: &[
        Example::gives(
            "Beside",
            r#"round(geo_distance_point_to_line(1.0, 0.001, dynamic({"type":"LineString","coordinates":[[0,0],[2,0]]})), 3)"#,
            "111.195",
        ),
        Example::gives(
            "On it",
            r#"geo_distance_point_to_line(0.0, 0.0, dynamic({"type":"LineString","coordinates":[[0,0],[2,0]]}))"#,
            "0.0",
        ),
        Example::gives(
            "No line",
            r#"geo_distance_point_to_line(0.0, 0.0, dynamic({"type":"LineString","coordinates":[[1,1]]}))"#,
            "real(null)",
        ),
    ],
};

fn eval(args: &Args) -> Result<ArrayRef, KernelError> {
    let (places, texts) = (Places::from(args, 0)?, args.texts(2)?);
    let mut lines = Remembered::new(geojson::lines);
    Ok(each_real(args, |row| {
        let (place, lines) = (places.get(row)?, lines.get(texts.get(row)?)?);
        Some(way::nearest(&place, way::arcs(lines))?.metres(&place))
    }))
}
