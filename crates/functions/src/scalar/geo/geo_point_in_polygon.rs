//! `geo_point_in_polygon`: whether a place is in a polygon or in one of several.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{
        Args, KernelError, each_bool,
        sphere::{
            geojson,
            read::{Places, Remembered},
        },
    },
};

/// `geo_point_in_polygon(longitude, latitude, polygon)`.
pub static FUNCTION: Function = Function {
    name: "geo_point_in_polygon",
    aliases: &[],
    section: Section::Geo,
    doc: "geo-point-in-polygon-function",
    summary: "Whether a place is in a polygon or in one of several.",
    params: &[
        Param::required("longitude", ParamType::Exact(Type::Real)),
        Param::required("latitude", ParamType::Exact(Type::Real)),
        Param::required("polygon", ParamType::Exact(Type::Dynamic)),
    ],
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A null argument, and one that is no such shape or place, gives null."),
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(eval),
    examples: &[
        Example::gives(
            "Inside",
            r#"geo_point_in_polygon(1.0, 1.0, dynamic({"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2],[0,2],[0,0]]]}))"#,
            "true",
        ),
        Example::gives(
            "Outside",
            r#"geo_point_in_polygon(5.0, 1.0, dynamic({"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2],[0,2],[0,0]]]}))"#,
            "false",
        ),
        Example::gives(
            "In a hole",
            r#"geo_point_in_polygon(5.0, 5.0, dynamic({"type":"Polygon","coordinates":[[[0,0],[9,0],[9,9],[0,9],[0,0]],[[4,4],[6,4],[6,6],[4,6],[4,4]]]}))"#,
            "false",
        ),
        Example::gives(
            "In one of several",
            r#"geo_point_in_polygon(11.0, 10.5, dynamic({"type":"MultiPolygon","coordinates":[[[[0,0],[2,0],[2,2],[0,0]]],[[[10,10],[12,10],[12,12],[10,10]]]]}))"#,
            "true",
        ),
        Example::gives(
            "No polygon",
            r#"geo_point_in_polygon(1.0, 1.0, dynamic({"type":"Polygon","coordinates":[[[0,0],[1,1],[1,1],[0,0]]]}))"#,
            "bool(null)",
        ),
    ],
};

fn eval(args: &Args) -> Result<ArrayRef, KernelError> {
    let (places, texts) = (Places::from(args, 0)?, args.texts(2)?);
    let mut polygons = Remembered::new(geojson::polygons);
    Ok(each_bool(args, |row| {
        let (place, polygons) = (places.get(row)?, polygons.get(texts.get(row)?)?);
        Some(polygons.iter().any(|polygon| polygon.is_inside(&place)))
    }))
}
