//! Quoted texts and comments (RFC 5322 sections 3.2.2 and 3.2.4), as all structured fields have them.

/// What stood between quotes or parentheses.
pub(crate) struct Enclosed {
    /// The text with its pairs resolved and without line ends; inner parentheses of a comment stay.
    pub(crate) inner: String,
    /// Just after it; the end of the text if it is never closed.
    pub(crate) end: usize,
    /// Whether it is closed.
    pub(crate) closed: bool,
}

/// The quoted text whose first quote is at a place.
pub(crate) fn quoted(text: &str, at: usize) -> Enclosed {
    let mut inner = String::new();
    let mut chars = text.get(at..).unwrap_or_default().char_indices().skip(1);
    while let Some((offset, c)) = chars.next() {
        match c {
            '"' => return Enclosed { inner, end: at + offset + 1, closed: true },
            '\\' => inner.extend(chars.next().map(|(_, c)| c)),
            '\r' | '\n' => {}
            other => inner.push(other),
        }
    }
    Enclosed { inner, end: text.len(), closed: false }
}

/// The comment whose first parenthesis is at a place.
pub(crate) fn comment(text: &str, at: usize) -> Enclosed {
    let (mut inner, mut depth) = (String::new(), 1_usize);
    let mut chars = text.get(at..).unwrap_or_default().char_indices().skip(1);
    while let Some((offset, c)) = chars.next() {
        match c {
            '(' => depth += 1,
            ')' => {
                depth -= 1;
                if depth == 0 {
                    return Enclosed { inner, end: at + offset + 1, closed: true };
                }
            }
            '\\' => {
                inner.extend(chars.next().map(|(_, c)| c));
                continue;
            }
            '\r' | '\n' => continue,
            _ => {}
        }
        inner.push(c);
    }
    Enclosed { inner, end: text.len(), closed: false }
}

#[cfg(test)]
mod tests {
    use super::{comment, quoted};

    #[test]
    fn pairs_are_resolved_and_inner_comments_kept() {
        assert_eq!(quoted(r#""a \"b\" c" d"#, 0).inner, r#"a "b" c"#);
        let read = comment(r"(a (b) \) c) d", 0);
        assert_eq!((read.inner.as_str(), read.end, read.closed), ("a (b) ) c", 12, true));
    }

    #[test]
    fn what_is_never_closed_goes_on_to_the_end() {
        assert!(!quoted("\"abc", 0).closed && !comment("(a (b)", 0).closed && !quoted("\"abc\\", 0).closed);
        assert_eq!(comment("(a (b)", 0).end, 6);
    }
}
