//! A query from the command line, from standard input, or from a file: plain text, or a published rule that holds one.

use std::{io::Read as _, path::Path};

use serde::Deserialize;

use crate::failure::Failure;

/// A query and what messages call it.
#[derive(Debug)]
pub(crate) struct Query {
    /// Its text.
    pub(crate) text: String,
    /// File name, or `query`.
    pub(crate) origin: String,
    /// The rule's name, for a chart's title; empty if it has none.
    pub(crate) title: String,
}

/// What is read of a rule in Sentinel's YAML.
#[derive(Debug, Deserialize)]
struct Rule {
    #[serde(default)]
    name: String,
    query: Option<String>,
}

/// The query that the arguments name.
pub(crate) fn load(query: Option<&str>, file: Option<&Path>) -> Result<Query, Failure> {
    match (query, file) {
        (_, Some(path)) => from_file(path),
        (Some("-"), None) => {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text).map_err(|error| Failure::input(format!("error: standard input: {error}")))?;
            Ok(Query { text, origin: "standard input".to_owned(), title: String::new() })
        }
        (Some(text), None) => Ok(Query { text: text.to_owned(), origin: "query".to_owned(), title: String::new() }),
        (None, None) => Err(Failure::input("error: no query was given")),
    }
}

/// The query of a file.
pub(crate) fn from_file(path: &Path) -> Result<Query, Failure> {
    let origin = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|error| Failure::input(format!("error: {origin}: {error}")))?;
    match path.extension().and_then(|extension| extension.to_str()).map(str::to_ascii_lowercase).as_deref() {
        Some("yaml" | "yml") => {
            let rule: Rule = serde_saphyr::from_str(&text).map_err(|error| Failure::input(format!("error: {origin}: {error}")))?;
            match rule.query {
                Some(query) => Ok(Query { text: query, origin, title: rule.name }),
                None => Err(Failure::input(format!("error: {origin}: this rule has no `query`"))),
            }
        }
        Some("toml") => Err(Failure::input(format!(
            "error: {origin}: Elastic rules (Kibana Query Language) are not supported yet; `hunt` runs Kusto Query Language"
        ))),
        _ => Ok(Query { text, title: title_of(path), origin }),
    }
}

/// A plain query file is called by its name: `dkim-failure-trend.kql` is `Dkim failure trend`.
fn title_of(path: &Path) -> String {
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or("").replace(['-', '_'], " ");
    let mut letters = stem.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
