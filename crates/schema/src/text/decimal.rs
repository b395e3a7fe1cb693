//! `decimal` as text.
//!
//! A value is an integer count of 10^-[`DECIMAL_SCALE`], as the engine's Arrow column holds it.
//! Source: Microsoft's reference, pages `scalar-data-types/decimal` and `todecimal-function`.

use std::fmt::Write as _;

use crate::{DECIMAL_PRECISION, DECIMAL_SCALE};

/// Units in 1.
const ONE: u128 = 10u128.pow(DECIMAL_SCALE.unsigned_abs() as u32);
/// The first number of units with too many digits for the column.
const LIMIT: u128 = 10u128.pow(DECIMAL_PRECISION as u32);

/// Appends the number without trailing zeros: `1.5`, `-0.25`, `3`.
pub fn write(value: i128, out: &mut String) {
    if value < 0 {
        out.push('-');
    }
    let (whole, fraction) = (value.unsigned_abs() / ONE, value.unsigned_abs() % ONE);
    // Writing to a String cannot fail.
    let _ = write!(out, "{whole}");
    if fraction > 0 {
        let _ = write!(out, ".{fraction:0width$}", width = usize::from(DECIMAL_SCALE.unsigned_abs()));
        out.truncate(out.trim_end_matches('0').len());
    }
}

/// What `todecimal(text)` gives: digits with a point or exponent, blanks around. Digits beyond the scale are rounded, half
/// away from zero. `None` stands for null: no number, or one too large.
#[must_use]
pub fn parse(text: &str) -> Option<i128> {
    let text = text.trim();
    let (number, exponent) = match text.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (negative, number) = match number.as_bytes().first()? {
        b'-' => (true, &number[1..]),
        b'+' => (false, &number[1..]),
        _ => (false, number),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = || whole.bytes().chain(fraction.bytes());
    if digits().next().is_none() || !digits().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    // The power of ten of the first digit, in units; the digits below unit 0 only decide the rounding.
    let mut power = i32::try_from(whole.len()).ok()?.checked_add(exponent)?.checked_add(i32::from(DECIMAL_SCALE))?;
    let mut units: u128 = 0;
    for digit in digits() {
        let digit = u128::from(digit - b'0');
        power = power.checked_sub(1)?;
        if power >= 0 {
            units = units.checked_mul(10)?.checked_add(digit)?;
        } else {
            units += u128::from(power == -1 && digit >= 5);
            break;
        }
    }
    if power > 0 && units > 0 {
        units = units.checked_mul(10u128.checked_pow(power.unsigned_abs())?)?;
    }
    let units = i128::try_from(units).ok().filter(|_| units < LIMIT)?;
    Some(if negative { -units } else { units })
}

#[cfg(test)]
mod tests {
    use super::{parse, write};

    #[test]
    fn numbers_read_and_write_without_trailing_zeros() {
        let table = [
            ("0", "0"),
            ("-0", "0"),
            ("1.0", "1"),
            ("1.50", "1.5"),
            (" -0.25 ", "-0.25"),
            ("+3", "3"),
            (".5", "0.5"),
            ("5.", "5"),
            ("1e3", "1000"),
            ("12.5E-1", "1.25"),
            ("0.0000000000000001", "0.0000000000000001"),
            ("0.00000000000000005", "0.0000000000000001"),
            ("0.00000000000000004", "0"),
            ("0.000000000000000009", "0"),
            ("1e-400", "0"),
            ("0e400", "0"),
            ("9999999999999999999999.9999999999999999", "9999999999999999999999.9999999999999999"),
        ];
        for (text, expected) in table {
            let mut out = String::new();
            if let Some(value) = parse(text) {
                write(value, &mut out);
            }
            assert_eq!(out, expected, "{text:?}");
        }
    }

    #[test]
    fn what_is_no_number_or_too_large_is_null() {
        for text in ["", ".", "-", "abc", "1.2.3", "1e", "10000000000000000000000", "1e22", "1e999999999", "NaN", "1_0", "--1"] {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }
}
