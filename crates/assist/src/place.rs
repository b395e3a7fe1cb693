//! Where in a query the cursor stands: what kind of thing may be written there. From the words before the cursor alone, as
//! the text is not finished; what comes after it says nothing.
//!
//! Must not know what tables and columns there are. Start with [`place`].

use diag::Span;
use kql::lexical::{Word, WordKind, words};

use crate::words::{self, BEFORE_VALUES};

/// What may stand at the cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// Nothing that anybody could know.
    Nothing,
    /// A table, or what else gives rows. At the beginning of a statement also `let` and its like.
    Source { statement: bool },
    /// An operator: the cursor is behind `|`.
    Operator,
    /// One of these words.
    Words(&'static [&'static str]),
    /// A plugin of `evaluate`.
    Plugin,
    /// A value of the column, in a string.
    Value { column: String },
    /// An expression over the rows that `rows` yields (`None`: there are none), in the arguments of `operator`.
    Expression { rows: Option<String>, operator: String },
    /// What follows a value in the arguments of `operator`.
    AfterValue { operator: String },
}

/// The place of the cursor, and what is written there already.
pub(crate) fn place(text: &str, cursor: usize) -> (Place, Span) {
    let before = text.get(..cursor).unwrap_or(text);
    let mut words = words(before);
    let here = Span::new(before.len(), before.len());
    let at_end = |word: &&Word| word.span.end == before.len();
    match words.last().filter(at_end).map(|word| (word.kind, word.span)) {
        Some((WordKind::Comment, _)) => return (Place::Nothing, here),
        Some((WordKind::OpenText, span)) => {
            let quote = before[span.start..].find(['"', '\'']).map_or(span.end, |found| span.start + found + 1);
            words.pop();
            let column = compared(before, &words);
            return (column.map_or(Place::Nothing, |column| Place::Value { column }), Span::new(quote, before.len()));
        }
        Some((WordKind::Number | WordKind::Text, _)) => return (Place::Nothing, here),
        _ => {}
    }
    words.retain(|word| word.kind != WordKind::Comment);
    let written = written(before, &mut words).unwrap_or(here);
    let reading = Reading::new(before, &words);
    (reading.place(), written)
}

/// Takes the unfinished word at the end away; of an operator such as `mv-ex` or `mv-` all that touches.
fn written(text: &str, words: &mut Vec<Word>) -> Option<Span> {
    let last = *words.last().filter(|word| word.span.end == text.len())?;
    let mut span = Span::new(text.len(), text.len());
    if last.kind == WordKind::Name {
        span = last.span;
        words.pop();
    }
    // `a-b` may be a difference; only behind a pipe it is a word.
    let (mut start, mut left) = (span.start, words.len());
    while left >= 2 {
        let (name, dash) = (words[left - 2], words[left - 1]);
        let touching = name.span.end == dash.span.start && dash.span.end == start;
        if !touching || name.kind != WordKind::Name || &text[dash.span.start..dash.span.end] != "-" {
            break;
        }
        (start, left) = (name.span.start, left - 2);
    }
    if left < words.len() && left.checked_sub(1).is_some_and(|before| words[before].kind == WordKind::Pipe) {
        span = Span::new(start, span.end);
        words.truncate(left);
    }
    (span.start < span.end).then_some(span)
}

/// The column that a string is compared with: `Column == "`, `Column in ("a", "`.
fn compared(text: &str, words: &[Word]) -> Option<String> {
    for word in words.iter().rev() {
        let written = &text[word.span.start..word.span.end];
        match word.kind {
            WordKind::Text | WordKind::Sign | WordKind::Open | WordKind::Number => {}
            WordKind::Name if BEFORE_VALUES.contains(&written) => {
                if matches!(written, "and" | "or" | "where" | "by" | "with" | "on") {
                    return None;
                }
            }
            WordKind::Name => return Some(written.to_owned()),
            _ => return None,
        }
    }
    None
}

/// A bracket that is open at the cursor; the first stands for the whole text.
#[derive(Debug)]
struct Frame {
    /// Where its text begins.
    begin: usize,
    /// Where the statement begins that the cursor is in.
    start: usize,
    /// The first word of that statement.
    first: usize,
    /// The last `|` of that statement.
    pipe: Option<usize>,
    /// The bracket.
    opener: Option<usize>,
}

/// The words before the cursor, with the brackets that are open there.
struct Reading<'t> {
    text: &'t str,
    words: &'t [Word],
    frames: Vec<Frame>,
}

impl<'t> Reading<'t> {
    fn new(text: &'t str, words: &'t [Word]) -> Self {
        let mut frames = vec![Frame { begin: 0, start: 0, first: 0, pipe: None, opener: None }];
        for (at, word) in words.iter().enumerate() {
            let end = word.span.end;
            match word.kind {
                WordKind::Open => frames.push(Frame { begin: end, start: end, first: at + 1, pipe: None, opener: Some(at) }),
                WordKind::Close if frames.len() > 1 => drop(frames.pop()),
                WordKind::Pipe => {
                    if let Some(frame) = frames.last_mut() {
                        frame.pipe = Some(at);
                    }
                }
                WordKind::Semicolon => {
                    if let Some(frame) = frames.last_mut() {
                        (frame.start, frame.first, frame.pipe) = (end, at + 1, None);
                    }
                }
                _ => {}
            }
        }
        Self { text, words, frames }
    }

    fn word(&self, at: usize) -> &'t str {
        self.words.get(at).map_or("", |word| &self.text[word.span.start..word.span.end])
    }

    fn kind(&self, at: usize) -> Option<WordKind> {
        self.words.get(at).map(|word| word.kind)
    }

    fn place(&self) -> Place {
        let depth = self.frames.len() - 1;
        let frame = &self.frames[depth];
        let Some(last) = self.words.len().checked_sub(1).filter(|last| *last >= frame.first) else {
            return self.beginning(depth);
        };
        if self.kind(last) == Some(WordKind::Pipe) {
            return Place::Operator;
        }
        match self.clause(depth) {
            Some((depth, start)) => self.within(depth, start, last),
            None => self.before_pipes(frame, last),
        }
    }

    /// The cursor stands at the beginning of a statement, or right behind an opening bracket.
    fn beginning(&self, depth: usize) -> Place {
        let Some(opener) = self.frames[depth].opener else { return Place::Source { statement: true } };
        if self.word(opener) == "{" {
            return Place::Source { statement: true };
        }
        let owner = opener.checked_sub(1).map_or("", |before| self.word(before));
        let outer = self.clause(depth - 1);
        let operator = outer.map_or_else(String::new, |(_, start)| self.operator(start));
        match (owner, operator.as_str()) {
            ("materialize" | "toscalar" | "union" | "view" | "join" | "lookup", _) | ("" | "(", "") => {
                Place::Source { statement: false }
            }
            (_, "fork") | ("on", "mv-apply" | "mvapply") => Place::Operator,
            ("=", "") => Place::Source { statement: false },
            ("with", "render") => Place::Words(words::RENDER_PROPERTIES),
            (_, "partition") if self.word(opener + 1).is_empty() && !matches!(owner, "by" | "=") => Place::Operator,
            (_, "join" | "lookup" | "union") if !self.has_word(outer, "on") => Place::Source { statement: false },
            _ => Place::Expression { rows: self.rows(depth), operator },
        }
    }

    /// No `|` before the cursor in what could hold it: the source is being written.
    fn before_pipes(&self, frame: &Frame, last: usize) -> Place {
        let first = self.word(frame.first);
        let value = self.is_value(last);
        match first {
            "let" => match self.word(last) {
                "=" => Place::Source { statement: false },
                _ => Place::Nothing,
            },
            "union" | "find" | "search" => Place::Source { statement: false },
            "print" | "range" if value => Place::AfterValue { operator: first.to_owned() },
            "print" | "range" => Place::Expression { rows: None, operator: first.to_owned() },
            "evaluate" if last == frame.first => Place::Plugin,
            _ if self.frames.len() > 1 && !value => Place::Expression { rows: None, operator: String::new() },
            _ => Place::Nothing,
        }
    }

    /// The cursor stands in the arguments of the operator whose first word is `start`.
    fn within(&self, depth: usize, start: usize, last: usize) -> Place {
        let operator = self.operator(start);
        let only = last + 1 == start + operator.split('-').count() * 2 - 1;
        let rows = || self.rows(depth);
        let word = self.word(last);
        if word == "." {
            return self.member(depth, start, last);
        }
        if word == "=" && last.checked_sub(1).is_some_and(|before| self.word(before) == "kind") {
            return match operator.as_str() {
                "join" => Place::Words(words::JOIN_KINDS),
                "lookup" => Place::Words(words::LOOKUP_KINDS),
                "union" => Place::Words(words::UNION_KINDS),
                "parse" | "parse-where" => Place::Words(words::PARSE_KINDS),
                _ => Place::Nothing,
            };
        }
        let value = !only && self.is_value(last);
        let same = depth + 1 == self.frames.len();
        match operator.as_str() {
            "as" | "consume" | "count" | "getschema" | "limit" | "sample" | "take" => Place::Nothing,
            "render" if only => Place::Words(words::RENDER_KINDS),
            "render" if same => Place::Words(&["with ("]),
            "render" if word == "," => Place::Words(words::RENDER_PROPERTIES),
            "render" => Place::Expression { rows: rows(), operator },
            "evaluate" if only => Place::Plugin,
            "union" => Place::Source { statement: false },
            "join" | "lookup" if same && !self.has_word(Some((depth, start)), "on") => {
                if value && (self.kind(last) == Some(WordKind::Close) || self.word(last - 1) != "=") {
                    Place::Words(&["on"])
                } else {
                    Place::Source { statement: false }
                }
            }
            _ if value => Place::AfterValue { operator },
            _ => Place::Expression { rows: rows(), operator },
        }
    }

    /// Behind a dot: `$left.` and `$right.` are known, members of dynamic values are not.
    fn member(&self, depth: usize, start: usize, dot: usize) -> Place {
        match dot.checked_sub(1).map_or("", |before| self.word(before)) {
            "$left" => Place::Expression { rows: self.rows(depth), operator: "project-keep".to_owned() },
            "$right" => {
                let side = self.right_side(start).map(|side| format!("{}{side}", self.prelude(depth)));
                Place::Expression { rows: side, operator: "project-keep".to_owned() }
            }
            _ => Place::Nothing,
        }
    }

    /// The text of the right side of a `join`: the first bracket behind the operator, or the name before `on`.
    fn right_side(&self, start: usize) -> Option<&'t str> {
        let mut depth = 0_usize;
        let mut open = None;
        for at in start..self.words.len() {
            let span = self.words[at].span;
            match self.kind(at)? {
                WordKind::Open => {
                    open = open.or(Some(span.end));
                    depth += 1;
                }
                WordKind::Close => {
                    depth = depth.checked_sub(1)?;
                    if depth == 0 {
                        return Some(&self.text[open?..span.start]);
                    }
                }
                WordKind::Name if depth == 0 && self.word(at) == "on" => {
                    return at.checked_sub(1).map(|before| self.word(before));
                }
                _ => {}
            }
        }
        None
    }

    /// The frame whose operator the cursor stands in, from the innermost out, and the operator's first word. A bracket
    /// without a pipe belongs to what surrounds it, unless it has a source of its own.
    fn clause(&self, depth: usize) -> Option<(usize, usize)> {
        for depth in (0..=depth).rev() {
            let frame = &self.frames[depth];
            if let Some(pipe) = frame.pipe {
                return Some((depth, pipe + 1));
            }
            if self.continues(depth) {
                return Some((depth, frame.first));
            }
            if frame.opener.is_some_and(|opener| self.word(opener) == "{") {
                return None;
            }
        }
        None
    }

    /// True if the frame's pipe goes on with the rows of what surrounds it: a branch of `fork`, the body of `mv-apply`.
    fn continues(&self, depth: usize) -> bool {
        let frame = &self.frames[depth];
        let Some(opener) = frame.opener else { return false };
        let first = self.operator(frame.first);
        let before = opener.checked_sub(1).map_or("", |before| self.word(before));
        let operators = |word: &str| kql::operators().any(|known| known == word);
        // `count(` and `top(` as functions have a name before the bracket.
        let called = opener > 0 && self.kind(opener - 1) == Some(WordKind::Name) && !matches!(before, "fork" | "on" | "by");
        operators(&first) && !called && !words::SOURCES.contains(&first.as_str())
    }

    /// The text that yields the rows at the cursor in frame `depth`; `None` where there are none.
    fn rows(&self, depth: usize) -> Option<String> {
        let frame = &self.frames[depth];
        let pipe = frame.pipe.map(|pipe| self.words[pipe].span.start);
        if self.continues(depth) && depth > 0 {
            let outer = self.rows(depth - 1)?;
            return Some(match pipe {
                Some(end) => format!("{outer} | {}", self.text[frame.start..end].trim()),
                None => outer,
            });
        }
        match pipe {
            Some(end) => Some(format!("{}{}", self.prelude(depth), self.text[self.source_start(frame)..end].trim())),
            None if depth == 0 || self.word(frame.opener?) == "{" => None,
            None => self.rows(depth - 1),
        }
    }

    /// The statements that are complete before the cursor, in every block around it.
    fn prelude(&self, depth: usize) -> String {
        let blocks = self.frames[..=depth].iter();
        let text: String = blocks.map(|frame| &self.text[frame.begin..frame.start]).collect();
        let text = text.trim();
        if text.is_empty() { String::new() } else { format!("{text}\n") }
    }

    /// Where the source of the frame's statement begins: behind `let name =`.
    fn source_start(&self, frame: &Frame) -> usize {
        if self.word(frame.first) == "let" && self.word(frame.first + 2) == "=" {
            return self.words[frame.first + 2].span.end;
        }
        frame.start
    }

    /// The operator that begins at a word, with the dashes in it.
    fn operator(&self, start: usize) -> String {
        let mut operator = self.word(start).to_owned();
        let mut at = start;
        while let (Some(word), Some(dash), Some(next)) = (self.words.get(at), self.words.get(at + 1), self.words.get(at + 2)) {
            let touching = word.span.end == dash.span.start && dash.span.end == next.span.start;
            if !touching || self.word(at + 1) != "-" {
                break;
            }
            operator = format!("{operator}-{}", self.word(at + 2));
            at += 2;
        }
        operator
    }

    /// True if the clause has the word outside of brackets.
    fn has_word(&self, clause: Option<(usize, usize)>, wanted: &str) -> bool {
        let Some((_, start)) = clause else { return false };
        let mut depth = 0_usize;
        (start..self.words.len()).any(|at| {
            match self.kind(at) {
                Some(WordKind::Open) => depth += 1,
                Some(WordKind::Close) => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0 && self.word(at) == wanted
        })
    }

    /// True if a value ends with the word.
    fn is_value(&self, at: usize) -> bool {
        match self.kind(at) {
            Some(WordKind::Name) => !BEFORE_VALUES.contains(&self.word(at)),
            Some(WordKind::Number | WordKind::Text | WordKind::Close) => true,
            _ => false,
        }
    }
}
