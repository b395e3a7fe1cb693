//! Rules' queries over the lake.

use std::sync::Arc;

use detect::run::{Ask, Clock, Failed, Found, Telemetry};
use engine::{
    Engine, Environment, QueryError, Window,
    elastic::{self, NewTerms, Search, Threshold},
};
use rules::{
    Rule,
    model::{Kind, Language},
};
use schema::text::datetime;

use crate::{catalog, clock, failure::Failure};

/// How far a rule of Kibana looks back that does not say: `now-6m`, Kibana's default, in microseconds.
const KIBANA_LOOK_BACK: i64 = 360_000_000;

/// The stored tables, read anew by each run, and what queries may use.
#[derive(Debug)]
pub(crate) struct Lake {
    tables: Tables,
    pub(super) engine: Engine,
    pub(super) environment: Environment,
}

/// Where a run finds its tables.
#[derive(Debug)]
enum Tables {
    /// In the data directory, as they are when it is made.
    Stored(std::path::PathBuf),
    /// In the environment: the same for all runs, each of which sees the rows up to its own moment.
    Fixed,
}

impl Lake {
    /// The tables under `data`.
    pub(crate) fn new(data: &std::path::Path, engine: Engine, environment: Environment) -> Self {
        Self { tables: Tables::Stored(data.to_owned()), engine, environment }
    }

    /// The tables of the environment, in which a run sees no row that is younger than the moment it stands for.
    pub(crate) const fn replayed(engine: Engine, environment: Environment) -> Self {
        Self { tables: Tables::Fixed, engine, environment }
    }

    /// What a run sees: the tables as they are now, the moment it stands for.
    async fn environment(&self, ask: Ask<'_>) -> Result<Environment, Failed> {
        let Tables::Stored(data) = &self.tables else {
            return Ok(Environment { clock: ticks(ask.at)?, ..self.environment.clone() });
        };
        let tables = catalog::stored(data).await.map_err(|failure| match failure {
            Failure::Told { message, .. } => Failed(message),
            Failure::OutputClosed | Failure::Interrupted => Failed("interrupted".to_owned()),
        })?;
        Ok(Environment { catalog: Arc::new(tables), clock: ticks(ask.at)?, ..self.environment.clone() })
    }

    async fn kusto(&self, ask: Ask<'_>) -> Result<Found, Failed> {
        let mut environment = self.environment(ask).await?;
        let from = match (ask.from, &self.tables) {
            (Some(from), _) => Some(ticks(from)?),
            (None, Tables::Fixed) => Some(0),
            (None, Tables::Stored(_)) => None,
        };
        environment.window = from.map(|from| Ok(Window { from, to: ticks(ask.at)? })).transpose()?;
        let results = self.engine.query(ask.query, &environment).await.map_err(|error| Failed(told(ask.rule, &error)))?;
        Ok(Found { total: results.rows(), rows: results.objects(ask.limit) })
    }

    /// A rule of Kibana: its query over the events of the window, its groups or its new values.
    async fn kibana(&self, ask: Ask<'_>, language: elastic_query::Language) -> Result<Found, Failed> {
        let rule = ask.rule;
        let failed = |error: QueryError| Failed(told(rule, &error));
        if !rule.filters.is_empty() {
            return Err(Failed(
                "the rule has filters beside its query, in Elasticsearch's own form, which are not run".to_owned(),
            ));
        }
        let environment = self.environment(ask).await?;
        let from = ask.from.unwrap_or(ask.at.saturating_sub(KIBANA_LOOK_BACK));
        let search = search(rule, language, ask.query, (ticks(from)?, ticks(ask.at)?)).map_err(failed)?;
        let planned = match &rule.kind {
            Kind::Threshold { fields, value, cardinality } => {
                let cardinality = cardinality.iter().map(|least| (least.field.clone(), least.value)).collect();
                let threshold = Threshold { fields: fields.clone(), value: *value, cardinality, raised: Vec::new() };
                self.engine.prepare_threshold(&search, &threshold, &environment)
            }
            Kind::NewTerms { fields, history_window_start } => {
                let history_from = ticks(ask.at.saturating_sub(*history_window_start))?;
                self.engine.prepare_new_terms(&search, &NewTerms { fields: fields.clone(), history_from }, &environment)
            }
            Kind::Query | Kind::NotRunnable { .. } => self.engine.prepare_search(&search, &environment),
        };
        let results = self.engine.run(&planned.map_err(failed)?).await.map_err(failed)?;
        Ok(Found { total: results.rows(), rows: results.objects(ask.limit) })
    }
}

/// The search of a rule of Kibana over a stretch of time, in ticks.
pub(super) fn search(
    rule: &Rule,
    language: elastic_query::Language,
    query: &str,
    (from, to): (i64, i64),
) -> Result<Search, QueryError> {
    let (tree, _) = Engine::parse_elastic(language, query)?;
    let mut search = Search::new(rule.indices.clone(), tree);
    search.window = Some(elastic::Window {
        timestamp_override: rule.timestamp_override.clone(),
        fallback: !rule.timestamp_fallback_disabled,
        ..elastic::Window::new(from, to)
    });
    Ok(search)
}

pub(super) fn ticks(moment: i64) -> Result<i64, Failed> {
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
            (_, Language::Kuery) => self.kibana(ask, elastic_query::Language::Kuery).await,
            (_, Language::Lucene) => self.kibana(ask, elastic_query::Language::Lucene).await,
            (Kind::Query, Language::Kusto) => self.kusto(ask).await,
            (_, language) => Err(Failed(format!("rules in {} cannot be run", language.name()))),
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
