//! A query from the command line, from standard input, or from a file: plain text, or a published rule that holds one.

use std::{io::Read as _, path::Path};

use clap::{Args, ValueEnum};
use diag::Diagnostic;
use engine::{Engine, Environment, Planned, QueryError, elastic::Search};
use rules::{Reading, Rule, model};

use crate::{config::Config, failure::Failure};

/// A query language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Language {
    /// Kusto Query Language.
    #[default]
    #[value(alias = "kql")]
    Kusto,
    /// Kibana Query Language.
    Kuery,
    /// Lucene's query string.
    Lucene,
}

impl Language {
    /// The language of Kibana, if it is one.
    pub(crate) const fn elastic(self) -> Option<elastic_query::Language> {
        match self {
            Self::Kusto => None,
            Self::Kuery => Some(elastic_query::Language::Kuery),
            Self::Lucene => Some(elastic_query::Language::Lucene),
        }
    }

    /// The language of a rule, if queries of it run.
    pub(crate) const fn of_rule(language: model::Language) -> Option<Self> {
        match language {
            model::Language::Kusto => Some(Self::Kusto),
            model::Language::Kuery => Some(Self::Kuery),
            model::Language::Lucene => Some(Self::Lucene),
            _ => None,
        }
    }

    /// The same, as help while a query is written knows it.
    pub(crate) const fn kibana(self) -> Option<assist::Kibana> {
        match self {
            Self::Kusto => None,
            Self::Kuery => Some(assist::Kibana::Kuery),
            Self::Lucene => Some(assist::Kibana::Lucene),
        }
    }
}

/// What a query is written in and, of Kibana, where it looks: the same for every command that takes a query.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Dialect {
    /// The query's language. Found from a rule's file; Kusto without.
    #[arg(long, value_enum)]
    pub(crate) language: Option<Language>,
    /// For kuery and lucene: tables, or index patterns such as logs-o365*. May be given more than once; every table of events without.
    #[arg(long = "index", value_name = "PATTERN")]
    pub(crate) indices: Vec<String>,
}

impl Dialect {
    /// The language of Kibana, if it is one, whatever the query's file says.
    pub(crate) fn kibana(&self) -> Option<assist::Kibana> {
        self.language.and_then(Language::kibana)
    }

    /// True if the query is one of Kibana, whatever its file says.
    pub(crate) fn is_elastic(&self) -> bool {
        self.language.is_some_and(|language| language.elastic().is_some())
    }

    /// The query as the arguments have it, which win over those of its file.
    pub(crate) fn of(&self, query: Query) -> Result<Query, Failure> {
        let language = self.language.unwrap_or(query.language);
        if language.elastic().is_none() && !self.indices.is_empty() {
            return Err(Failure::input(
                "error: --index: a query of Kusto names its tables itself; for one of Kibana add --language kuery or lucene",
            ));
        }
        let indices = if self.indices.is_empty() { query.indices.clone() } else { self.indices.clone() };
        Ok(Query { language, indices, ..query })
    }
}

/// A query and what messages call it.
#[derive(Debug)]
pub(crate) struct Query {
    /// Its text.
    pub(crate) text: String,
    /// The rule's name, for a chart's title; empty if it has none.
    pub(crate) title: String,
    /// What it is written in.
    pub(crate) language: Language,
    /// Where a query of Kibana looks: tables, index patterns.
    pub(crate) indices: Vec<String>,
    /// File name, or `query`.
    origin: String,
    /// The rule it is of, which knows where in its file it stands.
    rule: Option<Box<Rule>>,
}

impl Query {
    /// A query that stands in no file.
    pub(crate) fn new(text: &str, origin: &str) -> Self {
        let text = text.to_owned();
        Self { text, title: String::new(), language: Language::Kusto, indices: Vec::new(), origin: origin.to_owned(), rule: None }
    }

    /// A query of a language that stands in no file, over tables or index patterns where it is one of Kibana.
    pub(crate) fn written(text: &str, language: Language, indices: Vec<String>) -> Self {
        Self { language, indices, ..Self::new(text, "query") }
    }

    /// Findings drawn over the text they are about, with the lines and columns of the file it stands in.
    pub(crate) fn drawn(&self, diagnostics: &[Diagnostic]) -> String {
        match &self.rule {
            Some(rule) => rule.drawn(diagnostics),
            None => drawn(diagnostics, &self.origin, &self.text),
        }
    }

    /// The same with the user's own values in place of those that the rule was published with.
    pub(crate) fn filled(self, config: &Config) -> Result<Self, Failure> {
        let values = self.rule.as_ref().map(|rule| config.parameters_of(&rule.key)).unwrap_or_default();
        if values.is_empty() {
            return Ok(self);
        }
        let filled = rules::parameter::fill(&self.text, &values)
            .map_err(|error| Failure::input(format!("error: {}: parameters of the configuration: {error}", self.origin)))?;
        let origin = format!("query of {}, with parameters", self.origin);
        Ok(Self { text: filled.query, origin, rule: None, ..self })
    }

    /// The query as a search of Kibana, with what its text is warned of; `None` for one of Kusto.
    pub(crate) fn search(&self) -> Option<Result<(Search, Vec<Diagnostic>), QueryError>> {
        let tree = Engine::parse_elastic(self.language.elastic()?, &self.text);
        Some(tree.map(|(tree, warnings)| (Search::new(self.indices.clone(), tree), warnings)))
    }

    /// Plans the query. What must be computed for that is computed if `compute`.
    pub(crate) async fn prepare(&self, engine: &Engine, env: &Environment, compute: bool) -> Result<Planned, QueryError> {
        match self.search() {
            Some(search) => {
                let (search, warnings) = search?;
                let mut planned = engine.prepare_search(&search, env)?;
                planned.warnings.splice(0..0, warnings);
                Ok(planned)
            }
            None if compute => engine.prepare(&self.text, env).await,
            None => engine.check(&self.text, env).await,
        }
    }

    /// The query that the arguments name.
    pub(crate) fn load(query: Option<&str>, file: Option<&Path>) -> Result<Self, Failure> {
        match (query, file) {
            (_, Some(path)) => Self::from_file(path),
            (Some("-"), None) => Ok(Self::new(&stdin()?, "standard input")),
            (Some(text), None) => Ok(Self::new(text, "query")),
            (None, None) => Err(Failure::input("error: no query was given")),
        }
    }

    fn from_file(path: &Path) -> Result<Self, Failure> {
        let origin = path.display().to_string();
        let bytes = std::fs::read(path).map_err(|error| Failure::input(format!("error: {origin}: {error}")))?;
        let Reading { mut rules, faults, .. } = rules::read(&origin, &bytes);
        if let Some(fault) = faults.iter().find(|fault| fault.is_error()) {
            return Err(Failure::input(format!("error: {fault}")));
        }
        match (rules.pop(), rules.len()) {
            (Some(rule), 0) => Self::from_rule(rule, origin),
            (Some(_), more) => {
                Err(Failure::input(format!("error: {origin}: the file holds {} rules; `hunt` runs one query", more + 1)))
            }
            (None, _) if is_rule_file(path) => {
                Err(Failure::input(format!("error: {origin}: there is no rule with a `query` in this file")))
            }
            (None, _) => {
                let text = String::from_utf8(bytes)
                    .map_err(|_| Failure::input(format!("error: {origin}: the file is not UTF-8 text")))?;
                Ok(Self { title: rules::title(&origin), ..Self::new(&text, &origin) })
            }
        }
    }

    fn from_rule(rule: Rule, origin: String) -> Result<Self, Failure> {
        if let Some(reason) = rule.not_runnable() {
            return Err(Failure::input(format!("error: {origin}: {reason}")));
        }
        let Some(language) = Language::of_rule(rule.language) else {
            let what = "`hunt` runs Kusto Query Language, Kibana Query Language and Lucene";
            return Err(Failure::input(format!("error: {origin}: this rule's language is not supported; {what}")));
        };
        let (title, indices) = (rule.name.clone(), rule.indices.clone());
        let query = Self::new(&rule.query.text, &origin);
        Ok(Self { title, language, indices, rule: Some(Box::new(rule)), ..query })
    }
}

/// Whether a file of this ending holds rules and nothing else that could be a query.
fn is_rule_file(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default().to_ascii_lowercase();
    ["json", "jsonl", "ndjson", "toml", "yaml", "yml"].contains(&extension.as_str())
}

/// All of standard input.
pub(crate) fn stdin() -> Result<String, Failure> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).map_err(|error| Failure::input(format!("error: standard input: {error}")))?;
    Ok(text)
}

/// Findings drawn over the text they are about.
pub(crate) fn drawn(diagnostics: &[Diagnostic], origin: &str, text: &str) -> String {
    diagnostics.iter().map(|diagnostic| diag::render(diagnostic, origin, text)).collect::<Vec<_>>().join("\n")
}
