//! Rules' queries over the lake.

use std::sync::Arc;

use detect::run::{Ask, Clock, Failed, Found, Telemetry};
use engine::{Engine, Environment, QueryError, Window};
use rules::{
    Rule,
    model::{Kind, Language},
};
use schema::text::datetime;

use crate::{catalog, clock, failure::Failure};

/// The stored tables, read anew by each run, and what queries may use.
#[derive(Debug)]
pub(crate) struct Lake {
    data: std::path::PathBuf,
    engine: Engine,
    environment: Environment,
}

impl Lake {
    /// The tables under `data`.
    pub(crate) fn new(data: &std::path::Path, engine: Engine, environment: Environment) -> Self {
        Self { data: data.to_owned(), engine, environment }
    }

    async fn kusto(&self, ask: Ask<'_>) -> Result<Found, Failed> {
        let mut environment = self.environment.clone();
        let opened = catalog::stored(&self.data).await;
        let tables = opened.map_err(|failure| match failure {
            Failure::Told { message, .. } => Failed(message),
            Failure::OutputClosed | Failure::Interrupted => Failed("interrupted".to_owned()),
        })?;
        environment.catalog = Arc::new(tables);
        environment.clock = ticks(ask.at)?;
        environment.window = ask.from.map(|from| Ok(Window { from: ticks(from)?, to: ticks(ask.at)? })).transpose()?;
        let results = self.engine.query(ask.query, &environment).await.map_err(|error| Failed(told(ask.rule, &error)))?;
        Ok(Found { total: results.rows(), rows: results.objects(ask.limit) })
    }
}

fn ticks(moment: i64) -> Result<i64, Failed> {
    datetime::from_unix_micros(moment)
        .ok_or_else(|| Failed(format!("{moment} µs since 1970 is no moment of the years 1 to 9999")))
}

/// A query's fault in a line: where it is in the rule's file, and what it is.
fn told(rule: &Rule, error: &QueryError) -> String {
    let QueryError::Query(findings) = error else { return format!("{}: {error}", error.code()) };
    let lines = findings.iter().map(|finding| {
        let place = rule.position(finding.span.start);
        format!("{}:{}:{}: {}: {}", rule.query_origin(), place.line, place.column, finding.code, finding.message)
    });
    lines.collect::<Vec<_>>().join("; ")
}

impl Telemetry for Lake {
    async fn rows(&self, ask: Ask<'_>) -> Result<Found, Failed> {
        match (&ask.rule.kind, ask.rule.language) {
            (Kind::NotRunnable { reason }, _) => Err(Failed(reason.clone())),
            (Kind::Query, Language::Kusto) => self.kusto(ask).await,
            (_, language) => {
                Err(Failed(format!("rules in {} cannot be run by `serve` yet; `hunt` runs such queries", language.name())))
            }
        }
    }
}

/// The machine's clock.
#[derive(Debug)]
pub(crate) struct Machine;

impl Clock for Machine {
    fn now(&self) -> i64 {
        clock::micros(clock::now())
    }
}
