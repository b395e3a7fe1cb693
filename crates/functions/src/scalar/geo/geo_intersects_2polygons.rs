//! `geo_intersects_2polygons`: whether two polygons have a place in common.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{
        Args, KernelError, each_bool,
        sphere::{geojson, overlay},
    },
};

/// `geo_intersects_2polygons(polygon1, polygon2)`.
pub static FUNCTION: Function = Function {
    name: "geo_intersects_2polygons",
    aliases: &[],
    section: Section::Geo,
    doc: "geo-intersects-2polygons-function",
    summary: "Whether two polygons have a place in common.",
    params: &[
        Param::required("polygon1", ParamType::Exact(Type::Dynamic)),
        Param::required("polygon2", ParamType::Exact(Type::Dynamic)),
    ],
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A null argument, and one that is no such shape or place, gives null."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(eval),
    examples: &[
        Example::gives(
            "They overlap",
            r#"geo_intersects_2polygons(dynamic({"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2],[0,2],[0,0]]]}), dynamic({"type":"Polygon","coordinates":[[[1,1],[3,1],[3,3],[1,3],[1,1]]]}))"#,
            "true",
        ),
        Example::gives(
            "They are apart",
            r#"geo_intersects_2polygons(dynamic({"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2],[0,2],[0,0]]]}), dynamic({"type":"Polygon","coordinates":[[[10,10],[12,10],[12,12],[10,10]]]}))"#,
            "false",
        ),
        Example::gives(
            "No polygon",
            r#"geo_intersects_2polygons(dynamic({"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2],[0,2],[0,0]]]}), dynamic({"type":"Polygon","coordinates":[[[0,0],[1,1],[1,1],[0,0]]]}))"#,
            "bool(null)",
        ),
    ],
};

fn eval(args: &Args) -> Result<ArrayRef, KernelError> {
    let (first, second) = (args.texts(0)?, args.texts(1)?);
    Ok(each_bool(args, |row| {
        let (first, second) = (geojson::polygons(first.get(row)?)?, geojson::polygons(second.get(row)?)?);
        Some(overlay::polygons_meet(&first, &second))
    }))
}
