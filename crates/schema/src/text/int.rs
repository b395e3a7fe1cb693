//! `int` as text.
//!
//! Source: Microsoft's reference, pages `scalar-data-types/int` and `toint-function`.

/// Appends the decimal digits.
pub fn write(value: i32, out: &mut String) {
    super::long::write(i64::from(value), out);
}

/// What `toint(text)` gives: as [`super::long::parse`], null outside 32 bits.
#[must_use]
pub fn parse(text: &str) -> Option<i32> {
    super::long::parse(text).and_then(|value| i32::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn numbers_beyond_32_bits_are_null() {
        assert_eq!(parse("2147483647"), Some(i32::MAX));
        assert_eq!(parse("-2147483648"), Some(i32::MIN));
        assert_eq!(parse("2147483648"), None);
        assert_eq!(parse("0x10"), Some(16));
        assert_eq!(parse("ten"), None);
    }
}
