//! `geo_union_polygons_array`: what the polygons of an array cover together, as GeoJSON.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{
        Args, KernelError, json,
        sphere::{
            change,
            geojson::{self, Shape},
            read::each_shape,
        },
    },
};

/// `geo_union_polygons_array(polygons)`.
pub static FUNCTION: Function = Function {
    name: "geo_union_polygons_array",
    aliases: &[],
    section: Section::Geo,
    doc: "geo-union-polygons-array-function",
    summary: "What the polygons of an array cover together, as GeoJSON.",
    params: &[Param::required("polygons", ParamType::Exact(Type::Dynamic))],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A null argument, and one that is no such shape or place, gives null."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(eval),
    examples: &[
        Example::gives(
            "They overlap",
            r#"tostring(geo_union_polygons_array(dynamic([{"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2],[0,2],[0,0]]]},{"type":"Polygon","coordinates":[[[1,1],[3,1],[3,3],[1,3],[1,1]]]}])).type)"#,
            r#""Polygon""#,
        ),
        Example::gives(
            "They are apart",
            r#"tostring(geo_union_polygons_array(dynamic([{"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2],[0,0]]]},{"type":"Polygon","coordinates":[[[10,10],[12,10],[12,12],[10,10]]]}])).type)"#,
            r#""MultiPolygon""#,
        ),
        Example::gives(
            "One is no polygon",
            r#"geo_union_polygons_array(dynamic([{"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2],[0,0]]]},{"type":"Polygon"}]))"#,
            "dynamic(null)",
        ),
    ],
};

fn eval(args: &Args) -> Result<ArrayRef, KernelError> {
    let texts = args.texts(0)?;
    Ok(each_shape(args, |row| {
        let polygons = json::elements(texts.get(row)?)?.map(geojson::polygons).collect::<Option<Vec<_>>>()?;
        let together = change::together(&polygons.concat());
        (!together.is_empty()).then(|| together.into_iter().map(Shape::Polygon).collect())
    }))
}
