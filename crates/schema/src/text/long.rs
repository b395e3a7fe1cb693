//! `long` as text.
//!
//! Source: Microsoft's reference, pages `scalar-data-types/long` and `tolong-function`.

use std::fmt::Write as _;

/// Appends the decimal digits.
pub fn write(value: i64, out: &mut String) {
    // Writing to a String cannot fail.
    let _ = write!(out, "{value}");
}

/// What `tolong(text)` gives: decimal or `0x` hexadecimal digits, a sign, blanks around. `None` stands for null: a
/// fraction, an exponent or a number out of range.
#[must_use]
pub fn parse(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Ok(value) = text.parse() {
        return Some(value);
    }
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let digits = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X"))?;
    if digits.starts_with(['+', '-']) {
        return None;
    }
    // Sixteen digits are the bits of the number: 0xffffffffffffffff is -1, as .NET reads it.
    let value = u64::from_str_radix(digits, 16).ok()?.cast_signed();
    if negative { value.checked_neg() } else { Some(value) }
}

#[cfg(test)]
mod tests {
    use super::{parse, write};

    #[test]
    fn decimal_and_hexadecimal_numbers_are_read() {
        let table = [
            ("0", Some(0)),
            ("123", Some(123)),
            (" 123\t", Some(123)),
            ("-5", Some(-5)),
            ("+5", Some(5)),
            ("007", Some(7)),
            ("0x1F", Some(31)),
            ("0Xff", Some(255)),
            ("-0x10", Some(-16)),
            ("0xffffffffffffffff", Some(-1)),
            ("9223372036854775807", Some(i64::MAX)),
            ("-9223372036854775808", Some(i64::MIN)),
            ("9223372036854775808", None),
            ("1.5", None),
            ("1e3", None),
            ("", None),
            ("-", None),
            ("0x", None),
            ("0x-1", None),
            ("12a", None),
            ("1,000", None),
        ];
        for (text, value) in table {
            assert_eq!(parse(text), value, "{text:?}");
        }
    }

    #[test]
    fn the_written_form_is_decimal() {
        let mut out = String::new();
        write(i64::MIN, &mut out);
        assert_eq!(out, "-9223372036854775808");
    }
}
