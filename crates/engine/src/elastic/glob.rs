//! Texts compared with patterns: `*` is any text, `?` one character. Case-sensitive, over the whole text.

use elastic_query::ast::{Pattern, Piece};

/// A pattern, ready to be compared.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Glob {
    pieces: Vec<Piece>,
}

impl Glob {
    pub(crate) fn new(pattern: &Pattern) -> Self {
        let mut pieces = pattern.pieces.clone();
        // `**` is `*`.
        pieces.dedup_by(|a, b| *a == Piece::Any && *b == Piece::Any);
        Self { pieces }
    }

    /// The same over small letters.
    pub(crate) fn lower(&self) -> Self {
        let piece = |piece: &Piece| match piece {
            Piece::Text(text) => Piece::Text(text.to_lowercase()),
            other => other.clone(),
        };
        Self { pieces: self.pieces.iter().map(piece).collect() }
    }

    /// Whether a text is of the pattern. Takes time of both lengths multiplied, at worst.
    pub(crate) fn matches(&self, text: &str) -> bool {
        let (mut at, mut rest) = (0, text);
        // Where to go on from if what follows the last `*` does not fit: behind it, one character later.
        let mut retry: Option<(usize, &str)> = None;
        loop {
            let step = match self.pieces.get(at) {
                None if rest.is_empty() => return true,
                None => None,
                Some(Piece::Any) => {
                    at += 1;
                    retry = Some((at, rest));
                    if at == self.pieces.len() {
                        return true;
                    }
                    continue;
                }
                Some(Piece::One) => rest.chars().next().and_then(|character| rest.get(character.len_utf8()..)),
                Some(Piece::Text(wanted)) => rest.strip_prefix(wanted.as_str()),
            };
            match (step, retry) {
                (Some(after), _) => {
                    at += 1;
                    rest = after;
                }
                (None, None) => return false,
                (None, Some((back, from))) => {
                    let Some(later) = self.later(back, from) else { return false };
                    at = back;
                    rest = later;
                    retry = Some((back, later));
                }
            }
        }
    }

    /// The next place behind `from` where the piece at `back` can begin.
    fn later<'t>(&self, back: usize, from: &'t str) -> Option<&'t str> {
        let first = from.chars().next()?;
        let behind = from.get(first.len_utf8()..)?;
        match self.pieces.get(back) {
            Some(Piece::Text(wanted)) => behind.find(wanted.as_str()).and_then(|at| behind.get(at..)),
            _ => Some(behind),
        }
    }

    /// The pattern of SQL's `LIKE`, with backslashes before characters that are wildcards there.
    pub(crate) fn like(&self) -> String {
        let mut out = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Any => out.push('%'),
                Piece::One => out.push('_'),
                Piece::Text(text) => {
                    for character in text.chars() {
                        if matches!(character, '%' | '_' | '\\') {
                            out.push('\\');
                        }
                        out.push(character);
                    }
                }
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use elastic_query::ast::{Pattern, Piece};

    use super::Glob;

    fn glob(text: &str) -> Glob {
        let mut pieces: Vec<Piece> = Vec::new();
        for character in text.chars() {
            match (character, pieces.last_mut()) {
                ('*', _) => pieces.push(Piece::Any),
                ('?', _) => pieces.push(Piece::One),
                (other, Some(Piece::Text(text))) => text.push(other),
                (other, _) => pieces.push(Piece::Text(other.to_string())),
            }
        }
        Glob::new(&Pattern { pieces })
    }

    #[test]
    fn patterns_match_whole_texts() {
        let table = [
            ("a*c", "abc", true),
            ("a*c", "abcd", false),
            ("*b*", "abc", true),
            ("*", "", true),
            ("a", "A", false),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("?é*", "xé", true),
            ("*ab*ab", "abab", true),
            ("*ab*ab", "ab", false),
            ("*aab", "aaaab", true),
            ("a**b", "ab", true),
            ("*?b", "ab", true),
            ("", "", true),
            ("", "a", false),
        ];
        for (pattern, text, expected) in table {
            assert_eq!(glob(pattern).matches(text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn wildcards_of_like_are_escaped() {
        assert_eq!(glob("a%_\\*b?").like(), "a\\%\\_\\\\%b_");
    }
}
