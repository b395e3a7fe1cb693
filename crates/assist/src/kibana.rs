//! The same help for the languages of Kibana: Kibana Query Language (`kuery`) and Lucene's query string.
//!
//! <https://www.elastic.co/docs/explore-analyze/query-filter/languages/kql>

use diag::Span;
use schema::Type;

use crate::{
    Candidate, CandidateKind, Class, Completion,
    complete::{matching, values},
};

/// A language of Kibana.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kibana {
    /// Kibana Query Language; its words are read in any case.
    Kuery,
    /// Lucene's query string; its words are in capitals.
    Lucene,
}

impl Kibana {
    /// What joins two conditions.
    const fn joining(self) -> [&'static str; 2] {
        match self {
            Self::Kuery => ["and", "or"],
            Self::Lucene => ["AND", "OR"],
        }
    }

    const fn not(self) -> &'static str {
        match self {
            Self::Kuery => "not",
            Self::Lucene => "NOT",
        }
    }

    fn is_keyword(self, word: &str) -> bool {
        let known = [self.not(), self.joining()[0], self.joining()[1]];
        known.iter().any(|known| if self == Self::Kuery { known.eq_ignore_ascii_case(word) } else { *known == word })
            || self == Self::Lucene && word == "TO"
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A field, a value or a word of the language.
    Word,
    Text,
    OpenText,
    /// `:` and comparisons.
    Sign,
    Open,
    Close,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Token {
    kind: Kind,
    span: Span,
}

/// Characters that end a word.
const fn parts(letter: char) -> bool {
    letter.is_ascii_whitespace() || matches!(letter, '(' | ')' | ':' | '<' | '>' | '"' | '{' | '}' | '[' | ']')
}

fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut letters = text.char_indices().peekable();
    while let Some((start, letter)) = letters.next() {
        let mut end = start + letter.len_utf8();
        let kind = match letter {
            _ if letter.is_whitespace() => continue,
            '(' | '{' | '[' => Kind::Open,
            ')' | '}' | ']' => Kind::Close,
            ':' | '<' | '>' => {
                while let Some((at, _)) = letters.next_if(|(_, next)| matches!(next, '<' | '>' | '=')) {
                    end = at + 1;
                }
                Kind::Sign
            }
            '"' => {
                let mut kind = Kind::OpenText;
                while let Some((at, next)) = letters.next() {
                    end = at + next.len_utf8();
                    if next == '"' {
                        kind = Kind::Text;
                        break;
                    }
                    if next == '\\'
                        && let Some((at, escaped)) = letters.next()
                    {
                        end = at + escaped.len_utf8();
                    }
                }
                kind
            }
            _ => {
                let mut escapes = letter == '\\';
                while let Some((at, next)) = letters.next_if(|(_, next)| escapes || !(parts(*next) || next.is_whitespace())) {
                    escapes = next == '\\' && !escapes;
                    end = at + next.len_utf8();
                }
                Kind::Word
            }
        };
        found.push(Token { kind, span: Span::new(start, end) });
    }
    found
}

/// The words of a text that have a class, in order.
#[must_use]
pub fn highlight(text: &str, language: Kibana) -> Vec<(Span, Class)> {
    let tokens = tokens(text);
    let class = |(at, token): (usize, &Token)| {
        let next = tokens.get(at + 1).map(|next| next.kind);
        let class = match token.kind {
            Kind::Text => Class::Text,
            Kind::OpenText => Class::OpenText,
            Kind::Sign => Class::Operator,
            Kind::Word if next == Some(Kind::Sign) => Class::Field,
            Kind::Word if language.is_keyword(&text[token.span.start..token.span.end]) => Class::Keyword,
            Kind::Word if text[token.span.start..token.span.end].parse::<f64>().is_ok_and(f64::is_finite) => Class::Number,
            Kind::Word | Kind::Open | Kind::Close => return None,
        };
        Some((token.span, class))
    };
    tokens.iter().enumerate().filter_map(class).collect()
}

/// What may stand at byte `cursor` of `text`, where queries can name `fields`: first what begins with what is written there, and if nothing
/// does, what holds it.
#[must_use]
pub fn complete(text: &str, cursor: usize, language: Kibana, fields: &[(String, Type)]) -> Completion {
    let mut cursor = cursor.min(text.len());
    while !text.is_char_boundary(cursor) {
        cursor -= 1;
    }
    let before = &text[..cursor];
    let mut found = tokens(before);
    let written = found.pop_if(|last| {
        last.kind == Kind::OpenText || last.kind == Kind::Word && !before[last.span.start..].ends_with(char::is_whitespace)
    });
    let quoted = written.is_some_and(|written| written.kind == Kind::OpenText);
    let start = written.map_or(cursor, |written| written.span.start + usize::from(quoted));
    let all = match place(before, &found, language) {
        Place::Value(field) => {
            let of = values("", &field).into_iter();
            of.map(|value| if quoted { value } else { Candidate { text: bare(&value.text, language), ..value } }).collect()
        }
        _ if quoted => Vec::new(),
        Place::Condition => conditions(language, fields),
        Place::Joined => words(&language.joining()),
        Place::Compared => words(&[":", "<", "<=", ">", ">="]).into_iter().chain(words(&language.joining())).collect(),
    };
    let begun = before[start..].to_lowercase();
    Completion { replace: Span::new(start, cursor), candidates: matching(all, &begun) }
}

/// What is wanted at a place.
#[derive(Debug, PartialEq, Eq)]
enum Place {
    /// A condition, and so a field.
    Condition,
    /// A value of a field.
    Value(String),
    /// A word between two conditions or values.
    Joined,
    /// A comparison, behind what may be a field.
    Compared,
}

fn place(text: &str, before: &[Token], language: Kibana) -> Place {
    let word = |token: &Token| &text[token.span.start..token.span.end];
    let keyword = |token: &Token| token.kind == Kind::Word && language.is_keyword(word(token));
    // The fields of which lists of values are open: `field: (a or b`.
    let mut open: Vec<Option<&str>> = Vec::new();
    for (at, token) in before.iter().enumerate() {
        match token.kind {
            Kind::Open => {
                let field = at.checked_sub(2).and_then(|field| before.get(field)).filter(|field| field.kind == Kind::Word);
                let compared = at.checked_sub(1).and_then(|sign| before.get(sign)).is_some_and(|sign| sign.kind == Kind::Sign);
                open.push(field.filter(|_| compared).map(word));
            }
            Kind::Close => {
                open.pop();
            }
            Kind::Word | Kind::Text | Kind::OpenText | Kind::Sign => {}
        }
    }
    let list = open.last().copied().flatten();
    let Some((last, rest)) = before.split_last() else { return Place::Condition };
    match (last.kind, rest.last()) {
        (Kind::Sign, Some(field)) if field.kind == Kind::Word => Place::Value(word(field).to_owned()),
        (Kind::Open, _) | (Kind::Sign, _) => list.map_or(Place::Condition, |field| Place::Value(field.to_owned())),
        _ if keyword(last) => list.map_or(Place::Condition, |field| Place::Value(field.to_owned())),
        (Kind::Word, before) if list.is_none() && before.is_none_or(|before| before.kind != Kind::Sign) => Place::Compared,
        _ => Place::Joined,
    }
}

fn words(words: &[&str]) -> Vec<Candidate> {
    words.iter().map(|word| Candidate { text: (*word).to_owned(), kind: CandidateKind::Keyword, detail: String::new() }).collect()
}

fn conditions(language: Kibana, fields: &[(String, Type)]) -> Vec<Candidate> {
    let named = fields.iter().map(|(name, ty)| Candidate {
        text: escaped(name),
        kind: CandidateKind::Column,
        detail: ty.name().to_owned(),
    });
    named.chain(words(&[language.not()])).collect()
}

/// A name as a query has it.
fn escaped(name: &str) -> String {
    let mut written = String::with_capacity(name.len());
    for letter in name.chars() {
        if parts(letter) || matches!(letter, '\\' | '*') {
            written.push('\\');
        }
        written.push(letter);
    }
    written
}

/// A value as a query has it: in quotes where a word would not hold it.
fn bare(value: &str, language: Kibana) -> String {
    let plain = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '.' | '@');
    if !value.is_empty() && value.chars().all(plain) && !language.is_keyword(value) {
        return value.to_owned();
    }
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(text: &str, language: Kibana) -> String {
        let parts =
            highlight(text, language).into_iter().map(|(span, class)| format!("{class:?} {}", &text[span.start..span.end]));
        parts.collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn fields_values_and_words_have_their_classes() {
        assert_eq!(
            drawn("event.action : \"x \\\" y\" and not (bytes >= 5 OR a:b*", Kibana::Kuery),
            "Field event.action; Operator :; Text \"x \\\" y\"; Keyword and; Keyword not; Field bytes; Operator >=; Number 5; Keyword OR; \
             Field a; Operator :"
        );
        assert_eq!(drawn("a:é and b:\"open", Kibana::Lucene), "Field a; Operator :; Field b; Operator :; OpenText \"open");
        assert_eq!(drawn("a:[1 TO 5] AND b", Kibana::Lucene), "Field a; Operator :; Number 1; Keyword TO; Number 5; Keyword AND");
    }
}
