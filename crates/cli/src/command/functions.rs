//! `spoofwatch functions`: what the query language knows.

use std::path::{Path, PathBuf};

use ::functions::{Example, Expectation, Function, Status};
use assist::signature;
use clap::Args;
use library::Library;

use crate::{config::ConfigFile, failure::Failure, output};

/// Arguments of `functions`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Explain this one.
    name: Option<String>,
    /// Read saved functions from a folder, beside those of the data directory. May be given more than once.
    #[arg(long = "functions", value_name = "DIR")]
    functions: Vec<PathBuf>,
    #[command(flatten)]
    config: ConfigFile,
}

pub(crate) fn run(data: &Path, options: &Options) -> Result<(), Failure> {
    let config = options.config.load(data)?;
    let folders = config.functions.iter().flat_map(|set| &set.value).chain(&options.functions).cloned().collect::<Vec<_>>();
    let library = crate::functions::open(data, &folders)?;
    output::print(&page(options.name.as_deref(), &library)?)
}

/// The page of a function, or the list of all.
pub(crate) fn page(name: Option<&str>, library: &Library) -> Result<String, Failure> {
    let Some(name) = name else { return Ok(listed(library)) };
    if let Some(function) = ::functions::find(name) {
        return Ok(explained(function));
    }
    if let Some(saved) = library.get(name) {
        let file = if saved.shipped { "shipped with the program" } else { &saved.source.origin };
        return Ok(format!("{}\n\n{}\n\n{file}\n\n{}\n", saved.signature(), saved.summary, saved.source.text.trim_end()));
    }
    Err(unknown(name, library))
}

/// The page of a function as Markdown.
pub(crate) fn markdown(name: &str, library: &Library) -> Result<String, Failure> {
    if let Some(function) = ::functions::find(name) {
        return Ok(explained_markdown(function));
    }
    let saved = library.get(name).ok_or_else(|| unknown(name, library))?;
    let file = if saved.shipped { "shipped with the program" } else { &saved.source.origin };
    let text = saved.source.text.trim_end();
    Ok(format!("# {}\n\n`{}`\n\n{}\n\n{}\n\n_{file}_\n", saved.name, saved.signature(), saved.summary, fenced("kusto", text)))
}

/// A block of code, whatever stands in it.
pub(crate) fn fenced(language: &str, text: &str) -> String {
    let mut longest = 2;
    for run in text.split(|character| character != '`') {
        longest = longest.max(run.len());
    }
    let fence = "`".repeat(longest + 1);
    format!("{fence}{language}\n{}\n{fence}", text.trim_end())
}

fn unknown(name: &str, library: &Library) -> Failure {
    let mut near = schema::nearest(name, library.iter().map(|saved| saved.name.as_str()));
    near.extend(::functions::nearest(name));
    near.truncate(3);
    let help = if near.is_empty() { String::new() } else { format!("; did you mean {}?", near.join(", ")) };
    Failure::input(format!("error: the function `{name}` is not known{help}"))
}

/// The functions of the language, then the saved ones by where they come from.
fn listed(library: &Library) -> String {
    let mut text = String::new();
    for function in ::functions::all() {
        text.push_str(&format!("{:32} {}\n", function.name, function.summary));
    }
    for (title, shipped) in [("Saved functions", false), ("Saved functions that come with the program", true)] {
        let mut saved = library.iter().filter(|saved| saved.shipped == shipped).peekable();
        if saved.peek().is_some() {
            text.push_str(&format!("\n{title}\n\n"));
        }
        for function in saved {
            let about = if function.definition().is_err() {
                format!("cannot be called; see {}", function.source.origin)
            } else if function.summary.is_empty() {
                function.signature()
            } else {
                function.summary.clone()
            };
            text.push_str(&format!("{:32} {about}\n", function.name));
        }
    }
    text
}

fn explained_markdown(function: &Function) -> String {
    let mut text = format!("# {}\n\n`{}`\n\n{}\n", function.name, signature(function), function.summary);
    if !function.aliases.is_empty() {
        text.push_str(&format!("\nAlso written: {}\n", function.aliases.join(", ")));
    }
    if let Status::Partial(missing) = function.status {
        text.push_str(&format!("\nNot supported: {missing}\n"));
    }
    text.push_str("\n## Examples\n");
    for example in function.examples {
        text.push_str(&format!(
            "\n{}\n\n{}\n\n{}\n",
            example.title,
            fenced("kusto", example.query),
            fenced("", &outcome(example))
        ));
    }
    text.push_str(&format!("\n[Reference](https://learn.microsoft.com/kusto/query/{})\n", function.doc));
    text
}

/// What an example gives.
fn outcome(example: &Example) -> String {
    match example.expect {
        Expectation::Value(value) | Expectation::OfConstants(value) => value.to_owned(),
        Expectation::Error(code) => format!("error {code}"),
    }
}

fn explained(function: &Function) -> String {
    let mut text = format!("{}\n\n{}\n", signature(function), function.summary);
    if !function.aliases.is_empty() {
        text.push_str(&format!("Also written: {}\n", function.aliases.join(", ")));
    }
    if let Status::Partial(missing) = function.status {
        text.push_str(&format!("Not supported: {missing}\n"));
    }
    text.push_str("\nExamples\n");
    for example in function.examples {
        text.push_str(&format!("  {} → {}   ({})\n", example.query, outcome(example), example.title));
    }
    text.push_str(&format!("\nhttps://learn.microsoft.com/kusto/query/{}\n", function.doc));
    text
}
