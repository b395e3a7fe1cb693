//! What a completion is, and what has to be known for one.

use diag::Span;
use schema::Type;

/// Something that has a name, in words for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The name as the query has it, not quoted.
    pub name: String,
    /// One line about it, such as a signature.
    pub detail: String,
}

/// What there is beside the language itself.
pub trait Knowledge {
    /// The tables that can be named.
    fn tables(&self) -> Vec<Item>;

    /// The columns that a query yields; none where it cannot be bound.
    fn columns(&self, query: &str) -> Vec<(String, Type)>;

    /// The functions that users saved, and those shipped with the program.
    fn saved_functions(&self) -> Vec<Item>;

    /// The plugins of `evaluate`.
    fn plugins(&self) -> Vec<Item>;
}

/// What a [`Candidate`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CandidateKind {
    /// A table.
    Table,
    /// A column of the rows at the cursor.
    Column,
    /// An operator after `|`.
    Operator,
    /// A function of the language.
    Function,
    /// A saved function.
    SavedFunction,
    /// A name that a `let` bound.
    Name,
    /// A word of the language, such as `by`.
    Keyword,
    /// A value of the column that the cursor's string is compared with.
    Value,
    /// A plugin of `evaluate`.
    Plugin,
}

impl CandidateKind {
    /// The word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Column => "column",
            Self::Operator => "operator",
            Self::Function => "function",
            Self::SavedFunction => "saved function",
            Self::Name => "name",
            Self::Keyword => "keyword",
            Self::Value => "value",
            Self::Plugin => "plugin",
        }
    }

    /// Whether arguments follow.
    #[must_use]
    pub const fn is_called(self) -> bool {
        matches!(self, Self::Function | Self::SavedFunction | Self::Plugin)
    }
}

/// Something that may stand at the cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The text to put in, quoted where it must be; of a function without parentheses.
    pub text: String,
    /// What it is.
    pub kind: CandidateKind,
    /// A column's type, a function's signature, what a table holds.
    pub detail: String,
}

/// The candidates for a place in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// What is written of it already, which the chosen text replaces.
    pub replace: Span,
    /// Best first.
    pub candidates: Vec<Candidate>,
}
