//! `geo_union_lines_array`: the lines of an array as one, each part of them once.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{
        Args, KernelError, json,
        sphere::{
            geojson::{self, Shape},
            overlay,
            read::each_shape,
        },
    },
};

/// `geo_union_lines_array(lineStrings)`.
pub static FUNCTION: Function = Function {
    name: "geo_union_lines_array",
    aliases: &[],
    section: Section::Geo,
    doc: "geo-union-lines-array-function",
    summary: "The lines of an array as one, each part of them once.",
    params: &[Param::required("lineStrings", ParamType::Exact(Type::Dynamic))],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A null argument, and one that is no such shape or place, gives null."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(eval),
    examples: &[
        Example::gives(
            "They go on",
            r#"geo_union_lines_array(dynamic([{"type":"LineString","coordinates":[[0,0],[1,0]]},{"type":"LineString","coordinates":[[1,0],[2,0]]}]))"#,
            r#"dynamic({"type":"LineString","coordinates":[[0.0,0.0],[1.0,0.0],[2.0,0.0]]})"#,
        ),
        Example::gives(
            "One is no line",
            r#"geo_union_lines_array(dynamic([{"type":"LineString","coordinates":[[0,0],[1,0]]},{"type":"LineString","coordinates":[[1,0]]}]))"#,
            "dynamic(null)",
        ),
    ],
};

fn eval(args: &Args) -> Result<ArrayRef, KernelError> {
    let texts = args.texts(0)?;
    Ok(each_shape(args, |row| {
        let lines = json::elements(texts.get(row)?)?.map(geojson::lines).collect::<Option<Vec<_>>>()?;
        let joined = overlay::joined(&lines.concat());
        (!joined.is_empty()).then(|| joined.into_iter().map(Shape::Line).collect())
    }))
}
