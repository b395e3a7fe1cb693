//! `geo_line_buffer`: the polygon of all places within so many metres of a line; its arcs are off by no more than the tolerance (10).

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{
        Args, KernelError,
        sphere::{
            change,
            geojson::{self, Shape},
            read::{each_shape, metres},
        },
    },
};

/// `geo_line_buffer(lineString, radius, [tolerance])`.
pub static FUNCTION: Function = Function {
    name: "geo_line_buffer",
    aliases: &[],
    section: Section::Geo,
    doc: "geo-line-buffer-function",
    summary: "The polygon of all places within so many metres of a line; its arcs are off by no more than the tolerance (10).",
    params: &[
        Param::required("lineString", ParamType::Exact(Type::Dynamic)),
        Param::required("radius", ParamType::Exact(Type::Real)),
        Param::optional("tolerance", ParamType::Exact(Type::Real)),
    ],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A null argument, and one that is no such shape or place, gives null."),
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(eval),
    examples: &[
        Example::gives(
            "Places near the line are in it",
            r#"geo_point_in_polygon(1.0, 0.0005, geo_line_buffer(dynamic({"type":"LineString","coordinates":[[0,0],[2,0]]}), 100.0))"#,
            "true",
        ),
        Example::gives(
            "Others are not",
            r#"geo_point_in_polygon(1.0, 0.0011, geo_line_buffer(dynamic({"type":"LineString","coordinates":[[0,0],[2,0]]}), 100.0))"#,
            "false",
        ),
        Example::gives(
            "No radius",
            r#"geo_line_buffer(dynamic({"type":"LineString","coordinates":[[0,0],[2,0]]}), 0.0)"#,
            "dynamic(null)",
        ),
    ],
};

fn eval(args: &Args) -> Result<ArrayRef, KernelError> {
    let (texts, radius, tolerance) = (args.texts(0)?, args.reals(1)?, metres(args, 2, 10.0)?);
    Ok(each_shape(args, |row| {
        let (radius, tolerance) =
            (radius.get(row).filter(|radius| *radius > 0.0)?, tolerance(row).filter(|tolerance| *tolerance > 0.0)?);
        let lines = geojson::lines(texts.get(row)?)?;
        Some(change::around_lines(&lines, radius, tolerance)?.into_iter().map(Shape::Polygon).collect())
    }))
}
