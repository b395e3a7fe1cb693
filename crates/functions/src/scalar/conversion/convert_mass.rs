//! `convert_mass`: a mass in another unit.

use schema::Type;

use super::unit::{PARAMS, Unit, convert};
use crate::{Cost, Eval, Example, Function, Nulls, ResultName, Returns, Section, Status};

/// `convert_mass(value, from, to)`.
pub static FUNCTION: Function = Function {
    name: "convert_mass",
    aliases: &[],
    section: Section::Conversion,
    doc: "convert-mass-function",
    summary: "A mass in another unit; null for a name that is no unit.",
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
        Example::gives("Pounds", "round(convert_mass(1.2, 'Kilogram', 'Pound'), 12)", "2.645547146218"),
        Example::gives("Tonnes", "convert_mass(1500, 'Kilogram', 'Tonne')", "1.5"),
        Example::gives("Null", r#"convert_mass(real(null), "Centigram", "Decagram")"#, "real(null)"),
        Example::gives("No unit", r#"convert_mass(1.2, "Centigram", "Furlongs")"#, "real(null)"),
    ],
};

/// The avoirdupois pound.
const POUND: f64 = 453.592_37;

/// In grams.
const UNITS: &[Unit] = &[
    ("Centigram", 0.01),
    ("Decagram", 10.0),
    ("Decigram", 0.1),
    ("EarthMass", 5.9722e27),
    ("Grain", 0.064_798_91),
    ("Gram", 1.0),
    ("Hectogram", 100.0),
    ("Kilogram", 1e3),
    ("Kilopound", POUND * 1e3),
    ("Kilotonne", 1e9),
    ("LongHundredweight", POUND * 112.0),
    ("LongTon", POUND * 2240.0),
    ("Megapound", POUND * 1e6),
    ("Megatonne", 1e12),
    ("Microgram", 1e-6),
    ("Milligram", 1e-3),
    ("Nanogram", 1e-9),
    ("Ounce", POUND / 16.0),
    ("Pound", POUND),
    ("ShortHundredweight", POUND * 100.0),
    ("ShortTon", POUND * 2e3),
    ("Slug", 14_593.902_937_206_364),
    ("SolarMass", 1.98947e33),
    ("Stone", POUND * 14.0),
    ("Tonne", 1e6),
];
