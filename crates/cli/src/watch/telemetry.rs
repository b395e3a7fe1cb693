//! Rules' queries over the lake.

use std::sync::Arc;

use detect::run::{Ask, Clock, Failed, Found, Telemetry};
use engine::{Engine, Environment, QueryError, Window};
use rules::{
    Rule,
    model::{Kind, Language},
};
use schema::text::datetime;

use super::{AlertTables, search};
use crate::{catalog, clock, failure::Failure};

/// The stored tables, read anew by each run, and what queries may use.
#[derive(Debug)]
pub(crate) struct Lake {
    data: std::path::PathBuf,
    engine: Engine,
    environment: Environment,
    alerts: AlertTables,
}

impl Lake {
    /// The tables under `data`.
    pub(crate) fn new(data: &std::path::Path, engine: Engine, environment: Environment, alerts: AlertTables) -> Self {
        Self { data: data.to_owned(), engine, environment, alerts }
    }

    /// What a run sees: the tables as they are now, the moment it stands for.
    async fn environment(&self, ask: Ask<'_>) -> Result<Environment, Failed> {
        let mut tables = catalog::stored(&self.data).await.map_err(|failure| match failure {
            Failure::Told { message, .. } => Failed(message),
            Failure::OutputClosed | Failure::Interrupted => Failed("interrupted".to_owned()),
        })?;
        self.alerts.add_to(&mut tables);
        Ok(Environment { catalog: Arc::new(tables), clock: ticks(ask.at)?, ..self.environment.clone() })
    }

    async fn kusto(&self, ask: Ask<'_>) -> Result<Found, Failed> {
        let mut environment = self.environment(ask).await?;
        environment.window = ask.from.map(|from| Ok(Window { from: ticks(from)?, to: ticks(ask.at)? })).transpose()?;
        let results = self.engine.query(ask.query, &environment).await.map_err(|error| Failed(told(ask.rule, &error)))?;
        Ok(Found { total: results.rows(), rows: results.objects(ask.limit) })
    }

    /// A rule of Kibana: its query over the events of the window, its groups or its new values.
    async fn kibana(&self, ask: Ask<'_>, language: elastic_query::Language) -> Result<Found, Failed> {
        let failed = |error: QueryError| Failed(told(ask.rule, &error));
        if let Some(reason) = search::not_run(ask.rule) {
            return Err(Failed(reason.to_owned()));
        }
        let environment = self.environment(ask).await?;
        let window = (ticks(ask.from.unwrap_or(ask.at.saturating_sub(search::LOOK_BACK)))?, ticks(ask.at)?);
        let planned = search::planned(&self.engine, &environment, ask.rule, (language, ask.query), window);
        let results = self.engine.run(&planned.map_err(failed)?).await.map_err(failed)?;
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
        match (&ask.rule.kind, search::language(ask.rule), ask.rule.language) {
            (Kind::NotRunnable { reason }, ..) => Err(Failed(reason.clone())),
            (_, Some(language), _) => self.kibana(ask, language).await,
            (Kind::Query, None, Language::Kusto) => self.kusto(ask).await,
            (_, _, language) => Err(Failed(format!("rules in {} cannot be run", language.name()))),
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
