//! Colours of a text: the class of each word that has one.

use diag::Span;
use kql::lexical::{WordKind, words};

use crate::words::KEYWORDS;

/// What a word is to the eye.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// An operator after `|`.
    Operator,
    /// A word of the language.
    Keyword,
    /// A name that is called.
    Function,
    /// A field, in the languages of Kibana.
    Field,
    /// A string.
    Text,
    /// A string whose end is missing.
    OpenText,
    /// A number or a timespan.
    Number,
    /// A comment.
    Comment,
    /// `|`, which parts the steps.
    Pipe,
}

/// The words of a text that have a class, in order; what lies between them has none.
#[must_use]
pub fn highlight(text: &str) -> Vec<(Span, Class)> {
    let words = words(text);
    let operators: Vec<&str> = kql::operators().collect();
    let mut classes = Vec::new();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        at += 1;
        let class = match word.kind {
            WordKind::Text => Class::Text,
            WordKind::OpenText => Class::OpenText,
            WordKind::Number => Class::Number,
            WordKind::Comment => Class::Comment,
            WordKind::Pipe => Class::Pipe,
            WordKind::Name => {
                let after_pipe = at > 1 && words.get(at - 2).is_some_and(|before| before.kind == WordKind::Pipe);
                // `mv-expand` is three words that touch.
                let mut end = at;
                while after_pipe && touches(text, &words, end) {
                    end += 2;
                }
                let span = Span::new(word.span.start, words[end - 1].span.end);
                let whole = &text[span.start..span.end];
                if after_pipe && operators.contains(&whole) {
                    at = end;
                    classes.push((span, Class::Operator));
                    continue;
                }
                let called = words.get(at).is_some_and(|next| text[next.span.start..].starts_with('('));
                match &text[word.span.start..word.span.end] {
                    word if KEYWORDS.contains(&word) => Class::Keyword,
                    _ if called => Class::Function,
                    _ => continue,
                }
            }
            WordKind::Open | WordKind::Close | WordKind::Semicolon | WordKind::Sign => continue,
        };
        classes.push((word.span, class));
    }
    classes
}

/// Whether `-` and a name follow word `end - 1` without a gap.
fn touches(text: &str, words: &[kql::lexical::Word], end: usize) -> bool {
    let (Some(last), Some(dash), Some(next)) = (words.get(end - 1), words.get(end), words.get(end + 1)) else { return false };
    let touching = last.span.end == dash.span.start && dash.span.end == next.span.start;
    touching && next.kind == WordKind::Name && &text[dash.span.start..dash.span.end] == "-"
}

#[cfg(test)]
mod tests {
    use super::highlight;

    fn drawn(text: &str) -> String {
        let parts = highlight(text).into_iter().map(|(span, class)| format!("{class:?} {}", &text[span.start..span.end]));
        parts.collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn every_word_of_the_language_has_its_class() {
        assert_eq!(
            drawn("let x = 1d; // c\nT | mv-expand a | where b has 'x' and f(y) == 1"),
            "Keyword let; Number 1d; Comment // c; Pipe |; Operator mv-expand; Pipe |; Operator where; Keyword has; Text 'x'; \
             Keyword and; Function f; Number 1"
        );
    }

    #[test]
    fn an_unfinished_text_is_coloured_as_far_as_it_goes() {
        assert_eq!(drawn("T | where a == 'b"), "Pipe |; Operator where; OpenText 'b");
        assert_eq!(drawn("| mv-"), "Pipe |");
        assert_eq!(drawn(""), "");
    }
}
