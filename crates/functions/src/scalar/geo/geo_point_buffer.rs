//! `geo_point_buffer`: the polygon of all places within so many metres of a place; its arcs are off by no more than the tolerance (10).

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{
        Args, KernelError,
        sphere::{
            change,
            geojson::Shape,
            read::{Places, each_shape, metres},
        },
    },
};

/// `geo_point_buffer(longitude, latitude, radius, [tolerance])`.
pub static FUNCTION: Function = Function {
    name: "geo_point_buffer",
    aliases: &[],
    section: Section::Geo,
    doc: "geo-point-buffer-function",
    summary: "The polygon of all places within so many metres of a place; its arcs are off by no more than the tolerance (10).",
    params: &[
        Param::required("longitude", ParamType::Exact(Type::Real)),
        Param::required("latitude", ParamType::Exact(Type::Real)),
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
            "Places nearby are in it",
            "geo_point_in_polygon(10.0, 50.0005, geo_point_buffer(10.0, 50.0, 100.0, 1.0))",
            "true",
        ),
        Example::gives("Others are not", "geo_point_in_polygon(10.0, 50.001, geo_point_buffer(10.0, 50.0, 100.0, 1.0))", "false"),
        Example::gives("A radius below zero", "geo_point_buffer(10.0, 50.0, -1.0)", "dynamic(null)"),
    ],
};

fn eval(args: &Args) -> Result<ArrayRef, KernelError> {
    let (places, radius, tolerance) = (Places::from(args, 0)?, args.reals(2)?, metres(args, 3, 10.0)?);
    Ok(each_shape(args, |row| {
        let (radius, tolerance) =
            (radius.get(row).filter(|radius| *radius > 0.0)?, tolerance(row).filter(|tolerance| *tolerance > 0.0)?);
        Some(vec![Shape::Polygon(change::around_point(&places.get(row)?, radius, tolerance)?)])
    }))
}
