//! `bool` as text.
//!
//! Source: Microsoft's reference, pages `scalar-data-types/bool` and `tobool-function`.

/// Appends `true` or `false`.
pub fn write(value: bool, out: &mut String) {
    out.push_str(if value { "true" } else { "false" });
}

/// What `tobool(text)` gives: `true` and `false` in any case, or a number, where all but 0 is true. `None` stands for null.
#[must_use]
pub fn parse(text: &str) -> Option<bool> {
    let text = text.trim();
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        super::long::parse(text).map(|number| number != 0)
    }
}

#[cfg(test)]
mod tests {
    use super::{parse, write};

    #[test]
    fn words_in_any_case_and_numbers_are_read() {
        for text in ["true", "True", "TRUE", " true ", "1", "-1", "17"] {
            assert_eq!(parse(text), Some(true), "{text:?}");
        }
        for text in ["false", "False", "0", " 0 "] {
            assert_eq!(parse(text), Some(false), "{text:?}");
        }
        for text in ["", "yes", "t", "truee", "nul"] {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn the_written_form_is_lower_case() {
        let mut out = String::new();
        write(true, &mut out);
        write(false, &mut out);
        assert_eq!(out, "truefalse");
    }
}
