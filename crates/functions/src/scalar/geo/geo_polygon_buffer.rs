//! `geo_polygon_buffer`: the polygon of all places within so many metres of a polygon; its arcs are off by no more than the tolerance (10).

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

/// `geo_polygon_buffer(polygon, radius, [tolerance])`.
pub static FUNCTION: Function = Function {
    name: "geo_polygon_buffer",
    aliases: &[],
    section: Section::Geo,
    doc: "geo-polygon-buffer-function",
    summary: "The polygon of all places within so many metres of a polygon; its arcs are off by no more than the tolerance (10).",
    params: &[
        Param::required("polygon", ParamType::Exact(Type::Dynamic)),
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
            "Places near the polygon are in it",
            r#"geo_point_in_polygon(1.0, -0.0005, geo_polygon_buffer(dynamic({"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2],[0,2],[0,0]]]}), 100.0))"#,
            "true",
        ),
        Example::gives(
            "What was inside still is",
            r#"geo_point_in_polygon(1.0, 1.0, geo_polygon_buffer(dynamic({"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2],[0,2],[0,0]]]}), 100.0))"#,
            "true",
        ),
        Example::gives(
            "No radius",
            r#"geo_polygon_buffer(dynamic({"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2],[0,2],[0,0]]]}), 0.0)"#,
            "dynamic(null)",
        ),
    ],
};

fn eval(args: &Args) -> Result<ArrayRef, KernelError> {
    let (texts, radius, tolerance) = (args.texts(0)?, args.reals(1)?, metres(args, 2, 10.0)?);
    Ok(each_shape(args, |row| {
        let (radius, tolerance) =
            (radius.get(row).filter(|radius| *radius > 0.0)?, tolerance(row).filter(|tolerance| *tolerance > 0.0)?);
        let polygons = geojson::polygons(texts.get(row)?)?;
        Some(change::around_polygons(&polygons, radius, tolerance)?.into_iter().map(Shape::Polygon).collect())
    }))
}
