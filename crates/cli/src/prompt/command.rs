//! What is written with a dot at the beginning: a word to the prompt, no query. Pure.

use std::path::PathBuf;

use clap::ValueEnum as _;

use crate::{command::Format, query::Language};

/// A word to the prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Command {
    Chart(PathBuf),
    Explain(Option<String>),
    Format(Format),
    Functions(Option<String>),
    Help,
    Index(Vec<String>),
    Language(Language),
    Quit,
    Reload,
    Rows(usize),
    Schema(String),
    Tables,
}

/// Every word with what follows it, and what it does.
pub(super) const ALL: &[(&str, &str, &str)] = &[
    (".chart", "FILE", "draw the last answer to a file, .svg or .png"),
    (".explain", "[QUERY]", "the query step by step; without one, the last"),
    (".format", "table|json|ndjson|csv", "how rows are shown"),
    (".functions", "[NAME]", "what a function takes and gives; without a name, all of them"),
    (".help", "", "this list"),
    (".index", "[PATTERN ...]", "where queries of Kibana look; every table of events without one"),
    (".language", "kusto|kuery|lucene", "what queries are written in"),
    (".quit", "", "leave, as Ctrl-D does"),
    (".reload", "", "look again for tables, saved functions and watchlists"),
    (".rows", "NUMBER", "rows a table shows at most"),
    (".schema", "TABLE", "a table's columns; also of any query"),
    (".tables", "", "the tables that hold data, then those that are known"),
];

impl Command {
    /// The command that a text is; `None` if it is a query.
    pub(crate) fn parse(text: &str) -> Option<Result<Self, String>> {
        let text = text.trim().trim_end_matches(';').trim_end();
        if !text.starts_with('.') {
            return None;
        }
        let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        let rest = rest.trim();
        let optional = (!rest.is_empty()).then(|| rest.to_owned());
        let wanted = |what: &str| format!("error: {word} wants {what}");
        Some(match word {
            ".chart" => optional.map(|file| Self::Chart(file.into())).ok_or_else(|| wanted("a file, such as trend.svg")),
            ".explain" => Ok(Self::Explain(optional)),
            ".format" => match Format::from_str(rest, true) {
                Ok(format) if format != Format::Parquet => Ok(Self::Format(format)),
                _ => Err(wanted("one of table, json, ndjson, csv")),
            },
            ".functions" => Ok(Self::Functions(optional)),
            ".help" => Ok(Self::Help),
            ".index" => Ok(Self::Index(rest.split([' ', ',']).filter(|part| !part.is_empty()).map(str::to_owned).collect())),
            ".language" => Language::from_str(rest, true).map(Self::Language).map_err(|_| wanted("one of kusto, kuery, lucene")),
            ".quit" | ".exit" => Ok(Self::Quit),
            ".reload" => Ok(Self::Reload),
            ".rows" => rest.parse().map(Self::Rows).map_err(|_| wanted("a number")),
            ".schema" => optional.map(Self::Schema).ok_or_else(|| wanted("a table")),
            ".tables" => Ok(Self::Tables),
            _ => {
                let near = schema::nearest(word, ALL.iter().map(|(word, ..)| *word));
                let help =
                    if near.is_empty() { "; .help lists all".to_owned() } else { format!("; did you mean {}?", near.join(", ")) };
                Err(format!("error: there is no command {word}{help}"))
            }
        })
    }
}

/// The list that `.help` prints.
pub(super) fn help() -> String {
    let line = |(word, rest, what): &(&str, &str, &str)| format!("  {:34}{what}\n", format!("{word} {rest}"));
    let commands: String = ALL.iter().map(line).collect();
    format!(
        "A query runs at `;` at its end, or at an empty line; one of Kibana at the end of its line.\n\n{commands}\n  Tab completes; Alt-Enter begins a line without running; Up and \
         Down go through history, Ctrl-R searches it.\n  Ctrl-C stops a running query, or clears what is written; Ctrl-D leaves.\n"
    )
}

#[cfg(test)]
mod tests {
    use super::{Command, Format, Language};

    #[test]
    fn a_query_is_no_command() {
        assert_eq!(Command::parse("EmailEvents | take 1"), None);
        assert_eq!(Command::parse(""), None);
    }

    #[test]
    fn a_command_takes_what_follows_it() {
        assert_eq!(Command::parse(".schema EmailEvents ;"), Some(Ok(Command::Schema("EmailEvents".to_owned()))));
        assert_eq!(Command::parse(" .format CSV"), Some(Ok(Command::Format(Format::Csv))));
        assert_eq!(Command::parse(".explain"), Some(Ok(Command::Explain(None))));
        assert_eq!(Command::parse(".exit"), Some(Ok(Command::Quit)));
        assert_eq!(Command::parse(".language KQL"), Some(Ok(Command::Language(Language::Kusto))));
        assert_eq!(Command::parse(".index"), Some(Ok(Command::Index(vec![]))));
        assert_eq!(
            Command::parse(".index logs-o365*, o365.audit"),
            Some(Ok(Command::Index(vec!["logs-o365*".to_owned(), "o365.audit".to_owned()])))
        );
    }

    #[test]
    fn what_is_wrong_is_told() {
        let told = |text| Command::parse(text).and_then(Result::err).unwrap_or_default();
        assert_eq!(told(".tabels"), "error: there is no command .tabels; did you mean .tables?");
        assert_eq!(told(".format parquet"), "error: .format wants one of table, json, ndjson, csv");
        assert_eq!(told(".language sql"), "error: .language wants one of kusto, kuery, lucene");
        assert_eq!(told(".rows many"), "error: .rows wants a number");
        assert_eq!(told(".schema"), "error: .schema wants a table");
    }
}
