//! What is remarkable in a header. The sentences are in `data/evidence-findings.tsv`, by code.

use serde::Serialize;

use crate::table::Table;

static SENTENCES: Table = Table::new(include_str!("../../data/evidence-findings.tsv"));

/// Something remarkable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What kind of thing.
    pub kind: FindingKind,
    /// The header it is in.
    pub field: String,
    /// The words it is about, such as the address in a display name; at most [`Finding::MOST_TEXT`] characters. Not fit to be shown
    /// unescaped.
    pub text: String,
}

impl Finding {
    /// Most characters of a header that a finding repeats.
    pub const MOST_TEXT: usize = 200;

    /// A finding about some words.
    #[must_use]
    pub fn new(kind: FindingKind, field: &str, text: &str) -> Self {
        Self { kind, field: field.to_owned(), text: text.chars().take(Self::MOST_TEXT).collect() }
    }
}

/// The kinds of findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FindingKind {
    /// A display name has an address of another domain in it.
    ForeignAddressInName,
    /// A display name has another address of its own domain in it.
    AddressInName,
    /// A display name has the name of one of our domains, and the address is of another.
    OwnDomainInName,
    /// A display name has the name of some domain, and the address is of another.
    ForeignDomainInName,
    /// The domain of an author looks like one of ours and is another.
    LookalikeOfOwnDomain,
    /// Scripts are mixed within a word, as a Cyrillic letter among Latin ones.
    MixedScripts,
    /// Characters that look like others stand for a word in Latin letters.
    Confusable,
    /// Characters that cannot be seen.
    Invisible,
    /// Characters that turn the direction of the text around.
    Bidirectional,
    /// Encoded words (RFC 2047) stand in an address, or hide a whole mailbox or further encoded words.
    EncodedWordTrick,
    /// The decoded name holds line ends or other control characters.
    ControlCharacters,
    /// More than one From field.
    SeveralFromFields,
    /// More than one author in From.
    SeveralAuthors,
    /// No author.
    NoAuthor,
    /// Reply-To leads to another domain than From.
    ReplyToElsewhere,
    /// A From address of our domain, and the message is for the same domain, from outside.
    OwnDomainFromOutside,
    /// Headers with an authserv-id that is believed stand where they cannot come from us.
    ForgedResults,
    /// More hops than are read.
    TooManyHops,
    /// The header was cut: too much of it.
    HeaderCut,
}

impl FindingKind {
    /// Every kind.
    pub const ALL: [Self; 19] = [
        Self::ForeignAddressInName,
        Self::AddressInName,
        Self::OwnDomainInName,
        Self::ForeignDomainInName,
        Self::LookalikeOfOwnDomain,
        Self::MixedScripts,
        Self::Confusable,
        Self::Invisible,
        Self::Bidirectional,
        Self::EncodedWordTrick,
        Self::ControlCharacters,
        Self::SeveralFromFields,
        Self::SeveralAuthors,
        Self::NoAuthor,
        Self::ReplyToElsewhere,
        Self::OwnDomainFromOutside,
        Self::ForgedResults,
        Self::TooManyHops,
        Self::HeaderCut,
    ];

    /// The code, stable.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::ForeignAddressInName => "foreign-address-in-name",
            Self::AddressInName => "address-in-name",
            Self::OwnDomainInName => "own-domain-in-name",
            Self::ForeignDomainInName => "foreign-domain-in-name",
            Self::LookalikeOfOwnDomain => "lookalike-of-own-domain",
            Self::MixedScripts => "mixed-scripts",
            Self::Confusable => "confusable",
            Self::Invisible => "invisible",
            Self::Bidirectional => "bidirectional",
            Self::EncodedWordTrick => "encoded-word-trick",
            Self::ControlCharacters => "control-characters",
            Self::SeveralFromFields => "several-from-fields",
            Self::SeveralAuthors => "several-authors",
            Self::NoAuthor => "no-author",
            Self::ReplyToElsewhere => "reply-to-elsewhere",
            Self::OwnDomainFromOutside => "own-domain-from-outside",
            Self::ForgedResults => "forged-results",
            Self::TooManyHops => "too-many-hops",
            Self::HeaderCut => "header-cut",
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
    use super::{FindingKind, SENTENCES};
    use crate::table;

    #[test]
    fn every_row_is_a_kind_with_its_sentence() {
        for (code, _) in table::lines(include_str!("../../data/evidence-findings.tsv")) {
            let kind: Option<FindingKind> = FindingKind::ALL.into_iter().find(|kind| kind.code() == code);
            assert!(kind.is_some_and(|kind| kind.sentence().ends_with('.')), "{code}");
        }
        assert!(FindingKind::ALL.iter().all(|kind| SENTENCES.get(kind.code()).is_some()));
        assert_eq!(serde_json::to_value(FindingKind::MixedScripts).ok(), Some("mixed-scripts".into()));
    }
}
