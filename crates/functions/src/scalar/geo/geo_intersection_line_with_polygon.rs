//! `geo_intersection_line_with_polygon`: the parts of a line that lie in a polygon, as GeoJSON.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{
        Args, KernelError,
        sphere::{geojson, overlay, read::each_shape},
    },
};

/// `geo_intersection_line_with_polygon(lineString, polygon)`.
pub static FUNCTION: Function = Function {
    name: "geo_intersection_line_with_polygon",
    aliases: &[],
    section: Section::Geo,
    doc: "geo-intersection-line-with-polygon-function",
    summary: "The parts of a line that lie in a polygon, as GeoJSON.",
    params: &[
        Param::required("lineString", ParamType::Exact(Type::Dynamic)),
        Param::required("polygon", ParamType::Exact(Type::Dynamic)),
    ],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A null argument, and one that is no such shape or place, gives null."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(eval),
    examples: &[
        Example::gives(
            "Part of it",
            r#"geo_intersection_line_with_polygon(dynamic({"type":"LineString","coordinates":[[1,-1],[1,1]]}), dynamic({"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2],[0,2],[0,0]]]}))"#,
            r#"dynamic({"type":"LineString","coordinates":[[1.0,0.0],[1.0,1.0]]})"#,
        ),
        Example::gives(
            "It is apart",
            r#"geo_intersection_line_with_polygon(dynamic({"type":"LineString","coordinates":[[1,-1],[1,1]]}), dynamic({"type":"Polygon","coordinates":[[[10,10],[12,10],[12,12],[10,10]]]}))"#,
            r#"dynamic({"type":"GeometryCollection","geometries":[]})"#,
        ),
        Example::gives(
            "No line",
            r#"geo_intersection_line_with_polygon(dynamic({"type":"LineString","coordinates":[[1,1]]}), dynamic({"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2],[0,2],[0,0]]]}))"#,
            "dynamic(null)",
        ),
    ],
};

fn eval(args: &Args) -> Result<ArrayRef, KernelError> {
    let (first, second) = (args.texts(0)?, args.texts(1)?);
    Ok(each_shape(args, |row| {
        let (lines, polygons) = (geojson::lines(first.get(row)?)?, geojson::polygons(second.get(row)?)?);
        Some(overlay::lines_within(&lines, &polygons))
    }))
}
