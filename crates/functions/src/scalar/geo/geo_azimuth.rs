//! `geo_azimuth`: the direction from one place to another, in radians clockwise from north, from 0 to 2 pi.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_real, sphere::read::Places},
};

/// `geo_azimuth(p1_longitude, p1_latitude, p2_longitude, p2_latitude)`.
pub static FUNCTION: Function = Function {
    name: "geo_azimuth",
    aliases: &[],
    section: Section::Geo,
    doc: "geo-azimuth-function",
    summary: "The direction from one place to another, in radians clockwise from north, from 0 to 2 pi.",
    params: &[
        Param::required("p1_longitude", ParamType::Exact(Type::Real)),
        Param::required("p1_latitude", ParamType::Exact(Type::Real)),
        Param::required("p2_longitude", ParamType::Exact(Type::Real)),
        Param::required("p2_latitude", ParamType::Exact(Type::Real)),
    ],
    returns: Returns::Fixed(Type::Real),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A null argument, and one that is no such shape or place, gives null."),
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(eval),
    examples: &[
        Example::gives("East", "round(degrees(geo_azimuth(10.0, 0.0, 11.0, 0.0)), 6)", "90.0"),
        Example::gives("West", "round(degrees(geo_azimuth(10.0, 0.0, 9.0, 0.0)), 6)", "270.0"),
        Example::gives("Nowhere", "geo_azimuth(10.0, 0.0, 10.0, 0.0)", "real(null)"),
    ],
};

fn eval(args: &Args) -> Result<ArrayRef, KernelError> {
    let (from, to) = (Places::from(args, 0)?, Places::from(args, 2)?);
    Ok(each_real(args, |row| from.get(row)?.heading(&to.get(row)?)))
}
