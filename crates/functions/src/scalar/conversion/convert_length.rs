//! `convert_length`: a length in another unit.

use schema::Type;

use super::unit::{PARAMS, Unit, convert};
use crate::{Cost, Eval, Example, Function, Nulls, ResultName, Returns, Section, Status};

/// `convert_length(value, from, to)`.
pub static FUNCTION: Function = Function {
    name: "convert_length",
    aliases: &[],
    section: Section::Conversion,
    doc: "convert-length-function",
    summary: "A length in another unit; null for a name that is no unit.",
    params: PARAMS,
    returns: Returns::Fixed(Type::Real),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A null value gives null, and so does a name that is no unit."),
    cost: Cost::Cheap,
    status: Status::Partial(
        "The reference gives no factors: each unit is as large as its definition says, which may differ from Kusto in the last digits.",
    ),
    eval: Eval::Kernel(|args| convert(args, UNITS)),
    examples: &[
        Example::gives("Feet", "round(convert_length(1.2, 'Meter', 'Foot'), 12)", "3.937007874016"),
        Example::gives("Miles", "convert_length(2, 'Mile', 'Kilometer')", "3.218688"),
        Example::gives("Null", r#"convert_length(real(null), "Angstrom", "AstronomicalUnit")"#, "real(null)"),
        Example::gives("No unit", r#"convert_length(1.2, "Angstrom", "Furlongs")"#, "real(null)"),
    ],
};

const LIGHT_YEAR: f64 = 9.460_730_472_580_8e15;
const PARSEC: f64 = 3.085_677_581_491_367e16;

/// In metres.
const UNITS: &[Unit] = &[
    ("Angstrom", 1e-10),
    ("AstronomicalUnit", 1.495_978_707e11),
    ("Centimeter", 0.01),
    ("Chain", 20.1168),
    ("DataMile", 1828.8),
    ("Decameter", 10.0),
    ("Decimeter", 0.1),
    ("DtpPica", 0.0254 / 6.0),
    ("DtpPoint", 0.0254 / 72.0),
    ("Fathom", 1.8288),
    ("Foot", 0.3048),
    ("Hand", 0.1016),
    ("Hectometer", 100.0),
    ("Inch", 0.0254),
    ("KilolightYear", LIGHT_YEAR * 1e3),
    ("Kilometer", 1e3),
    ("Kiloparsec", PARSEC * 1e3),
    ("LightYear", LIGHT_YEAR),
    ("MegalightYear", LIGHT_YEAR * 1e6),
    ("Megaparsec", PARSEC * 1e6),
    ("Meter", 1.0),
    ("Microinch", 2.54e-8),
    ("Micrometer", 1e-6),
    ("Mil", 2.54e-5),
    ("Mile", 1609.344),
    ("Millimeter", 1e-3),
    ("Nanometer", 1e-9),
    ("NauticalMile", 1852.0),
    ("Parsec", PARSEC),
    ("PrinterPica", 12.0 * 0.0254 / 72.27),
    ("PrinterPoint", 0.0254 / 72.27),
    ("Shackle", 27.432),
    ("SolarRadius", 6.9551e8),
    ("Twip", 0.0254 / 1440.0),
    ("UsSurveyFoot", 1200.0 / 3937.0),
    ("Yard", 0.9144),
];
