//! `geo_line_simplify`: a line with fewer places, which is nowhere off by more than so many metres (10).

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

/// `geo_line_simplify(lineString, [tolerance])`.
pub static FUNCTION: Function = Function {
    name: "geo_line_simplify",
    aliases: &[],
    section: Section::Geo,
    doc: "geo-line-simplify-function",
    summary: "A line with fewer places, which is nowhere off by more than so many metres (10).",
    params: &[
        Param::required("lineString", ParamType::Exact(Type::Dynamic)),
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
            "A place on the way",
            r#"geo_line_simplify(dynamic({"type":"LineString","coordinates":[[0,0],[1,0],[2,0]]}))"#,
            r#"dynamic({"type":"LineString","coordinates":[[0.0,0.0],[2.0,0.0]]})"#,
        ),
        Example::gives(
            "Nothing is left",
            r#"geo_line_simplify(dynamic({"type":"LineString","coordinates":[[0,0],[2,0]]}), 1000000.0)"#,
            "dynamic(null)",
        ),
        Example::gives(
            "A tolerance below zero",
            r#"geo_line_simplify(dynamic({"type":"LineString","coordinates":[[0,0],[2,0]]}), -1.0)"#,
            "dynamic(null)",
        ),
    ],
};

fn eval(args: &Args) -> Result<ArrayRef, KernelError> {
    let (texts, tolerance) = (args.texts(0)?, metres(args, 1, 10.0)?);
    Ok(each_shape(args, |row| {
        let tolerance = tolerance(row).filter(|tolerance| (0.0..=7_800_000.0).contains(tolerance))?;
        let lines = geojson::lines(texts.get(row)?)?;
        let simpler: Vec<Shape> =
            lines.iter().filter_map(|line| change::simpler_line(line, tolerance)).map(Shape::Line).collect();
        (!simpler.is_empty()).then_some(simpler)
    }))
}
