//! `geo_polygon_centroid`: the place where the area of a polygon, or of what several cover together, balances, as a GeoJSON point.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{
        Args, KernelError,
        sphere::{
            change,
            geojson::{self, Shape},
            read::each_shape,
            ring,
        },
    },
};

/// `geo_polygon_centroid(polygon)`.
pub static FUNCTION: Function = Function {
    name: "geo_polygon_centroid",
    aliases: &[],
    section: Section::Geo,
    doc: "geo-polygon-centroid-function",
    summary: "The place where the area of a polygon, or of what several cover together, balances, as a GeoJSON point.",
    params: &[Param::required("polygon", ParamType::Exact(Type::Dynamic))],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A null argument, and one that is no such shape or place, gives null."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(eval),
    examples: &[
        Example::gives(
            "The middle",
            r#"round(toreal(geo_polygon_centroid(dynamic({"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2],[0,2],[0,0]]]})).coordinates[0]), 6)"#,
            "1.0",
        ),
        Example::gives(
            "No polygon",
            r#"geo_polygon_centroid(dynamic({"type":"Polygon","coordinates":[[[0,0],[1,1],[1,1],[0,0]]]}))"#,
            "dynamic(null)",
        ),
    ],
};

fn eval(args: &Args) -> Result<ArrayRef, KernelError> {
    let texts = args.texts(0)?;
    Ok(each_shape(args, |row| {
        let polygons = geojson::polygons(texts.get(row)?)?;
        Some(vec![Shape::Point(ring::centroid(&change::together(&polygons))?)])
    }))
}
