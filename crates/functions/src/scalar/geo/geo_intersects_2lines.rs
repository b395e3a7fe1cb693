//! `geo_intersects_2lines`: whether two lines have a place in common.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{
        Args, KernelError, each_bool,
        sphere::{geojson, overlay},
    },
};

/// `geo_intersects_2lines(lineString1, lineString2)`.
pub static FUNCTION: Function = Function {
    name: "geo_intersects_2lines",
    aliases: &[],
    section: Section::Geo,
    doc: "geo-intersects-2lines-function",
    summary: "Whether two lines have a place in common.",
    params: &[
        Param::required("lineString1", ParamType::Exact(Type::Dynamic)),
        Param::required("lineString2", ParamType::Exact(Type::Dynamic)),
    ],
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A null argument, and one that is no such shape or place, gives null."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(eval),
    examples: &[
        Example::gives(
            "They cross",
            r#"geo_intersects_2lines(dynamic({"type":"LineString","coordinates":[[0,0],[2,0]]}), dynamic({"type":"LineString","coordinates":[[1,-1],[1,1]]}))"#,
            "true",
        ),
        Example::gives(
            "They touch",
            r#"geo_intersects_2lines(dynamic({"type":"LineString","coordinates":[[0,0],[2,0]]}), dynamic({"type":"LineString","coordinates":[[2,0],[3,3]]}))"#,
            "true",
        ),
        Example::gives(
            "They are apart",
            r#"geo_intersects_2lines(dynamic({"type":"LineString","coordinates":[[0,0],[2,0]]}), dynamic({"type":"LineString","coordinates":[[5,5],[6,6]]}))"#,
            "false",
        ),
        Example::gives(
            "No line",
            r#"geo_intersects_2lines(dynamic({"type":"LineString","coordinates":[[0,0],[2,0]]}), dynamic({"type":"LineString","coordinates":[[1,1]]}))"#,
            "bool(null)",
        ),
    ],
};

fn eval(args: &Args) -> Result<ArrayRef, KernelError> {
    let (first, second) = (args.texts(0)?, args.texts(1)?);
    Ok(each_bool(args, |row| {
        let (first, second) = (geojson::lines(first.get(row)?)?, geojson::lines(second.get(row)?)?);
        Some(overlay::lines_meet(&first, &second))
    }))
}
