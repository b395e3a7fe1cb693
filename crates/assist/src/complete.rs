//! The candidates for the cursor's place.

use std::collections::BTreeSet;

use functions::Section;
use kql::lexical::{WordKind, words};
use schema::{Registry, Type};

use crate::{
    Candidate, CandidateKind, Completion, Item, Knowledge,
    place::{Place, place},
    signature,
    words::{AGGREGATING, INFIX, ONLY_COLUMNS, SOURCES, STATEMENTS, clauses},
};

/// What may stand at byte `cursor` of `text`: first what begins with what is written there, and if nothing does, what holds it.
#[must_use]
pub fn complete(text: &str, cursor: usize, known: &dyn Knowledge) -> Completion {
    let mut cursor = cursor.min(text.len());
    while !text.is_char_boundary(cursor) {
        cursor -= 1;
    }
    let (place, replace) = place(text, cursor);
    let before = &text[..cursor];
    let all = match place {
        Place::Nothing => Vec::new(),
        Place::Source { statement } => sources(before, statement, known),
        Place::Operator => of_words(CandidateKind::Operator, kql::operators()),
        Place::Words(words) => of_words(CandidateKind::Keyword, words.iter().copied()),
        Place::Plugin => of_items(CandidateKind::Plugin, known.plugins()),
        Place::Value { column } => values(before, &column),
        Place::AfterValue { operator } => of_words(CandidateKind::Keyword, clauses(&operator).iter().chain(INFIX).copied()),
        Place::Expression { rows, operator } => expression(before, rows.as_deref(), &operator, known),
    };
    let written = text[replace.start..cursor].to_lowercase();
    Completion { replace, candidates: matching(all, &written) }
}

/// Those that begin with what is written, in any case; if there are none, those that hold it.
pub(crate) fn matching(all: Vec<Candidate>, written: &str) -> Vec<Candidate> {
    let begins = |candidate: &&Candidate| candidate.text.to_lowercase().trim_start_matches(['[', '\'']).starts_with(written);
    let found: Vec<Candidate> = all.iter().filter(begins).cloned().collect();
    if !found.is_empty() || written.chars().count() < 2 {
        return found;
    }
    all.into_iter().filter(|candidate| candidate.text.to_lowercase().contains(written)).collect()
}

fn of_words<'a>(kind: CandidateKind, words: impl Iterator<Item = &'a str>) -> Vec<Candidate> {
    words.map(|word| Candidate { text: word.to_owned(), kind, detail: String::new() }).collect()
}

fn of_items(kind: CandidateKind, items: Vec<Item>) -> Vec<Candidate> {
    items.into_iter().map(|item| Candidate { text: kql::quote_name(&item.name).to_string(), kind, detail: item.detail }).collect()
}

fn sources(before: &str, statement: bool, known: &dyn Knowledge) -> Vec<Candidate> {
    let mut all = names(before);
    all.extend(of_items(CandidateKind::Table, known.tables()));
    all.extend(of_items(CandidateKind::SavedFunction, known.saved_functions()));
    if statement {
        all.extend(of_words(CandidateKind::Keyword, STATEMENTS.iter().copied()));
    }
    all.extend(of_words(CandidateKind::Keyword, SOURCES.iter().copied()));
    all
}

fn expression(before: &str, rows: Option<&str>, operator: &str, known: &dyn Knowledge) -> Vec<Candidate> {
    let column = |(name, ty): (String, Type)| Candidate {
        text: kql::quote_name(&name).to_string(),
        kind: CandidateKind::Column,
        detail: ty.name().to_owned(),
    };
    let mut all: Vec<Candidate> = rows.map_or_else(Vec::new, |rows| {
        let bound = known.columns(rows);
        let columns = if bound.is_empty() { documented(rows) } else { bound };
        columns.into_iter().map(column).collect()
    });
    if ONLY_COLUMNS.contains(&operator) {
        return all;
    }
    all.extend(names(before));
    let aggregates = AGGREGATING.contains(&operator);
    let mut called: Vec<_> = functions::all()
        .filter(|function| match function.section {
            Section::Internal | Section::Operator => false,
            Section::Aggregate => aggregates,
            _ => true,
        })
        .collect();
    called.sort_by_key(|function| (function.section != Section::Aggregate, function.name));
    all.extend(called.into_iter().map(|function| Candidate {
        text: function.name.to_owned(),
        kind: CandidateKind::Function,
        detail: format!("{} {}", signature(function), function.summary),
    }));
    all.extend(of_items(CandidateKind::SavedFunction, known.saved_functions()));
    all
}

/// The names that `let` binds before the cursor, latest first.
fn names(before: &str) -> Vec<Candidate> {
    let words = words(before);
    let word = |at: usize| words.get(at).map_or("", |word| &before[word.span.start..word.span.end]);
    let mut seen = BTreeSet::new();
    let bound = (0..words.len()).rev().filter(|at| {
        let begins =
            *at == 0 || words.get(at - 1).is_some_and(|before| matches!(before.kind, WordKind::Semicolon | WordKind::Open));
        begins && word(*at) == "let" && word(at + 2) == "="
    });
    // A name is no use in its own definition.
    let finished = bound.filter(|at| words[*at..].iter().any(|word| word.kind == WordKind::Semicolon));
    let candidate = |at: usize| Candidate { text: word(at + 1).to_owned(), kind: CandidateKind::Name, detail: String::new() };
    finished.map(candidate).filter(|name| seen.insert(name.text.clone())).collect()
}

/// The documented columns of the tables that a text names, where it cannot be bound.
fn documented(rows: &str) -> Vec<(String, Type)> {
    let mut columns: Vec<(String, Type)> = Vec::new();
    for word in words(rows) {
        let table = Registry::builtin().table(&rows[word.span.start..word.span.end]).filter(|_| word.kind == WordKind::Name);
        for column in table.iter().flat_map(|table| &table.columns) {
            if !columns.iter().any(|(name, _)| *name == column.name) {
                columns.push((column.name.clone(), column.ty));
            }
        }
    }
    columns
}

/// The documented values of a column: of the tables that the text names, else of any table.
pub(crate) fn values(before: &str, column: &str) -> Vec<Candidate> {
    let registry = Registry::builtin();
    let named = words(before).into_iter().filter_map(|word| registry.table(&before[word.span.start..word.span.end]));
    let found = named.chain(registry.tables()).find_map(|table| {
        let column = table.column(column)?;
        (!column.values.is_empty()).then_some((table, column))
    });
    let Some((table, column)) = found else { return Vec::new() };
    let detail = format!("{}.{}", table.name, column.name);
    let value = |value: &String| Candidate { text: value.clone(), kind: CandidateKind::Value, detail: detail.clone() };
    column.values.iter().map(value).collect()
}
