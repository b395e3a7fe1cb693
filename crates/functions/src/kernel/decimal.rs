//! Arithmetic on decimals: integers that count units of 10^-[`DECIMAL_SCALE`].

use arrow::datatypes::i256;
use schema::{DECIMAL_PRECISION, DECIMAL_SCALE};

/// Units in 1.
pub const ONE: i128 = 10_i128.pow(DECIMAL_SCALE.unsigned_abs() as u32);
/// The first number of units with too many digits.
const LIMIT: u128 = 10_u128.pow(DECIMAL_PRECISION as u32);

/// The number of units if a decimal can hold it.
#[must_use]
pub fn in_range(units: i128) -> Option<i128> {
    (units.unsigned_abs() < LIMIT).then_some(units)
}

/// The product, rounded half away from zero; `None` when it has too many digits.
#[must_use]
pub fn multiply(left: i128, right: i128) -> Option<i128> {
    rounded(i256::from_i128(left).checked_mul(i256::from_i128(right))?, i256::from_i128(ONE))
}

/// The quotient, rounded half away from zero; `None` for a division by zero or too many digits.
#[must_use]
pub fn divide(left: i128, right: i128) -> Option<i128> {
    rounded(i256::from_i128(left).checked_mul(i256::from_i128(ONE))?, i256::from_i128(right))
}

/// A real's nearest decimal; `None` for NaN, infinity and what has too many digits.
#[must_use]
pub fn from_real(value: f64) -> Option<i128> {
    if !value.is_finite() {
        return None;
    }
    // The shortest digits that mean this real: 0.1 is to become 0.1, not 0.1000000000000000055.
    schema::text::decimal::parse(&format!("{value:e}"))
}

fn rounded(dividend: i256, divisor: i256) -> Option<i128> {
    let quotient = dividend.checked_div(divisor)?;
    let rest = dividend.checked_rem(divisor)?;
    let twice = rest.checked_add(rest)?.checked_abs()?;
    let away = if (dividend < i256::ZERO) == (divisor < i256::ZERO) { i256::ONE } else { i256::MINUS_ONE };
    let quotient = if twice >= divisor.checked_abs()? { quotient.checked_add(away)? } else { quotient };
    in_range(quotient.to_i128()?)
}

#[cfg(test)]
mod tests {
    use super::{ONE, divide, from_real, multiply};

    #[test]
    fn results_are_rounded_half_away_from_zero() {
        assert_eq!(divide(2 * ONE, 3 * ONE), Some(6_666_666_666_666_667));
        assert_eq!(divide(-2 * ONE, 3 * ONE), Some(-6_666_666_666_666_667));
        assert_eq!(multiply(ONE / 2, 3), Some(2));
        assert_eq!(divide(ONE, 0), None);
        assert_eq!(multiply(i128::MAX / 2, 4 * ONE), None);
    }

    #[test]
    fn reals_keep_the_digits_they_show() {
        assert_eq!(from_real(0.1), Some(ONE / 10));
        assert_eq!(from_real(-2.5), Some(-25 * ONE / 10));
        assert_eq!(from_real(f64::NAN), None);
        assert_eq!(from_real(1e300), None);
    }
}
