//! `geo_closest_point_on_line`: the place of a line that is nearest to a place, as a GeoJSON point.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{
        Args, KernelError,
        sphere::{
            geojson::{self, Shape},
            read::{Places, Remembered, each_shape},
            way,
        },
    },
};

/// `geo_closest_point_on_line(longitude, latitude, lineString)`.
pub static FUNCTION: Function = Function {
    name: "geo_closest_point_on_line",
    aliases: &[],
    section: Section::Geo,
    doc: "geo-closest-point-on-line-function",
    summary: "The place of a line that is nearest to a place, as a GeoJSON point.",
    params: &[
        Param::required("longitude", ParamType::Exact(Type::Real)),
        Param::required("latitude", ParamType::Exact(Type::Real)),
        Param::required("lineString", ParamType::Exact(Type::Dynamic)),
    ],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A null argument, and one that is no such shape or place, gives null."),
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(eval),
    examples: &[
        Example::gives(
            "An end",
            r#"geo_closest_point_on_line(5.0, 0.0, dynamic({"type":"LineString","coordinates":[[0,0],[2,0]]}))"#,
            r#"dynamic({"type":"Point","coordinates":[2.0,0.0]})"#,
        ),
        Example::gives(
            "Off the globe",
            r#"geo_closest_point_on_line(200.0, 0.0, dynamic({"type":"LineString","coordinates":[[0,0],[2,0]]}))"#,
            "dynamic(null)",
        ),
        Example::gives(
            "No line",
            r#"geo_closest_point_on_line(5.0, 0.0, dynamic({"type":"LineString","coordinates":[[1,1]]}))"#,
            "dynamic(null)",
        ),
    ],
};

fn eval(args: &Args) -> Result<ArrayRef, KernelError> {
    let (places, texts) = (Places::from(args, 0)?, args.texts(2)?);
    let mut lines = Remembered::new(geojson::lines);
    Ok(each_shape(args, |row| {
        let (place, lines) = (places.get(row)?, lines.get(texts.get(row)?)?);
        Some(vec![Shape::Point(way::nearest(&place, way::arcs(lines))?)])
    }))
}
