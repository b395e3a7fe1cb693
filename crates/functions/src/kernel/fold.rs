//! Text compared without regard to case: letter by letter, as .NET's `OrdinalIgnoreCase` does, without any locale.

/// The letter all case variants of a character are compared as.
#[must_use]
pub fn fold(character: char) -> char {
    if character.is_ascii() {
        return character.to_ascii_lowercase();
    }
    // Only mappings of one letter to one letter count: ß and SS are different texts.
    let mut lower = character.to_lowercase();
    match (lower.next(), lower.next()) {
        // The Kelvin sign and its like are no variants of the ASCII letters they look like.
        (Some(single), None) if !single.is_ascii() => single,
        _ => character,
    }
}

/// Appends the folded text.
pub fn fold_into(text: &str, out: &mut String) {
    if text.is_ascii() {
        let start = out.len();
        out.push_str(text);
        if let Some(appended) = out.get_mut(start..) {
            appended.make_ascii_lowercase();
        }
    } else {
        out.extend(text.chars().map(fold));
    }
}

/// Whether two texts differ in case at most.
#[must_use]
pub fn equal(a: &str, b: &str) -> bool {
    if a.is_ascii() && b.is_ascii() {
        return a.eq_ignore_ascii_case(b);
    }
    a.chars().map(fold).eq(b.chars().map(fold))
}

/// Whether `text` begins with `start`, but for case.
#[must_use]
pub fn starts_with(text: &str, start: &str) -> bool {
    if start.is_ascii() {
        return text.as_bytes().get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start.as_bytes()));
    }
    let mut letters = text.chars().map(fold);
    start.chars().map(fold).all(|wanted| letters.next() == Some(wanted))
}

/// Whether `text` ends with `end`, but for case.
#[must_use]
pub fn ends_with(text: &str, end: &str) -> bool {
    if end.is_ascii() {
        let bytes = text.as_bytes();
        return bytes.len().checked_sub(end.len()).is_some_and(|from| bytes[from..].eq_ignore_ascii_case(end.as_bytes()));
    }
    let mut letters = text.chars().rev().map(fold);
    end.chars().rev().map(fold).all(|wanted| letters.next() == Some(wanted))
}

#[cfg(test)]
mod tests {
    use super::{ends_with, equal, starts_with};

    #[test]
    fn letters_of_every_script_are_folded() {
        assert!(equal("DMARC", "dmarc"));
        assert!(equal("ÄÖÜ ΑΒΓ ЖЗ", "äöü αβγ жз"));
        assert!(!equal("straße", "STRASSE"));
        assert!(!equal("k", "\u{212a}"));
        assert!(!equal("é", "e"));
        assert!(!equal("a", "ab"));
    }

    #[test]
    fn edges_are_compared_letter_by_letter() {
        assert!(starts_with("Österreich", "ö"));
        assert!(starts_with("Fwd: x", "FWD:"));
        assert!(!starts_with("F", "FW"));
        assert!(ends_with("x.EXAMPLE", ".example"));
        assert!(ends_with("CAFÉ", "fé"));
        assert!(!ends_with("é", "\u{301}"));
        assert!(starts_with("", "") && ends_with("a", ""));
    }
}
