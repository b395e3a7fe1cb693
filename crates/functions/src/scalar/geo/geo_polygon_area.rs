//! `geo_polygon_area`: the area of a polygon, or of what several cover together, in square metres.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{
        Args, KernelError, each_real,
        sphere::{change, geojson, ring::Polygon},
    },
};

/// `geo_polygon_area(polygon)`.
pub static FUNCTION: Function = Function {
    name: "geo_polygon_area",
    aliases: &[],
    section: Section::Geo,
    doc: "geo-polygon-area-function",
    summary: "The area of a polygon, or of what several cover together, in square metres.",
    params: &[Param::required("polygon", ParamType::Exact(Type::Dynamic))],
    returns: Returns::Fixed(Type::Real),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A null argument, and one that is no such shape or place, gives null."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(eval),
    examples: &[
        Example::gives(
            "A square of two degrees",
            r#"round(geo_polygon_area(dynamic({"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2],[0,2],[0,0]]]})) / 1000000)"#,
            "49452.0",
        ),
        Example::gives(
            "What overlaps counts once",
            r#"round(geo_polygon_area(dynamic({"type":"MultiPolygon","coordinates":[[[[0,0],[2,0],[2,2],[0,2],[0,0]]],[[[0,0],[2,0],[2,2],[0,2],[0,0]]]]})) / 1000000)"#,
            "49452.0",
        ),
        Example::gives(
            "No polygon",
            r#"geo_polygon_area(dynamic({"type":"Polygon","coordinates":[[[0,0],[1,1],[1,1],[0,0]]]}))"#,
            "real(null)",
        ),
    ],
};

fn eval(args: &Args) -> Result<ArrayRef, KernelError> {
    let texts = args.texts(0)?;
    Ok(each_real(args, |row| {
        let polygons = geojson::polygons(texts.get(row)?)?;
        Some(change::together(&polygons).iter().map(Polygon::area).sum())
    }))
}
