//! `geo_line_densify`: a line with more places, so that its arcs are no farther than so many metres (10) from straight lines of a flat map.

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

/// `geo_line_densify(lineString, [tolerance], [preserve_crossing])`.
pub static FUNCTION: Function = Function {
    name: "geo_line_densify",
    aliases: &[],
    section: Section::Geo,
    doc: "geo-line-densify-function",
    summary: "A line with more places, so that its arcs are no farther than so many metres (10) from straight lines of a flat map.",
    params: &[
        Param::required("lineString", ParamType::Exact(Type::Dynamic)),
        Param::optional("tolerance", ParamType::Exact(Type::Real)),
        Param::optional("preserve_crossing", ParamType::Exact(Type::Bool)),
    ],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A null argument, and one that is no such shape or place, gives null."),
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(eval),
    examples: &[
        Example::gives(
            "A long way",
            r#"array_length(geo_line_densify(dynamic({"type":"LineString","coordinates":[[0,50],[1,50]]})).coordinates)"#,
            "5",
        ),
        Example::gives(
            "Along the equator nothing is off",
            r#"geo_line_densify(dynamic({"type":"LineString","coordinates":[[0,0],[2,0]]}))"#,
            r#"dynamic({"type":"LineString","coordinates":[[0.0,0.0],[2.0,0.0]]})"#,
        ),
        Example::gives(
            "No tolerance",
            r#"geo_line_densify(dynamic({"type":"LineString","coordinates":[[0,0],[2,0]]}), 0.0)"#,
            "dynamic(null)",
        ),
    ],
};

fn eval(args: &Args) -> Result<ArrayRef, KernelError> {
    let (texts, tolerance) = (args.texts(0)?, metres(args, 1, 10.0)?);
    Ok(each_shape(args, |row| {
        let tolerance = tolerance(row).filter(|tolerance| (0.1..=10_000.0).contains(tolerance))?;
        let lines = geojson::lines(texts.get(row)?)?;
        Some(lines.iter().map(|line| Shape::Line(change::denser(line, tolerance))).collect())
    }))
}
