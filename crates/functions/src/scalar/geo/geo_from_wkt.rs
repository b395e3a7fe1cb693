//! `geo_from_wkt`: WKT, the well-known text of a shape, as GeoJSON.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_text_or_null, sphere::wkt},
};

/// `geo_from_wkt(wkt)`.
pub static FUNCTION: Function = Function {
    name: "geo_from_wkt",
    aliases: &[],
    section: Section::Geo,
    doc: "geo-from-wkt-function",
    summary: "WKT, the well-known text of a shape, as GeoJSON.",
    params: &[Param::required("wkt", ParamType::Exact(Type::String))],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A null argument, and one that is no such shape or place, gives null."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(eval),
    examples: &[
        Example::gives("A place", r#"geo_from_wkt("POINT (1 2.5)")"#, r#"dynamic({"type":"Point","coordinates":[1,2.5]})"#),
        Example::gives(
            "In small letters, without spaces",
            r#"geo_from_wkt("linestring(1 2,3 4)")"#,
            r#"dynamic({"type":"LineString","coordinates":[[1,2],[3,4]]})"#,
        ),
        Example::gives(
            "With a hole",
            r#"geo_from_wkt("POLYGON ((0 0, 9 0, 9 9, 0 0), (5 2, 6 2, 6 3, 5 2))")"#,
            r#"dynamic({"type":"Polygon","coordinates":[[[0,0],[9,0],[9,9],[0,0]],[[5,2],[6,2],[6,3],[5,2]]]})"#,
        ),
        Example::gives(
            "Several",
            r#"geo_from_wkt("GEOMETRYCOLLECTION (POINT (1 1), MULTIPOINT ((2 2), (3 3)))")"#,
            r#"dynamic({"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,1]},{"type":"MultiPoint","coordinates":[[2,2],[3,3]]}]})"#,
        ),
        Example::gives("No shape", r#"geo_from_wkt("LINESTRING")"#, "dynamic(null)"),
    ],
};

fn eval(args: &Args) -> Result<ArrayRef, KernelError> {
    let texts = args.texts(0)?;
    Ok(each_text_or_null(args, |row, out| texts.get(row).is_some_and(|text| wkt::to_geojson(text, out).is_some())))
}
