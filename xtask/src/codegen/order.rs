//! The order rustfmt keeps `mod` lines in, so that a generated list is formatted from the start.

use std::cmp::Ordering;

/// Compares two module names as the 2024 style's version sort does: `_` before letters and digits, numbers by their value.
///
/// Source: the Rust style guide, section Sorting.
pub(crate) fn by_version(left: &str, right: &str) -> Ordering {
    let (mut left_rest, mut right_rest) = (left, right);
    while !left_rest.is_empty() && !right_rest.is_empty() {
        let (left_part, right_part) = (part(left_rest), part(right_rest));
        let order = match (left_part.parse::<u128>(), right_part.parse::<u128>()) {
            (Ok(left), Ok(right)) => left.cmp(&right),
            _ => left_part.bytes().map(rank).cmp(right_part.bytes().map(rank)),
        };
        if order != Ordering::Equal {
            return order;
        }
        left_rest = &left_rest[left_part.len()..];
        right_rest = &right_rest[right_part.len()..];
    }
    left_rest.len().cmp(&right_rest.len()).then_with(|| left.cmp(right))
}

/// The digits or the other characters at the beginning.
fn part(text: &str) -> &str {
    let digits = text.starts_with(|first: char| first.is_ascii_digit());
    let end = text.find(|character: char| character.is_ascii_digit() != digits);
    &text[..end.unwrap_or(text.len())]
}

const fn rank(byte: u8) -> u8 {
    if byte == b'_' { 0 } else { byte }
}

#[cfg(test)]
mod tests {
    use super::by_version;

    #[test]
    fn numbers_count_and_underscores_come_first() {
        let mut names = ["log10", "log2", "log", "ipv4_lookup", "ipv4", "has_any", "has", "hasprefix"];
        names.sort_by(|left, right| by_version(left, right));
        assert_eq!(names, ["has", "has_any", "hasprefix", "ipv4", "ipv4_lookup", "log", "log2", "log10"]);
    }
}
