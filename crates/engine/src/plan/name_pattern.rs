//! Patterns of names, as `Sender*` finds columns and `Email*` finds tables.

/// Matches a name against a pattern in which `*` stands for any characters.
pub(crate) fn matches_pattern(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or("");
    let Some(mut rest) = name.strip_prefix(first) else { return false };
    let mut last = None;
    for part in parts {
        if let Some(before) = last.replace(part) {
            match rest.find(before) {
                Some(at) => rest = &rest[at + before.len()..],
                None => return false,
            }
        }
    }
    match last {
        Some(end) => rest.ends_with(end),
        None => rest.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::matches_pattern;

    #[test]
    fn a_star_stands_for_any_characters() {
        for (pattern, name, expected) in [
            ("*", "Subject", true),
            ("Sender*", "SenderFromAddress", true),
            ("*Address", "SenderFromAddress", true),
            ("S*Fr*ss", "SenderFromAddress", true),
            ("Sender", "SenderFromAddress", false),
            ("a*a", "a", false),
            ("*b*b", "ab", false),
        ] {
            assert_eq!(matches_pattern(pattern, name), expected, "{pattern} {name}");
        }
    }
}
