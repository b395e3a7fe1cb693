//! `convert_temperature`: a temperature in another unit.

use arrow::array::ArrayRef;
use schema::Type;

use super::unit::{PARAMS, each};
use crate::{
    Cost, Eval, Example, Function, Nulls, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError},
};

/// `convert_temperature(value, from, to)`.
pub static FUNCTION: Function = Function {
    name: "convert_temperature",
    aliases: &[],
    section: Section::Conversion,
    doc: "convert-temperature-function",
    summary: "A temperature in another unit; null for a name that is no unit.",
    params: PARAMS,
    returns: Returns::Fixed(Type::Real),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A null value gives null, and so does a name that is no unit."),
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(temperature),
    examples: &[
        Example::gives("Celsius", "round(convert_temperature(1.2, 'Kelvin', 'DegreeCelsius'), 9)", "-271.95"),
        Example::gives("Fahrenheit", "round(convert_temperature(100, 'DegreeCelsius', 'DegreeFahrenheit'), 9)", "212.0"),
        Example::gives("Null", "convert_temperature(real(null), 'Kelvin', 'DegreeCelsius')", "real(null)"),
        Example::gives("No unit", "convert_temperature(1.2, 'Kelvin', 'Warm')", "real(null)"),
    ],
};

/// A unit's name, how many kelvins one degree of it is, and where it begins in kelvins.
const UNITS: &[(&str, f64, f64)] = &[
    ("DegreeCelsius", 1.0, 273.15),
    ("DegreeDelisle", -2.0 / 3.0, 373.15),
    ("DegreeFahrenheit", 5.0 / 9.0, 459.67 * 5.0 / 9.0),
    ("DegreeNewton", 100.0 / 33.0, 273.15),
    ("DegreeRankine", 5.0 / 9.0, 0.0),
    ("DegreeReaumur", 1.25, 273.15),
    ("DegreeRoemer", 40.0 / 21.0, 273.15 - 7.5 * 40.0 / 21.0),
    ("Kelvin", 1.0, 0.0),
    ("MillidegreeCelsius", 1e-3, 273.15),
    ("SolarTemperature", 5778.0, 0.0),
];

fn temperature(args: &Args) -> Result<ArrayRef, KernelError> {
    let unit = |name: &str| UNITS.iter().find(|unit| unit.0 == name);
    each(args, |value, from, to| {
        let (from, to) = (unit(from)?, unit(to)?);
        Some((value * from.1 + from.2 - to.2) / to.1)
    })
}
