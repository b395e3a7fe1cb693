//! `convert_energy`: an energy in another unit.

use schema::Type;

use super::unit::{PARAMS, Unit, convert};
use crate::{Cost, Eval, Example, Function, Nulls, ResultName, Returns, Section, Status};

/// `convert_energy(value, from, to)`.
pub static FUNCTION: Function = Function {
    name: "convert_energy",
    aliases: &[],
    section: Section::Conversion,
    doc: "convert-energy-function",
    summary: "An energy in another unit; null for a name that is no unit.",
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
        Example::gives(
            "British thermal units",
            "round(convert_energy(1.2, 'Joule', 'BritishThermalUnit'), 14)",
            "0.00113738054438",
        ),
        Example::gives("Kilowatt hours", "convert_energy(1, 'KilowattHour', 'Megajoule')", "3.6"),
        Example::gives("Null", r#"convert_energy(real(null), "BritishThermalUnit", "Calorie")"#, "real(null)"),
        Example::gives("No unit", r#"convert_energy(1.2, "BritishThermalUnit", "Furlongs")"#, "real(null)"),
    ],
};

/// A British thermal unit, of the International Table.
const BTU: f64 = 1_055.055_852_62;
/// The charge of an electron times a volt, as the SI has fixed it since 2019.
const ELECTRON_VOLT: f64 = 1.602_176_634e-19;

/// In joules.
const UNITS: &[Unit] = &[
    ("BritishThermalUnit", BTU),
    ("Calorie", 4.184),
    ("DecathermEc", BTU * 1e6),
    ("DecathermImperial", 1.055_055_852_573_48e9),
    ("DecathermUs", 1.054_804e9),
    ("ElectronVolt", ELECTRON_VOLT),
    ("Erg", 1e-7),
    ("FootPound", 1.355_817_948_331_400_4),
    ("GigabritishThermalUnit", BTU * 1e9),
    ("GigaelectronVolt", ELECTRON_VOLT * 1e9),
    ("Gigajoule", 1e9),
    ("GigawattDay", 8.64e13),
    ("GigawattHour", 3.6e12),
    ("HorsepowerHour", 2.684_519_537_696_173e6),
    ("Joule", 1.0),
    ("KilobritishThermalUnit", BTU * 1e3),
    ("Kilocalorie", 4184.0),
    ("KiloelectronVolt", ELECTRON_VOLT * 1e3),
    ("Kilojoule", 1e3),
    ("KilowattDay", 8.64e7),
    ("KilowattHour", 3.6e6),
    ("MegabritishThermalUnit", BTU * 1e6),
    ("Megacalorie", 4.184e6),
    ("MegaelectronVolt", ELECTRON_VOLT * 1e6),
    ("Megajoule", 1e6),
    ("MegawattDay", 8.64e10),
    ("MegawattHour", 3.6e9),
    ("Millijoule", 1e-3),
    ("TeraelectronVolt", ELECTRON_VOLT * 1e12),
    ("TerawattDay", 8.64e16),
    ("TerawattHour", 3.6e15),
    ("ThermEc", BTU * 1e5),
    ("ThermImperial", 1.055_055_852_573_48e8),
    ("ThermUs", 1.054_804e8),
    ("WattDay", 86400.0),
    ("WattHour", 3600.0),
];
