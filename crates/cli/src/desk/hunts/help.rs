//! Help while a query is written: its colours, what is wrong with it, what may stand at the cursor.

use std::{
    sync::{Arc, RwLock},
    time::Duration,
};

use ::desk::{CandidateLine, Colour, Completions, Fault, Looked, Problem, Writing};
use assist::{Candidate, CandidateKind, Class};
use engine::{Environment, QueryError};
use schema::Registry;

use super::{Here, run};
use crate::{
    desk::sheet,
    prompt::Known,
    query::{Dialect, Language, Query},
};

/// How long binding may take while somebody types.
const PATIENCE: Duration = Duration::from_secs(2);
/// Bytes of a text that help is given with: what is longer was not typed.
const LONGEST: usize = 64 << 10;
/// Candidates that are brought.
const CANDIDATES: usize = 200;

/// The word of a colour.
const fn class(class: Class) -> &'static str {
    match class {
        Class::Operator => "operator",
        Class::Keyword => "keyword",
        Class::Function => "function",
        Class::Field => "field",
        Class::Text => "text",
        Class::OpenText => "open-text",
        Class::Number => "number",
        Class::Comment => "comment",
        Class::Pipe => "pipe",
    }
}

/// The colours of a text.
pub(in crate::desk) fn colours(text: &str, language: Language) -> Vec<Colour> {
    let words = match language.kibana() {
        None => assist::highlight(text),
        Some(language) => assist::highlight_kibana(text, language),
    };
    words.into_iter().map(|(span, found)| Colour { start: span.start, end: span.end, class: class(found).to_owned() }).collect()
}

impl Here {
    pub(super) async fn looked(&self, writing: Writing<'_>) -> Result<Looked, Fault> {
        let (text, language) = (writing.text, run::language(writing.language)?);
        if text.len() > LONGEST {
            let problem = Problem {
                severity: "note".to_owned(),
                message: format!("texts longer than {} kB are not looked at while they are written", LONGEST >> 10),
                ..Problem::default()
            };
            return Ok(Looked { problems: vec![problem], ..Looked::default() });
        }
        let colours = colours(text, language);
        if text.trim().is_empty() {
            return Ok(Looked { colours, ..Looked::default() });
        }
        let (engine, environment) = (self.desk.pages()?, self.desk.environment_lately().await?);
        let query = Query::written(text, language, writing.indices.to_vec());
        let handle = tokio::runtime::Handle::current();
        // Planning does not wait for anything, and would keep others waiting.
        let bound = tokio::task::spawn_blocking(move || {
            let bound = async { tokio::time::timeout(PATIENCE, query.prepare(&engine, &environment, false)).await };
            (handle.block_on(bound), query.text)
        });
        let (bound, text) = bound.await.map_err(Fault::internal)?;
        let problems = |found: &[diag::Diagnostic]| found.iter().map(|found| sheet::problem(found, &text)).collect();
        Ok(match bound {
            Ok(Ok(planned)) => {
                Looked { colours, problems: problems(&planned.warnings), columns: sheet::columns(&planned.columns) }
            }
            Ok(Err(QueryError::Query(found))) => Looked { colours, problems: problems(&found), ..Looked::default() },
            Ok(Err(other)) => {
                let problem = Problem {
                    code: other.code().to_owned(),
                    severity: "error".to_owned(),
                    message: other.to_string(),
                    ..Problem::default()
                };
                Looked { colours, problems: vec![problem], ..Looked::default() }
            }
            // Too much to be bound between two strokes: running it will tell.
            Err(_) => Looked { colours, ..Looked::default() },
        })
    }

    pub(super) async fn completed(&self, writing: Writing<'_>, at: usize) -> Result<Completions, Fault> {
        let (text, language) = (writing.text, run::language(writing.language)?);
        if at > text.len() || !text.is_char_boundary(at) {
            return Err(Fault::input(format!("byte {at} is no place between two characters of the text")));
        }
        if text.len() > LONGEST {
            return Ok(Completions { start: at, end: at, candidates: Vec::new() });
        }
        let (engine, environment) = (self.desk.pages()?, self.desk.environment_lately().await?);
        let text = text.to_owned();
        let dialect = Dialect { language: Some(language), indices: writing.indices.to_vec() };
        let made = tokio::task::spawn_blocking(move || {
            let library = environment.library.clone();
            let known = Known::new(engine, Arc::new(RwLock::new(environment)), Arc::new(RwLock::new(dialect)));
            let completion = match language.kibana() {
                None => assist::complete(&text, at, &known),
                Some(language) => assist::complete_kibana(&text, at, language, &known.fields()),
            };
            let candidates = completion.candidates.into_iter().take(CANDIDATES);
            let candidates = candidates.map(|candidate| line(candidate, &library)).collect();
            Completions { start: completion.replace.start, end: completion.replace.end, candidates }
        });
        made.await.map_err(Fault::internal)
    }

    /// What functions can be called, with those that are saved.
    pub(super) async fn environment(&self) -> Result<Environment, Fault> {
        self.desk.environment_lately().await
    }
}

fn line(candidate: Candidate, library: &library::Library) -> CandidateLine {
    CandidateLine {
        documentation: documentation(&candidate, library),
        label: candidate.text.clone(),
        insert: candidate.text,
        kind: candidate.kind.name().to_owned(),
        detail: candidate.detail,
    }
}

/// What there is to say of a candidate beyond its line.
fn documentation(candidate: &Candidate, library: &library::Library) -> String {
    // A name may stand in quotes: ['a b'].
    let name = candidate.text.trim_start_matches("['").trim_end_matches("']");
    match candidate.kind {
        CandidateKind::Table => Registry::builtin().table(name).map(|table| table.doc.clone()).unwrap_or_default(),
        CandidateKind::Column => {
            let columns = Registry::builtin().tables().iter().flat_map(|table| &table.columns);
            let mut known = columns.filter(|column| column.name == name && !column.doc.is_empty());
            known.next().map(|column| column.doc.clone()).unwrap_or_default()
        }
        CandidateKind::Function => functions::find(name)
            .map(|function| {
                let example = function.examples.first().map(|example| format!("\n\n`{}`", example.query)).unwrap_or_default();
                format!("{}{example}", function.summary)
            })
            .unwrap_or_default(),
        CandidateKind::SavedFunction => library.get(name).map(|saved| saved.summary.clone()).unwrap_or_default(),
        CandidateKind::Plugin | CandidateKind::Operator | CandidateKind::Name | CandidateKind::Keyword | CandidateKind::Value => {
            String::new()
        }
    }
}
