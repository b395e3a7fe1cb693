//! `geo_intersection_2lines`: the places and lines that two lines have in common, as GeoJSON.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{
        Args, KernelError,
        sphere::{geojson, overlay, read::each_shape},
    },
};

/// `geo_intersection_2lines(lineString1, lineString2)`.
pub static FUNCTION: Function = Function {
    name: "geo_intersection_2lines",
    aliases: &[],
    section: Section::Geo,
    doc: "geo-intersection-2lines-function",
    summary: "The places and lines that two lines have in common, as GeoJSON.",
    params: &[
        Param::required("lineString1", ParamType::Exact(Type::Dynamic)),
        Param::required("lineString2", ParamType::Exact(Type::Dynamic)),
    ],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A null argument, and one that is no such shape or place, gives null."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(eval),
    examples: &[
        Example::gives(
            "They touch",
            r#"geo_intersection_2lines(dynamic({"type":"LineString","coordinates":[[0,0],[2,0]]}), dynamic({"type":"LineString","coordinates":[[2,0],[3,3]]}))"#,
            r#"dynamic({"type":"Point","coordinates":[2.0,0.0]})"#,
        ),
        Example::gives(
            "They are the same",
            r#"geo_intersection_2lines(dynamic({"type":"LineString","coordinates":[[0,0],[2,0]]}), dynamic({"type":"LineString","coordinates":[[0,0],[2,0]]}))"#,
            r#"dynamic({"type":"LineString","coordinates":[[0.0,0.0],[2.0,0.0]]})"#,
        ),
        Example::gives(
            "They are apart",
            r#"geo_intersection_2lines(dynamic({"type":"LineString","coordinates":[[0,0],[2,0]]}), dynamic({"type":"LineString","coordinates":[[5,5],[6,6]]}))"#,
            r#"dynamic({"type":"GeometryCollection","geometries":[]})"#,
        ),
        Example::gives(
            "No line",
            r#"geo_intersection_2lines(dynamic({"type":"LineString","coordinates":[[0,0],[2,0]]}), dynamic({"type":"LineString","coordinates":[[1,1]]}))"#,
            "dynamic(null)",
        ),
    ],
};

fn eval(args: &Args) -> Result<ArrayRef, KernelError> {
    let (first, second) = (args.texts(0)?, args.texts(1)?);
    Ok(each_shape(args, |row| {
        let (first, second) = (geojson::lines(first.get(row)?)?, geojson::lines(second.get(row)?)?);
        Some(overlay::lines_in_common(&first, &second))
    }))
}
