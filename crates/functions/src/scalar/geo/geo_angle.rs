//! `geo_angle`: the angle at the second of three places, in radians clockwise from the way to the first to the way to the third, from 0 to 2 pi.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_real, sphere::read::Places},
};

/// `geo_angle(p1_longitude, p1_latitude, p2_longitude, p2_latitude, p3_longitude, p3_latitude)`.
pub static FUNCTION: Function = Function {
    name: "geo_angle",
    aliases: &[],
    section: Section::Geo,
    doc: "geo-angle-function",
    summary: "The angle at the second of three places, in radians clockwise from the way to the first to the way to the third, from 0 to 2 pi.",
    params: &[
        Param::required("p1_longitude", ParamType::Exact(Type::Real)),
        Param::required("p1_latitude", ParamType::Exact(Type::Real)),
        Param::required("p2_longitude", ParamType::Exact(Type::Real)),
        Param::required("p2_latitude", ParamType::Exact(Type::Real)),
        Param::required("p3_longitude", ParamType::Exact(Type::Real)),
        Param::required("p3_latitude", ParamType::Exact(Type::Real)),
    ],
    returns: Returns::Fixed(Type::Real),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A null argument, and one that is no such shape or place, gives null."),
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(eval),
    examples: &[
        Example::gives("To the right", "round(degrees(geo_angle(0.0, 1.0, 0.0, 0.0, 1.0, 0.0)), 6)", "90.0"),
        Example::gives("To the left", "round(degrees(geo_angle(1.0, 0.0, 0.0, 0.0, 0.0, 1.0)), 6)", "270.0"),
        Example::gives("Two places are one", "geo_angle(0.0, 1.0, 0.0, 1.0, 1.0, 0.0)", "real(null)"),
    ],
};

fn eval(args: &Args) -> Result<ArrayRef, KernelError> {
    let (first, corner, last) = (Places::from(args, 0)?, Places::from(args, 2)?, Places::from(args, 4)?);
    Ok(each_real(args, |row| {
        let corner = corner.get(row)?;
        let (before, after) = (corner.heading(&first.get(row)?)?, corner.heading(&last.get(row)?)?);
        Some((after - before).rem_euclid(std::f64::consts::TAU))
    }))
}
