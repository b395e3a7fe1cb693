//! `geo_polygon_simplify`: a polygon with fewer corners, which is nowhere off by more than so many metres (10).

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

/// `geo_polygon_simplify(polygon, [tolerance])`.
pub static FUNCTION: Function = Function {
    name: "geo_polygon_simplify",
    aliases: &[],
    section: Section::Geo,
    doc: "geo-polygon-simplify-function",
    summary: "A polygon with fewer corners, which is nowhere off by more than so many metres (10).",
    params: &[
        Param::required("polygon", ParamType::Exact(Type::Dynamic)),
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
            "A corner on the way",
            r#"array_length(geo_polygon_simplify(dynamic({"type":"Polygon","coordinates":[[[0,0],[1,0],[2,0],[0,2],[0,0]]]})).coordinates[0])"#,
            "4",
        ),
        Example::gives(
            "Nothing is left",
            r#"geo_polygon_simplify(dynamic({"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2],[0,2],[0,0]]]}), 1000000.0)"#,
            "dynamic(null)",
        ),
        Example::gives(
            "A tolerance below zero",
            r#"geo_polygon_simplify(dynamic({"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2],[0,2],[0,0]]]}), -1.0)"#,
            "dynamic(null)",
        ),
    ],
};

fn eval(args: &Args) -> Result<ArrayRef, KernelError> {
    let (texts, tolerance) = (args.texts(0)?, metres(args, 1, 10.0)?);
    Ok(each_shape(args, |row| {
        let tolerance = tolerance(row).filter(|tolerance| (0.0..=7_800_000.0).contains(tolerance))?;
        let polygons = geojson::polygons(texts.get(row)?)?;
        let simpler: Vec<_> = polygons.iter().filter_map(|polygon| change::simpler_polygon(polygon, tolerance)).collect();
        (!simpler.is_empty()).then(|| simpler.into_iter().map(Shape::Polygon).collect())
    }))
}
