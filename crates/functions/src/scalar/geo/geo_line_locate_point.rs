//! `geo_line_locate_point`: how far along a line its place lies that is nearest to a place, from 0 to 1.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{
        Args, KernelError, each_real,
        sphere::{geojson, read::Places, way},
    },
};

/// `geo_line_locate_point(lineString, longitude, latitude)`.
pub static FUNCTION: Function = Function {
    name: "geo_line_locate_point",
    aliases: &[],
    section: Section::Geo,
    doc: "geo-line-locate-point-function",
    summary: "How far along a line its place lies that is nearest to a place, from 0 to 1.",
    params: &[
        Param::required("lineString", ParamType::Exact(Type::Dynamic)),
        Param::required("longitude", ParamType::Exact(Type::Real)),
        Param::required("latitude", ParamType::Exact(Type::Real)),
    ],
    returns: Returns::Fixed(Type::Real),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A null argument, and one that is no such shape or place, gives null."),
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(eval),
    examples: &[
        Example::gives(
            "Half way",
            r#"round(geo_line_locate_point(dynamic({"type":"LineString","coordinates":[[0,0],[2,0]]}), 1.0, 1.0), 9)"#,
            "0.5",
        ),
        Example::gives(
            "Past the end",
            r#"geo_line_locate_point(dynamic({"type":"LineString","coordinates":[[0,0],[2,0]]}), 5.0, 0.0)"#,
            "1.0",
        ),
        Example::gives(
            "No line",
            r#"geo_line_locate_point(dynamic({"type":"LineString","coordinates":[[1,1]]}), 1.0, 1.0)"#,
            "real(null)",
        ),
    ],
};

fn eval(args: &Args) -> Result<ArrayRef, KernelError> {
    let (texts, places) = (args.texts(0)?, Places::from(args, 1)?);
    Ok(each_real(args, |row| {
        let lines = geojson::lines(texts.get(row)?)?;
        let [line] = lines.as_slice() else { return None };
        way::part(line, &places.get(row)?)
    }))
}
