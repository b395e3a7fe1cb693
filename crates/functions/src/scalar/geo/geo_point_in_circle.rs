//! `geo_point_in_circle`: whether a place is within a distance in metres of another.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_bool, sphere::read::Places},
};

/// `geo_point_in_circle(p_longitude, p_latitude, pc_longitude, pc_latitude, c_radius)`.
pub static FUNCTION: Function = Function {
    name: "geo_point_in_circle",
    aliases: &[],
    section: Section::Geo,
    doc: "geo-point-in-circle-function",
    summary: "Whether a place is within a distance in metres of another.",
    params: &[
        Param::required("p_longitude", ParamType::Exact(Type::Real)),
        Param::required("p_latitude", ParamType::Exact(Type::Real)),
        Param::required("pc_longitude", ParamType::Exact(Type::Real)),
        Param::required("pc_latitude", ParamType::Exact(Type::Real)),
        Param::required("c_radius", ParamType::Exact(Type::Real)),
    ],
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A null argument, and one that is no such shape or place, gives null."),
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(eval),
    examples: &[
        Example::gives("Near", "geo_point_in_circle(10.0, 50.0, 10.0, 50.001, 200.0)", "true"),
        Example::gives("Far", "geo_point_in_circle(10.0, 50.0, 10.0, 50.001, 100.0)", "false"),
        Example::gives("A radius below zero", "geo_point_in_circle(10.0, 50.0, 10.0, 50.0, -1.0)", "bool(null)"),
    ],
};

fn eval(args: &Args) -> Result<ArrayRef, KernelError> {
    let (place, centre, radius) = (Places::from(args, 0)?, Places::from(args, 2)?, args.reals(4)?);
    Ok(each_bool(args, |row| {
        let radius = radius.get(row).filter(|radius| *radius >= 0.0)?;
        Some(place.get(row)?.metres(&centre.get(row)?) <= radius)
    }))
}
