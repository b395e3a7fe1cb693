//! `geo_polygon_densify`: a polygon with more corners, so that its arcs are no farther than so many metres (10) from straight lines of a flat map.

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

/// `geo_polygon_densify(polygon, [tolerance], [preserve_crossing])`.
pub static FUNCTION: Function = Function {
    name: "geo_polygon_densify",
    aliases: &[],
    section: Section::Geo,
    doc: "geo-polygon-densify-function",
    summary: "A polygon with more corners, so that its arcs are no farther than so many metres (10) from straight lines of a flat map.",
    params: &[
        Param::required("polygon", ParamType::Exact(Type::Dynamic)),
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
            "Along the equator and a meridian nothing is off",
            r#"array_length(geo_polygon_densify(dynamic({"type":"Polygon","coordinates":[[[0,0],[1,0],[0,0.1],[0,0]]]})).coordinates[0])"#,
            "4",
        ),
        Example::gives(
            "Farther north",
            r#"array_length(geo_polygon_densify(dynamic({"type":"Polygon","coordinates":[[[0,50],[1,50],[0,50.1],[0,50]]]})).coordinates[0])"#,
            "10",
        ),
        Example::gives(
            "No tolerance",
            r#"geo_polygon_densify(dynamic({"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2],[0,2],[0,0]]]}), 0.0)"#,
            "dynamic(null)",
        ),
    ],
};

fn eval(args: &Args) -> Result<ArrayRef, KernelError> {
    let (texts, tolerance) = (args.texts(0)?, metres(args, 1, 10.0)?);
    Ok(each_shape(args, |row| {
        let tolerance = tolerance(row).filter(|tolerance| (0.1..=10_000.0).contains(tolerance))?;
        let polygons = geojson::polygons(texts.get(row)?)?;
        polygons.iter().map(|polygon| change::denser_polygon(polygon, tolerance).map(Shape::Polygon)).collect()
    }))
}
