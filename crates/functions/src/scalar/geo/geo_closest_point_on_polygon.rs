//! `geo_closest_point_on_polygon`: the place of a polygon that is nearest to a place, as a GeoJSON point: the place itself inside it.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{
        Args, KernelError,
        sphere::{
            geojson::{self, Shape},
            read::{Places, Remembered, each_shape},
            ring::Polygon,
            way,
        },
    },
};

/// `geo_closest_point_on_polygon(longitude, latitude, polygon)`.
pub static FUNCTION: Function = Function {
    name: "geo_closest_point_on_polygon",
    aliases: &[],
    section: Section::Geo,
    doc: "geo-closest-point-on-polygon-function",
    summary: "The place of a polygon that is nearest to a place, as a GeoJSON point: the place itself inside it.",
    params: &[
        Param::required("longitude", ParamType::Exact(Type::Real)),
        Param::required("latitude", ParamType::Exact(Type::Real)),
        Param::required("polygon", ParamType::Exact(Type::Dynamic)),
    ],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A null argument, and one that is no such shape or place, gives null."),
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(eval),
    examples: &[
        Example::gives(
            "A corner",
            r#"geo_closest_point_on_polygon(5.0, 5.0, dynamic({"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2],[0,2],[0,0]]]}))"#,
            r#"dynamic({"type":"Point","coordinates":[2.0,2.0]})"#,
        ),
        Example::gives(
            "Inside",
            r#"geo_closest_point_on_polygon(1.0, 1.0, dynamic({"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2],[0,2],[0,0]]]}))"#,
            r#"dynamic({"type":"Point","coordinates":[1.0,1.0]})"#,
        ),
        Example::gives(
            "No polygon",
            r#"geo_closest_point_on_polygon(1.0, 1.0, dynamic({"type":"Polygon","coordinates":[[[0,0],[1,1],[1,1],[0,0]]]}))"#,
            "dynamic(null)",
        ),
    ],
};

fn eval(args: &Args) -> Result<ArrayRef, KernelError> {
    let (places, texts) = (Places::from(args, 0)?, args.texts(2)?);
    let mut polygons = Remembered::new(geojson::polygons);
    Ok(each_shape(args, |row| {
        let (place, polygons) = (places.get(row)?, polygons.get(texts.get(row)?)?);
        if polygons.iter().any(|polygon| polygon.contains(&place)) {
            return Some(vec![Shape::Point(place)]);
        }
        Some(vec![Shape::Point(way::nearest(&place, polygons.iter().flat_map(Polygon::arcs))?)])
    }))
}
