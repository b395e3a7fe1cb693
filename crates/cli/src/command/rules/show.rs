//! `spoofwatch rules show`: one rule with everything it says.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
};

use ::rules::{
    Rule,
    model::{Reference, Severity},
    parameter,
};
use clap::Args;

use super::Format;
use crate::{failure::Failure, output};

/// Arguments of `rules show`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The rule: its key or the beginning of it, its name, or its file.
    #[arg(value_name = "RULE")]
    rule: String,
    /// Look for it in these files and folders; in the folder `rules` of the data directory without. May be given more than once.
    #[arg(long = "rules", value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// How it is shown.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

pub(crate) fn run(data: &Path, options: &Options) -> Result<(), Failure> {
    let file = PathBuf::from(&options.rule);
    let reading = if file.is_file() { ::rules::load(&[file]) } else { super::load(data, &options.paths)? };
    let shown: Vec<&Rule> = if Path::new(&options.rule).is_file() {
        super::tell_faults(&reading)?;
        reading.rules.iter().collect()
    } else {
        vec![super::find(&reading.rules, &options.rule)?]
    };
    if shown.is_empty() {
        return Err(Failure::input(format!("error: {}: there is no rule in this file", options.rule)));
    }
    let texts = shown.into_iter().map(|rule| match options.format {
        Format::Text => Ok(text(rule)),
        Format::Json => serde_json::to_string(rule).map(|line| line + "\n").map_err(Failure::internal),
    });
    output::print(&texts.collect::<Result<Vec<_>, _>>()?.join("\n"))
}

fn text(rule: &Rule) -> String {
    let mut text = format!("{}\n\n", rule.name);
    let mut field = |name: &str, value: &str| {
        if !value.is_empty() {
            let _ = writeln!(text, "{name:16} {value}");
        }
    };
    field("id", &rule.key);
    field("file", &rule.origin.source.path);
    field("format", rule.format.name());
    field("language", rule.language.name());
    field("schedule", &super::schedule(&rule.schedule));
    field("not run yet", rule.not_runnable().unwrap_or_default());
    field("severity", rule.severity.map_or("", Severity::name));
    field("risk score", &rule.risk_score.map(|score| score.to_string()).unwrap_or_default());
    field("tactics", &references(&rule.attack.tactics));
    field("techniques", &references(&rule.attack.techniques));
    field("sub-techniques", &references(&rule.attack.sub_techniques));
    field("tables", &rule.tables.join(", "));
    field("indices", &rule.indices.join(", "));
    field("connectors", &rule.connectors.join(", "));
    let entities = rule.entity_mappings.iter().map(|mapping| {
        let fields = mapping.fields.iter().map(|field| format!("{} = {}", field.identifier, field.column));
        format!("{} ({})", mapping.kind, fields.collect::<Vec<_>>().join(", "))
    });
    field("entities", &entities.collect::<Vec<_>>().join(", "));
    field("tags", &rule.tags.join(", "));
    field("author", &rule.author.join(", "));
    field("version", rule.version.as_deref().unwrap_or_default());
    field("parameters", &parameters(rule));
    let _ = writeln!(text, "\n{}\n\n{}", rule.description, rule.query.text.trim_end());
    let lists = [("False positives", &rule.false_positives), ("References", &rule.references)];
    for (title, items) in lists.into_iter().filter(|(_, items)| !items.is_empty()) {
        let _ = writeln!(text, "\n{title}\n");
        items.iter().for_each(|item| text.push_str(&format!("- {}\n", item.trim())));
    }
    for (title, words) in [("Guide", &rule.note), ("Setup", &rule.setup)] {
        if !words.is_empty() {
            let _ = writeln!(text, "\n{title}\n\n{words}");
        }
    }
    text
}

fn references(list: &[Reference]) -> String {
    let name = |found: &Reference| match (&found.name, found.id.as_str()) {
        (Some(name), "") => name.clone(),
        (Some(name), id) => format!("{id} {name}"),
        (None, id) => id.to_owned(),
    };
    list.iter().map(name).collect::<Vec<_>>().join(", ")
}

/// The values of the query that the user may replace by his own.
fn parameters(rule: &Rule) -> String {
    if rule.language == ::rules::model::Language::Kusto { parameter::names(&rule.query.text).join(", ") } else { String::new() }
}
