//! `geo_intersection_2polygons`: what two polygons have in common, as GeoJSON: polygons, and where they only touch, lines and points.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{
        Args, KernelError,
        sphere::{geojson, overlay, read::each_shape},
    },
};

/// `geo_intersection_2polygons(polygon1, polygon2)`.
pub static FUNCTION: Function = Function {
    name: "geo_intersection_2polygons",
    aliases: &[],
    section: Section::Geo,
    doc: "geo-intersection-2polygons-function",
    summary: "What two polygons have in common, as GeoJSON: polygons, and where they only touch, lines and points.",
    params: &[
        Param::required("polygon1", ParamType::Exact(Type::Dynamic)),
        Param::required("polygon2", ParamType::Exact(Type::Dynamic)),
    ],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A null argument, and one that is no such shape or place, gives null."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(eval),
    examples: &[
        Example::gives(
            "They overlap",
            r#"round(geo_polygon_area(geo_intersection_2polygons(dynamic({"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2],[0,2],[0,0]]]}), dynamic({"type":"Polygon","coordinates":[[[1,1],[3,1],[3,3],[1,3],[1,1]]]}))) / 1000000)"#,
            "12361.0",
        ),
        Example::gives(
            "They are apart",
            r#"geo_intersection_2polygons(dynamic({"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2],[0,2],[0,0]]]}), dynamic({"type":"Polygon","coordinates":[[[10,10],[12,10],[12,12],[10,10]]]}))"#,
            r#"dynamic({"type":"GeometryCollection","geometries":[]})"#,
        ),
        Example::gives(
            "No polygon",
            r#"geo_intersection_2polygons(dynamic({"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2],[0,2],[0,0]]]}), dynamic({"type":"Polygon","coordinates":[[[0,0],[1,1],[1,1],[0,0]]]}))"#,
            "dynamic(null)",
        ),
    ],
};

fn eval(args: &Args) -> Result<ArrayRef, KernelError> {
    let (first, second) = (args.texts(0)?, args.texts(1)?);
    Ok(each_shape(args, |row| {
        let (first, second) = (geojson::polygons(first.get(row)?)?, geojson::polygons(second.get(row)?)?);
        Some(overlay::intersection(&first, &second))
    }))
}
