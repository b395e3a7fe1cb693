//! `*` and `?` as Elastic's exceptions and people mean them. Takes time of at most text times pattern, and no memory to speak of.

/// Whether the whole text has the form of the pattern.
pub(super) fn matches(pattern: &str, text: &str, case_sensitive: bool) -> bool {
    if case_sensitive {
        let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
        return fits(&pattern, &text);
    }
    let (pattern, text): (Vec<char>, Vec<char>) = (folded(pattern).collect(), folded(text).collect());
    fits(&pattern, &text)
}

/// The letters in lower case.
pub(super) fn folded(text: &str) -> impl Iterator<Item = char> {
    text.chars().flat_map(char::to_lowercase)
}

/// Greedy from left to right: the last `*` takes one letter more whenever what follows does not fit.
fn fits(pattern: &[char], text: &[char]) -> bool {
    let (mut at, mut read) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while read < text.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, read));
                at += 1;
            }
            Some(letter) if *letter == '?' || *letter == text[read] => {
                at += 1;
                read += 1;
            }
            _ => match star {
                Some((after, taken)) => {
                    star = Some((after, taken + 1));
                    at = after + 1;
                    read = taken + 1;
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|letter| *letter == '*')
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn stars_stand_for_any_letters_and_question_marks_for_one() {
        for (pattern, text) in [
            ("*", ""),
            ("", ""),
            ("*.fabrikam.example", "news.fabrikam.example"),
            ("a*b*c", "aXbXbXc"),
            ("?é*", "xéy"),
            ("NEWS-*", "news-7"),
            ("**", "x"),
        ] {
            assert!(matches(pattern, text, false), "{pattern} {text}");
        }
        for (pattern, text) in [("", "x"), ("?", ""), ("a*b", "ac"), ("*.fabrikam.example", "fabrikam.example"), ("a?", "a")] {
            assert!(!matches(pattern, text, false), "{pattern} {text}");
        }
        assert!(!matches("NEWS-*", "news-7", true));
    }

    #[test]
    fn a_pattern_made_to_hurt_is_answered_at_once() {
        let text = "a".repeat(20_000);
        assert!(!matches(&format!("{}b", "a*".repeat(50)), &text, true));
    }
}
