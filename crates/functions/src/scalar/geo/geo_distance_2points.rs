//! `geo_distance_2points`: the shortest distance between two places, in metres.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_real, sphere::read::Places},
};

/// `geo_distance_2points(p1_longitude, p1_latitude, p2_longitude, p2_latitude)`.
pub static FUNCTION: Function = Function {
    name: "geo_distance_2points",
    aliases: &[],
    section: Section::Geo,
    doc: "geo-distance-2points-function",
    summary: "The shortest distance between two places, in metres.",
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
        Example::gives("A degree of latitude", "round(geo_distance_2points(10.0, 50.0, 10.0, 51.0), 1)", "111195.1"),
        Example::gives("No way", "geo_distance_2points(1.0, 2.0, 1.0, 2.0)", "0.0"),
        Example::gives("Off the globe", "geo_distance_2points(190.0, 2.0, 1.0, 2.0)", "real(null)"),
    ],
};

fn eval(args: &Args) -> Result<ArrayRef, KernelError> {
    let (from, to) = (Places::from(args, 0)?, Places::from(args, 2)?);
    Ok(each_real(args, |row| Some(from.get(row)?.metres(&to.get(row)?))))
}
