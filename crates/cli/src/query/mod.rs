//! A query from the command line, from standard input, or from a file: plain text, or a published rule that holds one.

mod place;

use std::{io::Read as _, path::Path};

use diag::Diagnostic;
use serde::Deserialize;

use crate::failure::Failure;
use place::Place;

/// A query and what messages call it.
#[derive(Debug)]
pub(crate) struct Query {
    /// Its text.
    pub(crate) text: String,
    /// The rule's name, for a chart's title; empty if it has none.
    pub(crate) title: String,
    /// File name, or `query`.
    origin: String,
    /// Where it stands in the file of a rule.
    place: Option<Place>,
}

/// What is read of a rule in Sentinel's YAML.
#[derive(Debug, Deserialize)]
struct Rule {
    #[serde(default)]
    name: String,
    query: Option<String>,
}

impl Query {
    /// A query that stands in no file.
    pub(crate) fn new(text: &str, origin: &str) -> Self {
        Self { text: text.to_owned(), title: String::new(), origin: origin.to_owned(), place: None }
    }

    /// Findings drawn over the text they are about, with the lines and columns of the file it stands in.
    pub(crate) fn drawn(&self, diagnostics: &[Diagnostic]) -> String {
        match &self.place {
            Some(place) => drawn(&place.moved(diagnostics), &self.origin, place.file()),
            None => drawn(diagnostics, &self.origin, &self.text),
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
        let text = std::fs::read_to_string(path).map_err(|error| Failure::input(format!("error: {origin}: {error}")))?;
        match path.extension().and_then(|extension| extension.to_str()).map(str::to_ascii_lowercase).as_deref() {
            Some("yaml" | "yml") => Self::from_rule(text, origin),
            Some("toml") => Err(Failure::input(format!(
                "error: {origin}: Elastic rules (Kibana Query Language) are not supported yet; `hunt` runs Kusto Query Language"
            ))),
            _ => Ok(Self { text, title: title_of(path), origin, place: None }),
        }
    }

    fn from_rule(file: String, origin: String) -> Result<Self, Failure> {
        let rule: Rule = serde_saphyr::from_str(&file).map_err(|error| Failure::input(format!("error: {origin}: {error}")))?;
        let Some(text) = rule.query else {
            return Err(Failure::input(format!("error: {origin}: this rule has no `query`")));
        };
        let place = Place::find(&text, file);
        // A query that YAML has put together from folded or escaped lines stands nowhere in the file as it is.
        let origin = if place.is_some() { origin } else { format!("query of {origin}") };
        Ok(Self { text, title: rule.name, origin, place })
    }
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

/// A plain query file is called by its name: `dkim-failure-trend.kql` is `DKIM failure trend`.
fn title_of(path: &Path) -> String {
    const SHORT_FORMS: [&str; 7] = ["arc", "dkim", "dmarc", "dns", "ip", "spf", "url"];
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or("").replace(['-', '_'], " ");
    let words = stem.split_whitespace().enumerate().map(|(position, word)| {
        let mut letters = word.chars();
        match letters.next() {
            Some(_) if SHORT_FORMS.contains(&word) => word.to_uppercase(),
            Some(first) if position == 0 => first.to_uppercase().chain(letters).collect(),
            _ => word.to_owned(),
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::title_of;

    #[test]
    fn a_title_is_made_of_the_file_name() {
        assert_eq!(title_of(Path::new("hunts/dkim-failure-trend.kql")), "DKIM failure trend");
        assert_eq!(title_of(Path::new("Spoofed_senders.kql")), "Spoofed senders");
        assert_eq!(title_of(Path::new(".kql")), ".kql");
    }
}
