//! What is not as RFC 8601 has it. The sentences are in `data/authres-faults.tsv`, by code.

use serde::Serialize;

use crate::table::Table;

static SENTENCES: Table = Table::new(include_str!("../../data/authres-faults.tsv"));

/// Something that had to be passed over or supplied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// What kind of thing.
    pub kind: FaultKind,
    /// The words of the header that it is about; at most [`Fault::MOST_TEXT`] characters of them.
    pub text: String,
}

impl Fault {
    /// Most characters of a header that a fault repeats.
    pub const MOST_TEXT: usize = 80;

    /// A fault about some words.
    #[must_use]
    pub fn new(kind: FaultKind, text: &str) -> Self {
        Self { kind, text: text.chars().take(Self::MOST_TEXT).collect() }
    }
}

/// The kinds of faults.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultKind {
    /// No name at the head, as in Microsoft's form.
    NoAuthservId,
    /// The text was wrapped in encoded words (RFC 2047), which have no place here.
    EncodedWords,
    /// An encoded word is broken or ends in the middle.
    BrokenWord,
    /// A semicolon between two parts is missing.
    NoSemicolon,
    /// A comment or a quoted text without its end.
    NoEnd,
    /// A method without a result.
    NoResult,
    /// A word that belongs to nothing.
    StrayWord,
    /// A value that had to be quoted and is not.
    BareValue,
    /// A method that has one result has several, which do not agree.
    Contradiction,
    /// More parts than are read.
    TooMuch,
}

impl FaultKind {
    /// Every kind.
    pub const ALL: [Self; 10] = [
        Self::NoAuthservId,
        Self::EncodedWords,
        Self::BrokenWord,
        Self::NoSemicolon,
        Self::NoEnd,
        Self::NoResult,
        Self::StrayWord,
        Self::BareValue,
        Self::Contradiction,
        Self::TooMuch,
    ];

    /// The code, stable.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoAuthservId => "no-authserv-id",
            Self::EncodedWords => "encoded-words",
            Self::BrokenWord => "broken-word",
            Self::NoSemicolon => "no-semicolon",
            Self::NoEnd => "no-end",
            Self::NoResult => "no-result",
            Self::StrayWord => "stray-word",
            Self::BareValue => "bare-value",
            Self::Contradiction => "contradiction",
            Self::TooMuch => "too-much",
        }
    }

    /// One sentence for people.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        SENTENCES.get(self.code()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::FaultKind;

    #[test]
    fn every_kind_has_its_sentence() {
        for kind in FaultKind::ALL {
            assert!(kind.sentence().ends_with('.'), "{}", kind.code());
        }
    }
}
