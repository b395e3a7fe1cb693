//! `convert_angle`: an angle in another unit.

use arrow::array::ArrayRef;
use schema::Type;

use super::unit::{PARAMS, Unit, each};
use crate::{
    Cost, Eval, Example, Function, Nulls, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError},
};

/// `convert_angle(value, from, to)`.
pub static FUNCTION: Function = Function {
    name: "convert_angle",
    aliases: &[],
    section: Section::Conversion,
    doc: "convert-angle-function",
    summary: "An angle in another unit; null for a name that is no unit.",
    params: PARAMS,
    returns: Returns::Fixed(Type::Real),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A null value gives null, and so does a name that is no unit."),
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(angle),
    examples: &[
        Example::gives("Minutes of arc", "convert_angle(1.2, 'Degree', 'Arcminute')", "72.0"),
        Example::gives("Radians", "round(convert_angle(180, 'Degree', 'Radian'), 9)", "3.141592654"),
        Example::gives("The tilt is the sine", "round(convert_angle(30, 'Degree', 'Tilt'), 12)", "0.5"),
        Example::gives("Null", "convert_angle(real(null), 'Degree', 'Radian')", "real(null)"),
        Example::gives("No unit", "convert_angle(1.2, 'Degree', 'Furlong')", "real(null)"),
    ],
};

/// In degrees.
const UNITS: &[Unit] = &[
    ("Arcminute", 1.0 / 60.0),
    ("Arcsecond", 1.0 / 3600.0),
    ("Centiradian", 1.8 / std::f64::consts::PI),
    ("Deciradian", 18.0 / std::f64::consts::PI),
    ("Degree", 1.0),
    ("Gradian", 0.9),
    ("Microdegree", 1e-6),
    ("Microradian", 1.8e-4 / std::f64::consts::PI),
    ("Millidegree", 1e-3),
    ("Milliradian", 0.18 / std::f64::consts::PI),
    ("Nanodegree", 1e-9),
    ("Nanoradian", 1.8e-7 / std::f64::consts::PI),
    ("NatoMil", 360.0 / 6400.0),
    ("Radian", 180.0 / std::f64::consts::PI),
    ("Revolution", 360.0),
];

/// The sine of an angle, which is no multiple of it.
const TILT: &str = "Tilt";

fn angle(args: &Args) -> Result<ArrayRef, KernelError> {
    let size = |name: &str| UNITS.iter().find(|unit| unit.0 == name).map(|unit| unit.1);
    each(args, |value, from, to| {
        let degrees = if from == TILT { value.asin().to_degrees() } else { value * size(from)? };
        Some(if to == TILT { degrees.to_radians().sin() } else { degrees / size(to)? })
    })
}
