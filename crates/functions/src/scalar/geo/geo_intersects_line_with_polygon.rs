//! `geo_intersects_line_with_polygon`: whether a line has a place in a polygon.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{
        Args, KernelError, each_bool,
        sphere::{geojson, overlay},
    },
};

/// `geo_intersects_line_with_polygon(lineString, polygon)`.
pub static FUNCTION: Function = Function {
    name: "geo_intersects_line_with_polygon",
    aliases: &[],
    section: Section::Geo,
    doc: "geo-intersects-line-with-polygon-function",
    summary: "Whether a line has a place in a polygon.",
    params: &[
        Param::required("lineString", ParamType::Exact(Type::Dynamic)),
        Param::required("polygon", ParamType::Exact(Type::Dynamic)),
    ],
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A null argument, and one that is no such shape or place, gives null."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(eval),
    examples: &[
        Example::gives(
            "It goes in",
            r#"geo_intersects_line_with_polygon(dynamic({"type":"LineString","coordinates":[[1,-1],[1,1]]}), dynamic({"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2],[0,2],[0,0]]]}))"#,
            "true",
        ),
        Example::gives(
            "It is inside",
            r#"geo_intersects_line_with_polygon(dynamic({"type":"LineString","coordinates":[[1,1],[1.5,1]]}), dynamic({"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2],[0,2],[0,0]]]}))"#,
            "true",
        ),
        Example::gives(
            "It is apart",
            r#"geo_intersects_line_with_polygon(dynamic({"type":"LineString","coordinates":[[1,-1],[1,1]]}), dynamic({"type":"Polygon","coordinates":[[[10,10],[12,10],[12,12],[10,10]]]}))"#,
            "false",
        ),
        Example::gives(
            "No polygon",
            r#"geo_intersects_line_with_polygon(dynamic({"type":"LineString","coordinates":[[1,-1],[1,1]]}), dynamic({"type":"Polygon","coordinates":[[[0,0],[1,1],[1,1],[0,0]]]}))"#,
            "bool(null)",
        ),
    ],
};

fn eval(args: &Args) -> Result<ArrayRef, KernelError> {
    let (first, second) = (args.texts(0)?, args.texts(1)?);
    Ok(each_bool(args, |row| {
        let (lines, polygons) = (geojson::lines(first.get(row)?)?, geojson::polygons(second.get(row)?)?);
        Some(overlay::lines_reach(&lines, &polygons))
    }))
}
