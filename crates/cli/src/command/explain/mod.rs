//! `spoofwatch explain`: a query step by step, or the page of a lint or of an error's code.

mod pages;
mod query_json;
mod query_text;

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use engine::{Engine, Environment, QueryError, explain::Explanation};

use super::hunt::Running;
use crate::{
    failure::Failure,
    output,
    query::{Dialect, Language, Query},
    term::{self, Screen},
};

/// How an explanation is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// For reading.
    Text,
    /// One object: steps, scans, plans.
    Json,
}

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// A query, a lint such as unused-flag, or an error's code such as K0102; `-` reads a query from standard input.
    #[arg(required_unless_present = "file", conflicts_with = "file", value_name = "QUERY_OR_NAME")]
    subject: Option<String>,
    /// Read the query from a file: .kql, or a published rule of Sentinel, Defender or Elastic.
    #[arg(short, long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// How it is shown.
    #[arg(long, value_enum, default_value_t = Form::Text)]
    format: Form,
    /// All columns at each step, and long expressions whole.
    #[arg(long)]
    full: bool,
    #[command(flatten)]
    dialect: Dialect,
    #[command(flatten)]
    running: Running,
}

/// Characters of a line where the output has no width of its own.
const WIDTH: usize = 120;

pub(crate) async fn run(data: &Path, options: Options) -> Result<(), Failure> {
    // A word may be a query of Kibana, too.
    let named = options.subject.as_deref().filter(|_| !options.dialect.is_elastic());
    if let Some(page) = named.and_then(pages::page) {
        let page = page?;
        return output::print(&match options.format {
            Form::Text => page.text(),
            Form::Json => format!("{}\n", page.json()),
        });
    }
    let config = options.running.config.load(data)?;
    let query = Query::load(options.subject.as_deref(), options.file.as_deref())?.filled(&config)?;
    let query = options.dialect.of(query)?;
    if query.language == Language::Kusto {
        options.running.check_parameters(&query)?;
    }
    let (engine, env) = options.running.start(data).await?;
    output::print(&explained(&engine, &env, &query, options.format, options.full).await?)
}

/// The explanation of a query, as it is printed.
pub(crate) async fn explained(
    engine: &Engine,
    env: &Environment,
    query: &Query,
    form: Form,
    full: bool,
) -> Result<String, Failure> {
    let explanation = explanation(engine, env, query).await.map_err(|error| Failure::of_query(&error, query))?;
    if !explanation.warnings.is_empty() {
        term::say(query.drawn(&explanation.warnings).trim_end());
    }
    Ok(match form {
        Form::Json => format!("{}\n", query_json::explanation(&explanation)),
        Form::Text if full => query_text::explanation(&explanation, None),
        Form::Text => query_text::explanation(&explanation, Some(Screen::stdout().width.unwrap_or(WIDTH).max(60))),
    })
}

/// The explanation of a query, whole, for whoever shows it; its warnings are drawn above.
pub(crate) async fn explained_text(engine: &Engine, env: &Environment, query: &Query) -> Result<String, QueryError> {
    let explanation = explanation(engine, env, query).await?;
    let warnings = if explanation.warnings.is_empty() { String::new() } else { query.drawn(&explanation.warnings) + "\n" };
    Ok(warnings + &query_text::explanation(&explanation, Some(WIDTH)))
}

/// What a query does, step by step.
async fn explanation(engine: &Engine, env: &Environment, query: &Query) -> Result<Explanation, QueryError> {
    match query.search() {
        None => engine.explain_query(&query.text, env).await,
        Some(search) => {
            let (search, warnings) = search?;
            let mut explanation = engine.explain_search(&search, env).await?;
            explanation.warnings.splice(0..0, warnings);
            Ok(explanation)
        }
    }
}
