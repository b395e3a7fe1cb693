//! Units of measure: a value converted from one to another, by its size in a base unit.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Param, ParamType,
    kernel::{Args, KernelError, each_real},
};

/// The parameters of all functions that convert units.
pub(super) const PARAMS: &[Param] = &[
    Param::required("value", ParamType::Exact(Type::Real)),
    Param::required("from", ParamType::Exact(Type::String)),
    Param::required("to", ParamType::Exact(Type::String)),
];

/// A unit's name and its size in the base unit.
pub(super) type Unit = (&'static str, f64);

/// The value of a row in another unit; null for a name that is no unit. The units are sorted by name.
pub(super) fn convert(args: &Args, units: &[Unit]) -> Result<ArrayRef, KernelError> {
    let size = |name: &str| units.iter().find(|unit| unit.0 == name).map(|unit| unit.1);
    each(args, |value, from, to| Some(value * size(from)? / size(to)?))
}

/// The value of a row as `convert` makes it from the value and both names.
pub(super) fn each(args: &Args, convert: impl Fn(f64, &str, &str) -> Option<f64>) -> Result<ArrayRef, KernelError> {
    let (values, from, to) = (args.reals(0)?, args.texts(1)?, args.texts(2)?);
    Ok(each_real(args, |row| convert(values.get(row)?, from.text(row), to.text(row))))
}
