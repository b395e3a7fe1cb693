//! `real` as text, as .NET's `double.ToString()` writes it.
//!
//! Source: Microsoft's reference, pages `scalar-data-types/real` and `toreal-function`; .NET, "Standard numeric format
//! strings", general format.

use std::fmt::Write as _;

/// Exponents from here on are written: 1E+15, but 100000000000000.
const LARGE_EXPONENT: i32 = 15;
/// Whole numbers below this are written without an exponent: ten to the [`LARGE_EXPONENT`].
const WHOLE_LIMIT: f64 = 1e15;
/// Exponents up to here are written: 1E-05, but 0.0001.
const SMALL_EXPONENT: i32 = -5;

/// Appends the shortest digits that read back as the same number, without a trailing `.0`; `NaN`, `Infinity`, `-Infinity`.
pub fn write(value: f64, out: &mut String) {
    if value.is_nan() {
        out.push_str("NaN");
    } else if value.is_infinite() {
        out.push_str(if value > 0.0 { "Infinity" } else { "-Infinity" });
    } else if value == 0.0 {
        out.push_str(if value.is_sign_negative() { "-0" } else { "0" });
    } else {
        write_finite(value, out);
    }
}

fn write_finite(value: f64, out: &mut String) {
    if value.fract() == 0.0 && value.abs() < WHOLE_LIMIT {
        // Counts and sums are whole as a rule, and an integer needs no search for its shortest digits.
        return super::long::write(value as i64, out);
    }
    let scientific = format!("{:e}", value.abs());
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if value < 0.0 {
        out.push('-');
    }
    if exponent >= LARGE_EXPONENT || exponent <= SMALL_EXPONENT {
        let sign = if exponent < 0 { '-' } else { '+' };
        // Writing to a String cannot fail.
        let _ = write!(out, "{mantissa}E{sign}{:02}", exponent.unsigned_abs());
    } else {
        // Without an exponent Rust and .NET write the same digits.
        let _ = write!(out, "{}", value.abs());
    }
}

/// What `toreal(text)` gives: digits with a point or exponent, `NaN`, `Infinity` and `inf` with a sign in any case, blanks
/// around. `None` stands for null; a number too large is infinite.
#[must_use]
pub fn parse(text: &str) -> Option<f64> {
    text.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{parse, write};

    fn text(value: f64) -> String {
        let mut out = String::new();
        write(value, &mut out);
        out
    }

    #[test]
    fn numbers_are_written_as_dotnet_writes_them() {
        let table = [
            (0.0, "0"),
            (-0.0, "-0"),
            (1.0, "1"),
            (-1.5, "-1.5"),
            (-42.0, "-42"),
            (999_999_999_999_999.0, "999999999999999"),
            (-1e15, "-1E+15"),
            (0.1 + 0.2, "0.30000000000000004"),
            (1.0 / 3.0, "0.3333333333333333"),
            (0.0001, "0.0001"),
            (0.00001, "1E-05"),
            (-0.000012, "-1.2E-05"),
            (1e14, "100000000000000"),
            (123_456_789_012_345.6, "123456789012345.6"),
            (1e15, "1E+15"),
            (1e16, "1E+16"),
            (1_234_567_890_123_456.0, "1.234567890123456E+15"),
            (1e100, "1E+100"),
            (f64::MAX, "1.7976931348623157E+308"),
            (5e-324, "5E-324"),
            (f64::NAN, "NaN"),
            (f64::INFINITY, "Infinity"),
            (f64::NEG_INFINITY, "-Infinity"),
        ];
        for (value, expected) in table {
            assert_eq!(text(value), expected);
        }
    }

    #[test]
    fn what_is_written_reads_back() {
        for value in [0.1, -2.5e-7, 1e15, 9_007_199_254_740_993.0, f64::MIN_POSITIVE, f64::INFINITY] {
            assert_eq!(parse(&text(value)), Some(value));
        }
        assert!(parse("NaN").is_some_and(f64::is_nan));
    }

    #[test]
    fn text_is_read_with_blanks_signs_and_exponents() {
        let table = [
            ("1.5", Some(1.5)),
            (" -2 ", Some(-2.0)),
            ("+1e3", Some(1000.0)),
            (".5", Some(0.5)),
            ("5.", Some(5.0)),
            ("-inf", Some(f64::NEG_INFINITY)),
            ("1e999", Some(f64::INFINITY)),
            ("", None),
            ("1.2.3", None),
            ("0x10", None),
            ("abc", None),
        ];
        for (input, expected) in table {
            assert_eq!(parse(input), expected, "{input:?}");
        }
    }
}
