//! `geo_line_interpolate_point`: the place at a part of the way along a line, from 0 to 1, as a GeoJSON point.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{
        Args, KernelError,
        sphere::{
            geojson::{self, Shape},
            read::each_shape,
            way,
        },
    },
};

/// `geo_line_interpolate_point(lineString, fraction)`.
pub static FUNCTION: Function = Function {
    name: "geo_line_interpolate_point",
    aliases: &[],
    section: Section::Geo,
    doc: "geo-line-interpolate-point-function",
    summary: "The place at a part of the way along a line, from 0 to 1, as a GeoJSON point.",
    params: &[
        Param::required("lineString", ParamType::Exact(Type::Dynamic)),
        Param::required("fraction", ParamType::Exact(Type::Real)),
    ],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A null argument, and one that is no such shape or place, gives null."),
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(eval),
    examples: &[
        Example::gives(
            "Half way",
            r#"round(toreal(geo_line_interpolate_point(dynamic({"type":"LineString","coordinates":[[0,0],[2,0]]}), 0.5).coordinates[0]), 9)"#,
            "1.0",
        ),
        Example::gives(
            "The end",
            r#"geo_line_interpolate_point(dynamic({"type":"LineString","coordinates":[[0,0],[2,0]]}), 1.0)"#,
            r#"dynamic({"type":"Point","coordinates":[2.0,0.0]})"#,
        ),
        Example::gives(
            "Past the end",
            r#"geo_line_interpolate_point(dynamic({"type":"LineString","coordinates":[[0,0],[2,0]]}), 1.5)"#,
            "dynamic(null)",
        ),
    ],
};

fn eval(args: &Args) -> Result<ArrayRef, KernelError> {
    let (texts, parts) = (args.texts(0)?, args.reals(1)?);
    Ok(each_shape(args, |row| {
        let lines = geojson::lines(texts.get(row)?)?;
        let [line] = lines.as_slice() else { return None };
        let part = parts.get(row).filter(|part| (0.0..=1.0).contains(part))?;
        Some(vec![Shape::Point(way::at(line, part)?)])
    }))
}
