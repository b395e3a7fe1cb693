//! `convert_volume`: a volume in another unit.

use schema::Type;

use super::unit::{PARAMS, Unit, convert};
use crate::{Cost, Eval, Example, Function, Nulls, ResultName, Returns, Section, Status};

/// `convert_volume(value, from, to)`.
pub static FUNCTION: Function = Function {
    name: "convert_volume",
    aliases: &[],
    section: Section::Conversion,
    doc: "convert-volume-function",
    summary: "A volume in another unit; null for a name that is no unit.",
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
        Example::gives("Acre feet", "round(convert_volume(1.2, 'CubicMeter', 'AcreFoot'), 12)", "0.0009728568"),
        Example::gives("Litres", "convert_volume(2, 'OilBarrel', 'Liter') between (317.97 .. 317.98)", "true"),
        Example::gives("Null", r#"convert_volume(real(null), "AcreFoot", "AuTablespoon")"#, "real(null)"),
        Example::gives("No unit", r#"convert_volume(1.2, "AcreFoot", "Furlongs")"#, "real(null)"),
    ],
};

const CUBIC_INCH: f64 = 1.638_706_4e-5;
const IMPERIAL_GALLON: f64 = 4.546_09e-3;
const US_GALLON: f64 = 3.785_411_784e-3;

/// In cubic metres.
const UNITS: &[Unit] = &[
    ("AcreFoot", 1.0 / 0.000_810_714),
    ("AuTablespoon", 2e-5),
    ("BoardFoot", CUBIC_INCH * 144.0),
    ("Centiliter", 1e-5),
    ("CubicCentimeter", 1e-6),
    ("CubicDecimeter", 1e-3),
    ("CubicFoot", CUBIC_INCH * 1728.0),
    ("CubicHectometer", 1e6),
    ("CubicInch", CUBIC_INCH),
    ("CubicKilometer", 1e9),
    ("CubicMeter", 1.0),
    ("CubicMicrometer", 1e-18),
    ("CubicMile", 4.168_181_825_440_58e9),
    ("CubicMillimeter", 1e-9),
    ("CubicYard", CUBIC_INCH * 46_656.0),
    ("Decaliter", 1e-2),
    ("DecausGallon", US_GALLON * 10.0),
    ("Deciliter", 1e-4),
    ("DeciusGallon", US_GALLON / 10.0),
    ("HectocubicFoot", CUBIC_INCH * 172_800.0),
    ("HectocubicMeter", 100.0),
    ("Hectoliter", 0.1),
    ("HectousGallon", US_GALLON * 100.0),
    ("ImperialBeerBarrel", IMPERIAL_GALLON * 36.0),
    ("ImperialGallon", IMPERIAL_GALLON),
    ("ImperialOunce", IMPERIAL_GALLON / 160.0),
    ("ImperialPint", IMPERIAL_GALLON / 8.0),
    ("KilocubicFoot", CUBIC_INCH * 1_728_000.0),
    ("KilocubicMeter", 1e3),
    ("KiloimperialGallon", IMPERIAL_GALLON * 1e3),
    ("Kiloliter", 1.0),
    ("KilousGallon", US_GALLON * 1e3),
    ("Liter", 1e-3),
    ("MegacubicFoot", CUBIC_INCH * 1.728e9),
    ("MegaimperialGallon", IMPERIAL_GALLON * 1e6),
    ("Megaliter", 1e3),
    ("MegausGallon", US_GALLON * 1e6),
    ("MetricCup", 2.5e-4),
    ("MetricTeaspoon", 5e-6),
    ("Microliter", 1e-9),
    ("Milliliter", 1e-6),
    ("OilBarrel", US_GALLON * 42.0),
    ("UkTablespoon", 1.5e-5),
    ("UsBeerBarrel", US_GALLON * 31.0),
    ("UsCustomaryCup", US_GALLON / 16.0),
    ("UsGallon", US_GALLON),
    ("UsLegalCup", 2.4e-4),
    ("UsOunce", US_GALLON / 128.0),
    ("UsPint", US_GALLON / 8.0),
    ("UsQuart", US_GALLON / 4.0),
    ("UsTablespoon", US_GALLON / 256.0),
    ("UsTeaspoon", US_GALLON / 768.0),
];
