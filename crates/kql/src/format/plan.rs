//! Where lines may break: a gap before each token, and groups of tokens that stand on one line or are broken together.
//!
//! Must not know any construct; the walks over the tree are in the files beside. Start with [`Plan`].

use diag::Span;

use crate::{
    ast::Name,
    token::{Kind, Token},
};

/// What stands between a token and the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gap {
    /// Nothing or a space, by what the two tokens are.
    Auto,
    /// Nothing.
    None,
    /// A space.
    Space,
    /// The text as it stands in the source.
    Verbatim,
    /// A space, or a line break where the group is broken.
    Line,
    /// Nothing, or a line break where the group is broken.
    Soft,
    /// A space, or a line break where the group is broken and what follows does not fit on the line.
    Fill,
    /// A line break.
    Hard,
    /// A line break between statements; an empty line that stands there is kept.
    Statement,
}

/// Tokens that are broken together, from `start` to `end`. When broken, those from `inner.0` to `inner.1` are indented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) inner: (usize, usize),
}

/// The plan of a text's layout.
pub(super) struct Plan<'t> {
    pub(super) text: &'t str,
    pub(super) tokens: &'t [Token],
    /// The gap before each token.
    pub(super) gaps: Vec<Gap>,
    pub(super) groups: Vec<Group>,
}

impl<'t> Plan<'t> {
    pub(super) fn new(text: &'t str, tokens: &'t [Token]) -> Self {
        Self { text, tokens, gaps: vec![Gap::Auto; tokens.len()], groups: Vec::new() }
    }

    // Finding tokens.

    /// The first token at or after byte `start`.
    pub(super) fn at(&self, start: usize) -> usize {
        self.tokens.partition_point(|token| token.span.start < start)
    }

    /// The last token that ends at or before byte `end`.
    pub(super) fn last(&self, end: usize) -> usize {
        self.tokens.partition_point(|token| token.span.end <= end && token.kind != Kind::End).saturating_sub(1)
    }

    pub(super) fn kind(&self, index: usize) -> Kind {
        self.tokens.get(index).map_or(Kind::End, |token| token.kind)
    }

    pub(super) fn word(&self, index: usize) -> &'t str {
        self.tokens.get(index).and_then(|token| self.text.get(token.span.start..token.span.end)).unwrap_or("")
    }

    /// The token `word` right before token `index`, if it stands there.
    pub(super) fn word_before(&self, index: usize, word: &str) -> Option<usize> {
        index.checked_sub(1).filter(|&before| self.word(before) == word)
    }

    /// The closing bracket of the opening one at `open`; the last token when there is none.
    pub(super) fn matching(&self, open: usize) -> usize {
        let mut depth = 0usize;
        for index in open..self.tokens.len() {
            let kind = self.kind(index);
            if kind.closing().is_some() {
                depth += 1;
            } else if kind.closes() {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return index;
                }
            }
        }
        self.tokens.len().saturating_sub(1)
    }

    // Setting gaps.

    pub(super) fn set(&mut self, index: usize, gap: Gap) {
        if let Some(slot) = self.gaps.get_mut(index).filter(|slot| **slot != Gap::Verbatim) {
            *slot = gap;
        }
    }

    /// The gap before the token at byte `start`.
    pub(super) fn set_at(&mut self, start: usize, gap: Gap) {
        self.set(self.at(start), gap);
    }

    /// Keeps every gap between the tokens of `span` as it is.
    pub(super) fn keep(&mut self, span: Span) {
        let first = self.at(span.start);
        let last = self.last(span.end);
        for index in first + 1..=last.max(first) {
            self.set(index, Gap::Verbatim);
        }
    }

    /// A name of several tokens (`['x']`, `hint.strategy`, `App*`) stays as it is.
    pub(super) fn name(&mut self, name: &Name) {
        self.keep(name.span);
    }

    /// `name=value` without spaces around `=`.
    pub(super) fn tight_equal(&mut self, name: &Name) {
        let equal = self.last(name.span.end) + 1;
        if self.kind(equal) == Kind::Equal {
            self.set(equal, Gap::None);
            self.set(equal + 1, Gap::None);
        }
    }

    /// A group of tokens, indented from the second one on.
    pub(super) fn group(&mut self, start: usize, end: usize) {
        self.groups.push(Group { start, end, inner: (start + 1, end) });
    }

    /// A group whose brackets stand at `open` and `close`: broken, what is between them has lines of its own.
    pub(super) fn brackets(&mut self, open: usize, close: usize) {
        if open + 1 >= close {
            return;
        }
        self.set(open + 1, Gap::Soft);
        self.set(close, Gap::Soft);
        self.groups.push(Group { start: open, end: close, inner: (open + 1, close - 1) });
    }

    /// The tokens of `starts`, but for the first, each begin a line (`gap`) of their group.
    pub(super) fn separate(&mut self, starts: impl IntoIterator<Item = usize>, gap: Gap) {
        for start in starts.into_iter().skip(1) {
            self.set(start, gap);
        }
    }
}
