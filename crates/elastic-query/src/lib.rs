//! The query languages of Kibana: Kibana Query Language (`kuery`) and Lucene's query string, text to syntax tree and back.
//!
//! Must not know types of fields, tables, Arrow or any rule: what a field is and which documents match is for the planner.
//! Start with [`ast`], then [`parse`]; `kuery/` and `lucene/` hold a parser and a writer each.

pub mod ast;
pub mod codes;
mod cursor;
mod kuery;
mod lucene;
mod sexpr;
mod word;

use std::str::FromStr;

use ast::Query;
use diag::Diagnostic;

pub use cursor::MAX_NESTING;
pub use sexpr::tree;

/// A query language of Kibana.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// Kibana Query Language, which rules call `kuery`.
    Kuery,
    /// The query string of Lucene, as Elasticsearch's `query_string` reads it.
    Lucene,
}

impl Language {
    /// The name that rules and Kibana use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Kuery => "kuery",
            Self::Lucene => "lucene",
        }
    }
}

impl std::fmt::Display for Language {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Language {
    type Err = UnknownLanguage;

    fn from_str(name: &str) -> Result<Self, UnknownLanguage> {
        match name {
            "kuery" => Ok(Self::Kuery),
            "lucene" => Ok(Self::Lucene),
            other => Err(UnknownLanguage(other.to_owned())),
        }
    }
}

/// A name that is no query language of this crate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownLanguage(pub String);

impl std::fmt::Display for UnknownLanguage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}` is no query language: there are kuery and lucene", self.0)
    }
}

impl std::error::Error for UnknownLanguage {}

/// A parsed text: always a tree, and what is wrong with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    /// What was written. With an error it is [`ast::NodeKind::Unread`], which matches nothing.
    pub query: Query,
    /// At most one error, as the grammar has no place to go on from, and warnings before it.
    pub diagnostics: Vec<Diagnostic>,
}

impl Parsed {
    /// True if the text is a query.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.diagnostics.iter().all(|found| found.severity != diag::Severity::Error)
    }
}

/// Reads a query text. Takes time linear in the text; the tree is at most [`MAX_NESTING`] brackets deep.
///
/// ```
/// use spoofwatch_elastic_query::{Language, parse, tree};
///
/// let parsed = parse(Language::Kuery, "event.action:\"Set-DkimSigningConfig\" and not user.id:svc-*");
/// assert_eq!(tree(&parsed.query), "(and (is event.action \"Set-DkimSigningConfig\") (not (is user.id w'svc-*')))");
/// ```
#[must_use]
pub fn parse(language: Language, text: &str) -> Parsed {
    match language {
        Language::Kuery => kuery::parse(text),
        Language::Lucene => lucene::parse(text),
    }
}

/// Writes a tree in its language, on one line. Reading the result gives the same tree but for its spans.
#[must_use]
pub fn write(query: &Query) -> String {
    match query.language {
        Language::Kuery => kuery::write(&query.root),
        Language::Lucene => lucene::write(&query.root),
    }
}
