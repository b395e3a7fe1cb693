//! `geo_simplify_polygons_array`: what the polygons of an array cover together, with fewer corners: nowhere off by more than so many metres (10).

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{
        Args, KernelError, json,
        sphere::{
            change,
            geojson::{self, Shape},
            read::{each_shape, metres},
        },
    },
};

/// `geo_simplify_polygons_array(polygons, [tolerance])`.
pub static FUNCTION: Function = Function {
    name: "geo_simplify_polygons_array",
    aliases: &[],
    section: Section::Geo,
    doc: "geo-simplify-polygons-array-function",
    summary: "What the polygons of an array cover together, with fewer corners: nowhere off by more than so many metres (10).",
    params: &[
        Param::required("polygons", ParamType::Exact(Type::Dynamic)),
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
            r#"array_length(geo_simplify_polygons_array(dynamic([{"type":"Polygon","coordinates":[[[0,0],[1,0],[2,0],[0,2],[0,0]]]}])).coordinates[0])"#,
            "4",
        ),
        Example::gives("One is no polygon", r#"geo_simplify_polygons_array(dynamic([{"type":"Polygon"}]))"#, "dynamic(null)"),
        Example::gives("A tolerance below zero", "geo_simplify_polygons_array(dynamic([]), -1.0)", "dynamic(null)"),
    ],
};

fn eval(args: &Args) -> Result<ArrayRef, KernelError> {
    let (texts, tolerance) = (args.texts(0)?, metres(args, 1, 10.0)?);
    Ok(each_shape(args, |row| {
        let tolerance = tolerance(row).filter(|tolerance| (0.0..=7_800_000.0).contains(tolerance))?;
        let polygons = json::elements(texts.get(row)?)?.map(geojson::polygons).collect::<Option<Vec<_>>>()?.concat();
        let simpler = |polygon| change::simpler_polygon(polygon, tolerance);
        let simpler: Vec<_> = change::together(&polygons).iter().filter_map(simpler).collect();
        (!simpler.is_empty()).then(|| simpler.into_iter().map(Shape::Polygon).collect())
    }))
}
