//! Rules' queries over the lake.

use detect::{
    hit::Row,
    schedule::Arrival,
    telemetry::{Ask, Clock, Failed, Found, Reading, Telemetry},
};
use engine::{Engine, Environment, Planned, QueryError, Window};
use rules::{
    Rule,
    model::{Kind, Language},
};
use schema::{Registry, text::datetime};

use super::{
    AlertTables, search,
    tables::{News, Tables, View},
};
use crate::clock;

/// A file whose rows lie in no more time than this is known well enough by its first and last, in microseconds.
const NARROW: i64 = 120_000_000;

/// The stored tables, and the engine that runs rules' queries over them.
#[derive(Debug)]
pub(crate) struct Lake {
    pub(super) engine: Engine,
    /// The tables.
    pub(crate) tables: Tables,
}

impl Lake {
    /// The tables under `data`.
    pub(crate) fn new(data: &std::path::Path, engine: Engine, environment: Environment, alerts: AlertTables) -> Self {
        Self { engine, tables: Tables::new(data, environment, alerts) }
    }

    /// The tables of the environment, in which a run sees no row that is younger than the moment it stands for.
    pub(crate) const fn replayed(engine: Engine, environment: Environment) -> Self {
        Self { engine, tables: Tables::fixed(environment) }
    }

    /// Who runs queries.
    pub(crate) const fn engine(&self) -> &Engine {
        &self.engine
    }

    /// When the events happened that arrived in a table; `noticed` is when they were first seen.
    pub(crate) async fn times(&self, news: &News, table: &str, noticed: i64) -> Result<Vec<Arrival>, Failed> {
        let Some(arrived) = news.tables.get(table) else { return Ok(Vec::new()) };
        let (narrow, wide): (Vec<_>, Vec<_>) =
            arrived.spans.iter().copied().partition(|(first, last)| last.saturating_sub(*first) <= NARROW);
        let minutes = if wide.is_empty() { Vec::new() } else { self.minutes(news, table).await? };
        Ok(narrow.into_iter().chain(minutes).map(|(first, last)| Arrival { first, last, noticed }).collect())
    }

    /// The first and last event of every minute that has any.
    async fn minutes(&self, news: &News, table: &str) -> Result<Vec<(i64, i64)>, Failed> {
        let time = Registry::builtin().table(table).map_or("TimeGenerated", |known| known.time_column.as_str());
        let query = format!(
            "['{table}'] | where isnotnull(['{time}']) | summarize First = min(['{time}']), Last = max(['{time}']) by bin(['{time}'], 1m)"
        );
        let results =
            self.engine.query(&query, &news.view.environment).await.map_err(|error| Failed(format!("{table}: {error}")))?;
        let moment = |row: &Row, column: &str| row.get(column)?.as_str().and_then(datetime::parse).map(datetime::to_unix_micros);
        let rows = results.objects(usize::MAX);
        Ok(rows.iter().filter_map(|row| Some((moment(row, "First")?, moment(row, "Last")?))).collect())
    }

    /// What a run sees: the tables of its turn, the moment it stands for.
    fn environment(view: &View, ask: Ask<'_>) -> Result<Environment, Failed> {
        Ok(Environment { clock: ticks(ask.at)?, ..view.environment.clone() })
    }

    async fn kusto(&self, view: &View, ask: Ask<'_>) -> Result<Found, Failed> {
        let mut environment = Self::environment(view, ask)?;
        let from = match ask.from {
            Some(from) => Some(ticks(from)?),
            None => self.tables.are_fixed().then_some(0),
        };
        environment.window = from.map(|from| Ok(Window { from, to: ticks(ask.at)? })).transpose()?;
        let (results, planned) =
            self.engine.query_planned(ask.query, &environment).await.map_err(|error| Failed(told(ask.rule, &error)))?;
        Ok(Found { total: results.rows(), rows: results.objects(ask.limit), grouped_by: planned.grouped_by() })
    }

    /// A rule of Kibana, planned: its query over the events of the window, its groups or its new values.
    fn kibana(&self, view: &View, ask: Ask<'_>, language: elastic_query::Language) -> Result<Planned, Failed> {
        if let Some(reason) = search::not_run(ask.rule) {
            return Err(Failed(reason.to_owned()));
        }
        let environment = Self::environment(view, ask)?;
        let window = (ticks(ask.from.unwrap_or(ask.at.saturating_sub(search::LOOK_BACK)))?, ticks(ask.at)?);
        let raised = ask.raised.iter().map(|group| Ok((group.values.clone(), ticks(group.until)?))).collect::<Result<_, _>>()?;
        let planned = search::planned(&self.engine, &environment, ask.rule, (language, ask.query), window, raised);
        planned.map_err(|error| Failed(told(ask.rule, &error)))
    }

    async fn found(&self, planned: &Planned, ask: Ask<'_>) -> Result<Found, Failed> {
        let results = self.engine.run(planned).await.map_err(|error| Failed(told(ask.rule, &error)))?;
        Ok(Found { total: results.rows(), rows: results.objects(ask.limit), grouped_by: None })
    }
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

/// The language of Kibana a rule is in; `None`: Kusto. A rule that cannot be run says why.
fn kibana_language(rule: &Rule) -> Result<Option<elastic_query::Language>, Failed> {
    match (&rule.kind, search::language(rule), rule.language) {
        (Kind::NotRunnable { reason }, ..) => Err(Failed(reason.clone())),
        (_, Some(language), _) => Ok(Some(language)),
        (Kind::Query, None, Language::Kusto) => Ok(None),
        (_, _, language) => Err(Failed(format!("rules in {} cannot be run", language.name()))),
    }
}

impl Telemetry for Lake {
    type View = View;

    async fn view(&self) -> Result<View, Failed> {
        self.tables.view().await
    }

    async fn reading(&self, view: &View, ask: Ask<'_>) -> Result<Reading, Failed> {
        if let Some(language) = kibana_language(ask.rule)? {
            // Kibana's rules run on schedules alone.
            return Ok(Reading { tables: self.kibana(view, ask, language)?.tables(), by_row: false });
        }
        let environment = Self::environment(view, ask)?;
        let planned = self.engine.check(ask.query, &environment).await.map_err(|error| Failed(told(ask.rule, &error)))?;
        // A table that is known and not there yet is stored, too: its first rows arrive like others. Alerts do not arrive: they are
        // made here.
        let known = |name: &str| view.versions.contains_key(name) || Registry::builtin().table(name).is_some();
        let stored = |name: &str| known(name) && !AlertTables::holds(name);
        Ok(Reading { tables: planned.tables(), by_row: planned.is_by_row(&stored) })
    }

    async fn rows(&self, view: &View, ask: Ask<'_>) -> Result<Found, Failed> {
        match kibana_language(ask.rule)? {
            Some(language) => self.found(&self.kibana(view, ask, language)?, ask).await,
            None => self.kusto(view, ask).await,
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
