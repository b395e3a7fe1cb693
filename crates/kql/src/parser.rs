//! The cursor over the tokens: looking ahead, taking tokens, reporting what was not expected, and finding a place to go on.
//!
//! Must not know any construct of the language; those are in [`crate::grammar`]. Start with [`Parser`].

use diag::{Diagnostic, Span};

use crate::{
    ast::Name,
    codes::{self, Code},
    text,
    token::{Kind, Token},
};

/// Levels of brackets, calls, subqueries and signs inside one another. Everything that walks a tree may recurse this deep
/// (and as deep as [`MAX_CHAIN`]): parsing a level takes about 6 KiB of stack unoptimised.
pub const MAX_NESTING: usize = 100;
/// Operators and path steps that lean on one another in one expression: `a + b + c`, `a.b.c`. Ten times what published queries
/// have: DataFusion plans such an expression in time that is cubic in its depth.
pub const MAX_CHAIN: usize = 250;
/// Operands of one chain of `and` or `or`; long chains become balanced trees, so they are not deep.
pub const MAX_LOGICAL_CHAIN: usize = 10_000;
/// Errors worth reading.
const MAX_ERRORS: usize = 50;

/// The state of a parse.
pub(crate) struct Parser<'t> {
    pub(crate) text: &'t str,
    tokens: &'t [Token],
    at: usize,
    diagnostics: Vec<Diagnostic>,
    /// Where the last error was reported: one error a token.
    reported: Option<usize>,
    /// Open constructs.
    depth: usize,
    /// Upper bound of what leans left in the expression being built.
    pub(crate) chain: usize,
    /// Open brackets.
    pub(crate) brackets: usize,
    /// The expression being read is the value of a column: `=` in it is no comparison gone wrong.
    pub(crate) assigning: bool,
    stopped: bool,
}

impl<'t> Parser<'t> {
    pub(crate) fn new(text: &'t str, tokens: &'t [Token], diagnostics: Vec<Diagnostic>) -> Self {
        Self {
            text,
            tokens,
            at: 0,
            diagnostics,
            reported: None,
            depth: 0,
            chain: 0,
            brackets: 0,
            assigning: false,
            stopped: false,
        }
    }

    pub(crate) fn into_diagnostics(mut self) -> Vec<Diagnostic> {
        self.diagnostics.sort_by_key(|diagnostic| diagnostic.span.start);
        self.diagnostics
    }

    // Looking.

    fn token(&self, ahead: usize) -> Token {
        let end = Token { kind: Kind::End, span: Span::new(self.text.len(), self.text.len()) };
        self.tokens.get(self.at + ahead).or(self.tokens.last()).copied().unwrap_or(end)
    }

    pub(crate) fn kind(&self) -> Kind {
        self.token(0).kind
    }

    pub(crate) fn nth(&self, ahead: usize) -> Kind {
        self.token(ahead).kind
    }

    pub(crate) fn span(&self) -> Span {
        self.token(0).span
    }

    /// Where the token before the next one ends.
    pub(crate) fn last_end(&self) -> usize {
        self.at.checked_sub(1).and_then(|before| self.tokens.get(before)).map_or(0, |token| token.span.end)
    }

    /// From `start` to the end of the last token taken.
    pub(crate) fn span_from(&self, start: usize) -> Span {
        Span::new(start, self.last_end().max(start))
    }

    pub(crate) fn slice(&self, span: Span) -> &'t str {
        self.text.get(span.start..span.end).unwrap_or("")
    }

    /// The tokens of `span` without what stands between them.
    pub(crate) fn words(&self, span: Span) -> String {
        let first = self.tokens.partition_point(|token| token.span.start < span.start);
        let inside = self.tokens.iter().skip(first).take_while(|token| token.span.end <= span.end && token.kind != Kind::End);
        inside.map(|token| self.slice(token.span)).collect()
    }

    /// The text of the token `ahead`.
    pub(crate) fn word(&self, ahead: usize) -> &'t str {
        self.slice(self.token(ahead).span)
    }

    /// The word `ahead`, if it is a name.
    pub(crate) fn name_word(&self, ahead: usize) -> Option<&'t str> {
        (self.nth(ahead) == Kind::Name).then(|| self.word(ahead))
    }

    pub(crate) fn at(&self, kind: Kind) -> bool {
        self.kind() == kind
    }

    pub(crate) fn at_word(&self, word: &str) -> bool {
        self.name_word(0) == Some(word)
    }

    /// A keyword that is not the name of an assignment: `by x`, not `by = x`.
    pub(crate) fn at_keyword(&self, word: &str) -> bool {
        self.at_word(word) && self.nth(1) != Kind::Equal
    }

    /// Whether the token `ahead` follows the one before it without a gap.
    pub(crate) fn joined(&self, ahead: usize) -> bool {
        ahead > 0 && self.token(ahead).span.start == self.token(ahead - 1).span.end
    }

    /// Whether the token `ahead` is the first of its line.
    pub(crate) fn begins_line(&self, ahead: usize) -> bool {
        let start = self.token(ahead).span.start;
        let before = (self.at + ahead).checked_sub(1).and_then(|i| self.tokens.get(i)).map_or(0, |token| token.span.end);
        before == 0 || self.text.get(before..start).is_some_and(|gap| gap.contains('\n'))
    }

    /// Whether an empty line stands before the token at the cursor; comments do not count.
    pub(crate) fn after_empty_line(&self) -> bool {
        let gap = self.text.get(self.last_end()..self.span().start).unwrap_or("");
        gap.split('\n').skip(1).any(|line| line.trim().is_empty() && line.len() < gap.len()) && gap.matches('\n').count() > 1
    }

    /// The word at the cursor with the parts hyphens join to it, such as `project-away`, and how many tokens that is.
    pub(crate) fn hyphenated(&self) -> (&'t str, usize) {
        if self.kind() != Kind::Name {
            return ("", 0);
        }
        let mut last = 0;
        while self.nth(last + 1) == Kind::Minus
            && self.nth(last + 2) == Kind::Name
            && self.joined(last + 1)
            && self.joined(last + 2)
        {
            last += 2;
        }
        (self.slice(Span::new(self.span().start, self.token(last).span.end)), last + 1)
    }

    /// Nothing more belongs to the construct: `|`, `;`, a closing bracket, the end.
    pub(crate) fn at_stop(&self) -> bool {
        matches!(self.kind(), Kind::Pipe | Kind::Semicolon | Kind::End) || self.kind().closes()
    }

    // Taking.

    pub(crate) fn bump(&mut self) -> Span {
        let span = self.span();
        if self.kind() != Kind::End {
            self.at += 1;
        }
        span
    }

    pub(crate) fn bump_many(&mut self, count: usize) {
        for _ in 0..count {
            self.bump();
        }
    }

    pub(crate) fn eat(&mut self, kind: Kind) -> bool {
        let found = self.at(kind);
        if found {
            self.bump();
        }
        found
    }

    pub(crate) fn eat_word(&mut self, word: &str) -> bool {
        let found = self.at_word(word);
        if found {
            self.bump();
        }
        found
    }

    pub(crate) fn eat_keyword(&mut self, word: &str) -> bool {
        let found = self.at_keyword(word);
        if found {
            self.bump();
        }
        found
    }

    pub(crate) fn expect(&mut self, kind: Kind) -> bool {
        let found = self.eat(kind);
        if !found {
            self.expected(kind.describe());
        }
        found
    }

    pub(crate) fn expect_word(&mut self, word: &str) -> bool {
        let found = self.eat_word(word);
        if !found {
            self.expected(&format!("`{word}`"));
        }
        found
    }

    /// A name, bare or in brackets; an error and an empty name when there is none.
    pub(crate) fn name(&mut self, what: &str) -> Name {
        if let Some(name) = self.try_name() {
            return name;
        }
        self.expected(what);
        let at = self.span().start;
        Name { text: String::new(), span: Span::new(at, at) }
    }

    /// A name, bare or in brackets (`['my col']`), if one stands here.
    pub(crate) fn try_name(&mut self) -> Option<Name> {
        if self.at(Kind::Name) {
            let text = self.word(0).to_owned();
            return Some(Name { text, span: self.bump() });
        }
        if self.at_quoted_name() {
            let start = self.bump().start;
            let word = self.word(0);
            let span = self.bump();
            let text = text::decode(word).unwrap_or_else(|_| self.inner(span).to_owned());
            self.bump();
            return Some(Name { text, span: self.span_from(start) });
        }
        None
    }

    fn inner(&self, span: Span) -> &'t str {
        self.text.get(span.start + 1..span.end.saturating_sub(1)).unwrap_or("")
    }

    /// `['name']`.
    pub(crate) fn at_quoted_name(&self) -> bool {
        self.at(Kind::OpenBracket) && self.nth(1) == Kind::Text && self.nth(2) == Kind::CloseBracket
    }

    /// How many tokens the name `ahead` has: 1, 3 in brackets, or 0 when there is none.
    pub(crate) fn name_length(&self, ahead: usize) -> usize {
        match self.nth(ahead) {
            Kind::Name => 1,
            Kind::OpenBracket if self.nth(ahead + 1) == Kind::Text && self.nth(ahead + 2) == Kind::CloseBracket => 3,
            _ => 0,
        }
    }

    /// Runs `parse` between brackets; the cursor stands on the opening one, or an error says so and `None` returns.
    pub(crate) fn bracketed<T>(&mut self, open: Kind, parse: impl FnOnce(&mut Self) -> T) -> Option<T> {
        let Some(close) = open.closing().filter(|_| self.at(open)) else {
            self.expected(open.describe());
            return None;
        };
        let opened = self.bump();
        self.brackets += 1;
        let assigning = std::mem::take(&mut self.assigning);
        let value = self.nested(parse);
        self.assigning = assigning;
        self.brackets -= 1;
        self.close(opened, close);
        value
    }

    /// The closing bracket, or an error and a search for it.
    fn close(&mut self, opened: Span, close: Kind) {
        if self.eat(close) {
            return;
        }
        if !matches!(self.kind(), Kind::End | Kind::Semicolon) && !self.stopped {
            self.expected(close.describe());
        }
        self.skip_to(|kind| kind == close || kind == Kind::Semicolon);
        if !self.eat(close) && !self.stopped {
            let bracket = self.slice(opened);
            let message = format!("this `{bracket}` is never closed");
            self.push(codes::UNCLOSED_BRACKET, message, opened, None);
            self.reported = Some(self.at);
        }
    }

    // Limits.

    /// Runs `parse` one level deeper; beyond the limit an error ends the whole parse.
    pub(crate) fn nested<T>(&mut self, parse: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth >= MAX_NESTING {
            self.stop(codes::TOO_DEEP, format!("nested more than {MAX_NESTING} levels deep"));
            return None;
        }
        self.depth += 1;
        let outer = std::mem::take(&mut self.chain);
        let value = parse(self);
        self.chain = self.chain.max(outer);
        self.depth -= 1;
        Some(value)
    }

    /// Counts one more operator that leans on what stands left of it; whether the limit allows it.
    pub(crate) fn lean(&mut self) -> bool {
        self.chain += 1;
        let fits = self.chain <= MAX_CHAIN;
        if !fits {
            self.stop(codes::TOO_LONG, format!("more than {MAX_CHAIN} operators in one expression"));
        }
        fits
    }

    /// Reports that a limit is passed and gives the rest of the text up.
    pub(crate) fn stop(&mut self, code: Code, message: String) {
        if !self.stopped {
            self.push(code, message, self.span(), None);
        }
        self.stopped = true;
        self.at = self.tokens.len().saturating_sub(1);
    }

    // Errors.

    /// Reports `code` at `span`, unless an error was reported at the cursor already.
    pub(crate) fn error(&mut self, code: Code, message: impl Into<String>, span: Span, help: Option<String>) {
        if self.stopped || self.reported == Some(self.at) {
            return;
        }
        self.reported = Some(self.at);
        self.push(code, message.into(), span, help);
    }

    /// As [`Parser::error`] for something that does not stand in the way of what follows.
    pub(crate) fn push(&mut self, code: Code, message: String, span: Span, help: Option<String>) {
        if self.stopped {
            return;
        }
        // What was expected and what was found say it all.
        let general = (code != codes::EXPECTED && code != codes::ENDS_EARLY).then(|| code.help.to_owned());
        let diagnostic = Diagnostic::error(code.id, message, span);
        self.diagnostics.push(Diagnostic { help: help.or(general), ..diagnostic });
        if self.diagnostics.len() >= MAX_ERRORS {
            let code = codes::TOO_MANY_ERRORS;
            self.diagnostics.push(Diagnostic::error(code.id, code.form, span).with_help(code.help));
            self.stopped = true;
            self.at = self.tokens.len().saturating_sub(1);
        }
    }

    /// Reports the token at the cursor, where `what` was expected.
    pub(crate) fn expected(&mut self, what: &str) {
        let span = self.span();
        match self.kind() {
            Kind::End => {
                let span = Span::new(self.last_end(), self.last_end());
                self.error(codes::ENDS_EARLY, format!("the query ends where {what} was expected"), span, None);
            }
            Kind::Template => self.template(),
            Kind::OpenBrace if self.nth(1) == Kind::Name && matches!(self.nth(2), Kind::CloseBrace | Kind::Colon) => {
                self.template()
            }
            Kind::Unknown => self.unknown_character(),
            _ => {
                let found = self.found();
                self.error(codes::EXPECTED, format!("expected {what}, found {found}"), span, None);
            }
        }
    }

    /// The token at the cursor in the words of a message.
    pub(crate) fn found(&self) -> String {
        match self.kind() {
            Kind::Name | Kind::Integer | Kind::Real | Kind::Timespan => format!("`{}`", shorten(self.word(0))),
            Kind::Text => format!("the string {}", shorten(self.word(0))),
            kind => kind.describe().to_owned(),
        }
    }

    /// Reports a placeholder.
    pub(crate) fn template(&mut self) {
        let placeholder = if self.at(Kind::OpenBrace) { format!("{{{}}}", self.word(1)) } else { self.word(0).to_owned() };
        let message = format!("the placeholder `{}` was never filled in", shorten(&placeholder));
        self.error(codes::TEMPLATE, message, self.span(), None);
    }

    fn unknown_character(&mut self) {
        let word = self.word(0);
        let help = match word.chars().next() {
            Some('“' | '”' | '„' | '‘' | '’' | '‚') => Some("replace the curly quote with a plain one".to_owned()),
            Some('#') => Some("comments begin with `//`".to_owned()),
            _ => None,
        };
        self.error(codes::UNKNOWN_CHARACTER, format!("`{word}` has no meaning here"), self.span(), help);
    }

    /// Steps forward, brackets whole, to a token that `wanted` picks, a closing bracket of an outer construct, or the end.
    pub(crate) fn skip_to(&mut self, wanted: impl Fn(Kind) -> bool) {
        let mut open: Vec<Kind> = Vec::new();
        loop {
            let kind = self.kind();
            if kind == Kind::End {
                return;
            }
            if open.is_empty() && (wanted(kind) || kind.closes() && self.brackets > 0) {
                return;
            }
            if let Some(close) = kind.closing() {
                open.push(close);
            } else if kind.closes() && open.last() == Some(&kind) {
                open.pop();
            } else if kind == Kind::Semicolon && self.brackets == 0 {
                // A bracket that is never closed must not swallow the statements that follow.
                return;
            }
            self.bump();
        }
    }

    /// Steps forward to the next `|`, `;` or closing bracket.
    pub(crate) fn synchronise(&mut self) {
        self.skip_to(|kind| matches!(kind, Kind::Pipe | Kind::Semicolon));
    }
}

/// A text short enough for a message.
pub(crate) fn shorten(text: &str) -> String {
    const LONGEST: usize = 40;
    let line = text.lines().next().unwrap_or("");
    if line.chars().count() <= LONGEST { line.to_owned() } else { line.chars().take(LONGEST).chain(['…']).collect() }
}
