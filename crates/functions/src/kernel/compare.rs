//! Comparisons that Arrow's own do differently: reals as IEEE 754 has them, and dynamic values with numbers.
//!
//! Arrow orders NaN above all numbers and -0 below 0; Kusto's NaN equals nothing and is in no order.

use std::cmp::Ordering;

use arrow::array::ArrayRef;
use schema::{Type, text};

use super::{Args, KernelError, Longs, Reals, Texts, each_bool, json};

/// How two values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl Comparison {
    /// The operator.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }

    /// Whether values in this order satisfy it; `None` is the order of NaN and anything.
    #[must_use]
    pub fn holds(self, order: Option<Ordering>) -> bool {
        match self {
            Self::Equal => order == Some(Ordering::Equal),
            Self::NotEqual => order != Some(Ordering::Equal),
            Self::Less => order == Some(Ordering::Less),
            Self::LessOrEqual => matches!(order, Some(Ordering::Less | Ordering::Equal)),
            Self::Greater => order == Some(Ordering::Greater),
            Self::GreaterOrEqual => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
        }
    }

    /// What a comparison gives when one or both values are null: a value differs from null, of two nulls nothing is known.
    const fn with_null(self, left_is_null: bool, right_is_null: bool) -> Option<bool> {
        match self {
            Self::Equal | Self::NotEqual if left_is_null && right_is_null => None,
            Self::Equal => Some(false),
            Self::NotEqual => Some(true),
            Self::Less | Self::LessOrEqual | Self::Greater | Self::GreaterOrEqual => None,
        }
    }
}

/// A number with the precision it was written in.
#[derive(Debug, Clone, Copy)]
pub enum Number {
    /// Whole, up to 64 bits.
    Long(i64),
    /// Any other.
    Real(f64),
}

impl Number {
    /// Order of two numbers; `None` if one is NaN.
    #[must_use]
    pub fn order(self, other: Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Long(a), Self::Long(b)) => Some(a.cmp(&b)),
            (a, b) => a.real().partial_cmp(&b.real()),
        }
    }

    /// The nearest real.
    #[must_use]
    pub const fn real(self) -> f64 {
        match self {
            Self::Long(value) => value as f64,
            Self::Real(value) => value,
        }
    }

    /// The number that a JSON value is or, as text, spells.
    #[must_use]
    pub fn of_json(value: &str) -> Option<Self> {
        match json::kind(value) {
            json::Kind::Number => match value.parse() {
                Ok(long) => Some(Self::Long(long)),
                Err(_) => value.parse().ok().map(Self::Real),
            },
            json::Kind::String => {
                let spelt = json::string(value)?;
                text::long::parse(&spelt).map(Self::Long).or_else(|| text::real::parse(&spelt).map(Self::Real))
            }
            json::Kind::Bool => Some(Self::Long(i64::from(value == "true"))),
            json::Kind::Null | json::Kind::Array | json::Kind::Bag => None,
        }
    }
}

/// An argument read as numbers.
enum Numbers {
    Longs(Longs),
    Reals(Reals),
    Dynamics(Texts),
}

impl Numbers {
    fn of(args: &Args, position: usize) -> Result<Self, KernelError> {
        Ok(match args.ty(position) {
            Type::Dynamic => Self::Dynamics(args.texts(position)?),
            Type::Int | Type::Long => Self::Longs(args.longs(position)?),
            _ => Self::Reals(args.reals(position)?),
        })
    }

    fn get(&self, row: usize) -> Option<Number> {
        match self {
            Self::Longs(values) => values.get(row).map(Number::Long),
            Self::Reals(values) => values.get(row).map(Number::Real),
            Self::Dynamics(values) => values.get(row).and_then(Number::of_json),
        }
    }
}

/// Compares two arguments, each `int`, `long`, `real` or `dynamic`.
///
/// # Errors
/// The arguments hold something else.
pub fn compare_numbers(args: &Args, comparison: Comparison) -> Result<ArrayRef, KernelError> {
    let (left, right) = (Numbers::of(args, 0)?, Numbers::of(args, 1)?);
    Ok(each_bool(args, |row| match (left.get(row), right.get(row)) {
        (Some(a), Some(b)) => Some(comparison.holds(a.order(b))),
        (a, b) => comparison.with_null(a.is_none(), b.is_none()),
    }))
}
