//! `geo_distance_point_to_polygon`: the shortest distance from a place to a polygon, in metres; 0 inside it.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{
        Args, KernelError, each_real,
        sphere::{
            geojson,
            read::{Places, Remembered},
            ring::Polygon,
            way,
        },
    },
};

/// `geo_distance_point_to_polygon(longitude, latitude, polygon)`.
pub static FUNCTION: Function = Function {
    name: "geo_distance_point_to_polygon",
    aliases: &[],
    section: Section::Geo,
    doc: "geo-distance-point-to-polygon-function",
    summary: "The shortest distance from a place to a polygon, in metres; 0 inside it.",
    params: &[
        Param::required("longitude", ParamType::Exact(Type::Real)),
        Param::required("latitude", ParamType::Exact(Type::Real)),
        Param::required("polygon", ParamType::Exact(Type::Dynamic)),
    ],
    returns: Returns::Fixed(Type::Real),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A null argument, and one that is no such shape or place, gives null."),
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(eval),
    examples: &[
        Example::gives(
            "Inside",
            r#"geo_distance_point_to_polygon(1.0, 1.0, dynamic({"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2],[0,2],[0,0]]]}))"#,
            "0.0",
        ),
        Example::gives(
            "Outside",
            r#"round(geo_distance_point_to_polygon(1.0, -0.001, dynamic({"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2],[0,2],[0,0]]]})), 2)"#,
            "111.2",
        ),
        Example::gives(
            "No polygon",
            r#"geo_distance_point_to_polygon(1.0, 1.0, dynamic({"type":"Polygon","coordinates":[[[0,0],[1,1],[1,1],[0,0]]]}))"#,
            "real(null)",
        ),
    ],
};

fn eval(args: &Args) -> Result<ArrayRef, KernelError> {
    let (places, texts) = (Places::from(args, 0)?, args.texts(2)?);
    let mut polygons = Remembered::new(geojson::polygons);
    Ok(each_real(args, |row| {
        let (place, polygons) = (places.get(row)?, polygons.get(texts.get(row)?)?);
        if polygons.iter().any(|polygon| polygon.contains(&place)) {
            return Some(0.0);
        }
        Some(way::nearest(&place, polygons.iter().flat_map(Polygon::arcs))?.metres(&place))
    }))
}
