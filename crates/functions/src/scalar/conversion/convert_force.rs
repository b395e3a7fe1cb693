//! `convert_force`: a force in another unit.

use schema::Type;

use super::unit::{PARAMS, Unit, convert};
use crate::{Cost, Eval, Example, Function, Nulls, ResultName, Returns, Section, Status};

/// `convert_force(value, from, to)`.
pub static FUNCTION: Function = Function {
    name: "convert_force",
    aliases: &[],
    section: Section::Conversion,
    doc: "convert-force-function",
    summary: "A force in another unit; null for a name that is no unit.",
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
        Example::gives("Decanewtons", "convert_force(1.2, 'Newton', 'Decanewton')", "0.12"),
        Example::gives("Kiloponds", "convert_force(2, 'KiloPond', 'Newton')", "19.6133"),
        Example::gives("Null", r#"convert_force(real(null), "Decanewton", "Dyn")"#, "real(null)"),
        Example::gives("No unit", r#"convert_force(1.2, "Decanewton", "Furlongs")"#, "real(null)"),
    ],
};

/// Standard gravity, in metres per second squared.
const GRAVITY: f64 = 9.806_65;
const POUND_FORCE: f64 = 4.448_221_615_260_5;

/// In newtons.
const UNITS: &[Unit] = &[
    ("Decanewton", 10.0),
    ("Dyn", 1e-5),
    ("KiloPond", GRAVITY),
    ("KilogramForce", GRAVITY),
    ("Kilonewton", 1e3),
    ("KilopoundForce", POUND_FORCE * 1e3),
    ("Meganewton", 1e6),
    ("Micronewton", 1e-6),
    ("Millinewton", 1e-3),
    ("Newton", 1.0),
    ("OunceForce", POUND_FORCE / 16.0),
    ("PoundForce", POUND_FORCE),
    ("Poundal", 0.138_254_954_376),
    ("ShortTonForce", POUND_FORCE * 2e3),
    ("TonneForce", GRAVITY * 1e3),
];
