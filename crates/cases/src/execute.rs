//! A case run: its query over its tables, to rows or findings.

use std::{sync::Arc, time::Duration};

use diag::{Diagnostic, Position};
use engine::{Engine, Environment, Limits, Planned, QueryError, Visualization, elastic::Search};

use crate::{
    case::{Case, Content, Language, Rows},
    cell::Cell,
    data,
};

/// How a case is run beside the ordinary way: the answer must be the same.
#[derive(Debug, Clone, Copy, Default)]
pub struct Dressing {
    /// Threads of the query and partitions of its tables.
    pub partitions: Option<usize>,
    /// Rows in a batch of its tables.
    pub batch_rows: Option<usize>,
}

/// Longer than any case takes; a query that hangs must not hang the run.
const TIME_LIMIT: Duration = Duration::from_secs(120);

/// The field that tells documents apart where a case does not say what to show.
const NUMBER: &str = "n";

/// What a query gave.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    pub(crate) result: Result<Rows, Vec<Found>>,
    pub(crate) warnings: Vec<Found>,
    pub(crate) visualization: Option<Visualization>,
    /// The physical plan, where the case asks for facts about it.
    pub(crate) plan: Option<String>,
}

/// An error or a warning that a query gave.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) code: String,
    pub(crate) position: Option<(usize, usize)>,
    /// The message and the help.
    pub(crate) text: String,
}

impl Found {
    fn of(diagnostic: &Diagnostic, query: &str) -> Self {
        let Position { line, column } = Position::of(query, diagnostic.span.start);
        let help = diagnostic.help.as_deref().map_or_else(String::new, |help| format!("; {help}"));
        Self {
            code: diagnostic.code.to_owned(),
            position: Some((line, column)),
            text: format!("{}{help}", diagnostic.message).replace('\n', " "),
        }
    }

    /// As an `error` fence has it.
    pub(crate) fn written(&self) -> String {
        match self.position {
            Some((line, column)) => format!("{} {line}:{column} {}", self.code, self.text),
            None => format!("{} {}", self.code, self.text),
        }
    }
}

/// Runs a case. The error is the case's own: data that cannot be read, an engine that cannot be made.
pub(crate) async fn execute(case: &Case, content: &Content, dressing: Dressing) -> Result<Outcome, String> {
    let catalog = data::catalog(case, &content.setup, dressing)?;
    let mut env = Environment::new(Arc::new(catalog), content.setup.as_of);
    env.parameters.clone_from(&content.setup.parameters);
    let limits = Limits { time: Some(TIME_LIMIT), partitions: Some(dressing.partitions.unwrap_or(1)), ..Limits::default() };
    let engine = Engine::new(limits).map_err(|error| error.to_string())?;
    let planned = match &content.language {
        Language::Kql => engine.prepare(&content.query, &env).await,
        Language::Elastic { language, indices } => searched(&engine, *language, indices, content, &env),
    };
    let planned = match planned {
        Ok(planned) => planned,
        Err(error) => return Ok(refused(&error, &content.query, Vec::new())),
    };
    let warnings: Vec<Found> = planned.warnings.iter().map(|warning| Found::of(warning, &content.query)).collect();
    let plan = if content.expect.plan.is_empty() { None } else { Some(explained(&engine, &planned).await?) };
    Ok(match engine.run(&planned).await {
        Ok(results) => {
            Outcome { result: Ok(shown(rows(&results), content)), warnings, visualization: results.visualization, plan }
        }
        Err(error) => refused(&error, &content.query, warnings),
    })
}

/// Plans a query of Kibana.
fn searched(
    engine: &Engine,
    language: elastic_query::Language,
    indices: &[String],
    content: &Content,
    env: &Environment,
) -> Result<Planned, QueryError> {
    let (query, warnings) = Engine::parse_elastic(language, &content.query)?;
    let search = Search::new(indices.to_vec(), query);
    let mut planned = engine.prepare_search(&search, env)?;
    planned.warnings.extend(warnings);
    Ok(planned)
}

/// A search gives whole documents: shown are the columns that the case expects, or the number of the document.
fn shown(rows: Rows, content: &Content) -> Rows {
    if content.language == Language::Kql {
        return rows;
    }
    let number = [NUMBER.to_owned()];
    let wanted: Vec<&String> = match &content.expect.rows {
        Some(expected) => expected.columns.iter().map(|(name, _)| name).collect(),
        None => number.iter().collect(),
    };
    let places: Vec<usize> = wanted.iter().filter_map(|name| rows.columns.iter().position(|(known, _)| known == *name)).collect();
    Rows {
        columns: places.iter().map(|&place| rows.columns[place].clone()).collect(),
        rows: rows.rows.iter().map(|row| places.iter().map(|&place| row[place].clone()).collect()).collect(),
    }
}

async fn explained(engine: &Engine, planned: &Planned) -> Result<String, String> {
    engine.explain_plan(planned).await.map_err(|error| error.to_string())
}

fn refused(error: &QueryError, query: &str, warnings: Vec<Found>) -> Outcome {
    let plain = |code: &str| vec![Found { code: code.to_owned(), position: None, text: error.to_string().replace('\n', " ") }];
    let found = match error {
        QueryError::Query(diagnostics) => diagnostics.iter().map(|diagnostic| Found::of(diagnostic, query)).collect(),
        QueryError::Memory { .. } => plain("memory"),
        QueryError::Timeout { .. } => plain("timeout"),
        QueryError::Execution(_) | QueryError::Storage(_) | QueryError::Internal(_) => plain("execution"),
    };
    Outcome { result: Err(found), warnings, visualization: None, plan: None }
}

fn rows(results: &engine::Results) -> Rows {
    let mut rows = Vec::with_capacity(results.rows());
    for batch in &results.batches {
        for row in 0..batch.num_rows() {
            let cells = results.columns.iter().zip(batch.columns());
            rows.push(cells.map(|(column, array)| Cell::of(array.as_ref(), column.ty, row)).collect());
        }
    }
    Rows { columns: results.columns.iter().map(|column| (column.name.clone(), column.ty)).collect(), rows }
}
