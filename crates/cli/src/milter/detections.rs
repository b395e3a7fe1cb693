//! Which detection rules match a message before it is answered: those that mail-flow rules name (`detection = "KEY"`), each asked about this
//! message alone. What a rule compares with earlier mail, it does not see here; `serve` asks it of all mail a moment later.

use std::{path::Path, sync::Arc, time::Duration};

use arrow::array::RecordBatch;
use detect::telemetry::{Ask, Failed, Telemetry as _};
use engine::{Engine, Environment, Limits, MemoryCatalog};
use rules::{Rule, parameter};
use server::Metrics;

use crate::{
    catalog::in_memory, clock, command::rules as rules_command, config::Config, failure::Failure, functions, term, watch::Lake,
    watchlists,
};

/// How long one rule may take: somebody waits.
const PATIENCE: Duration = Duration::from_secs(5);
/// Megabytes that one query may take.
const MEMORY: usize = 256 << 20;

/// The rules that are asked.
pub(super) struct Detections {
    engine: Engine,
    environment: Environment,
    /// Each with its query, the values of the configuration filled in.
    rules: Vec<(Arc<Rule>, String)>,
    metrics: Arc<Metrics>,
}

impl Detections {
    /// The rules that mail-flow rules name; `None` if they name none.
    pub(super) fn of(data: &Path, config: &Config, metrics: &Arc<Metrics>) -> Result<Option<Self>, Failure> {
        let mut keys: Vec<&str> = config.mailflow.rules.rules.iter().flat_map(|rule| rule.detections()).collect();
        keys.sort_unstable();
        keys.dedup();
        if keys.is_empty() {
            return Ok(None);
        }
        let mut known = rules_command::load(data, &[])?.rules;
        let mut rules = Vec::with_capacity(keys.len());
        for key in keys {
            let Some(place) = known.iter().position(|rule| rule.key == key) else {
                return Err(Failure::input(format!(
                    "error: a mail-flow rule names the detection rule `{key}`, which is not in {}; `spoofwatch rules list` shows the keys of those that are",
                    data.join("rules").display()
                )));
            };
            let rule = known.swap_remove(place);
            if let Some(reason) = rule.not_runnable() {
                return Err(Failure::input(format!("error: a mail-flow rule names `{key}`, which does not run: {reason}")));
            }
            let filled = parameter::fill(&rule.query.text, &config.parameters_of(&rule.key));
            let query = filled.map_err(|error| Failure::input(format!("error: {key}: {error}")))?.query;
            rules.push((Arc::new(rule), query));
        }
        let limits = Limits { memory: Some(MEMORY), time: Some(PATIENCE), partitions: Some(1) };
        let engine = Engine::new(limits).map_err(Failure::internal)?;
        let mut environment = Environment::new(Arc::new(MemoryCatalog::default()), clock::now());
        let folders = config.functions.as_ref().map(|set| set.value.as_slice()).unwrap_or_default();
        environment.library = functions::open(data, folders)?;
        environment.lookups.watchlists = watchlists::open(data, config, &[])?;
        Ok(Some(Self { engine, environment, rules, metrics: Arc::clone(metrics) }))
    }

    /// The keys of those that match the rows of a message at a moment, in microseconds since 1970. One that cannot be asked does not match,
    /// and is counted.
    pub(super) async fn matching(&self, rows: &[(String, RecordBatch)], now: i64) -> Vec<String> {
        let mut found = Vec::new();
        for (rule, query) in &self.rules {
            match self.matches(rule, query, rows, now).await {
                Ok(true) => found.push(rule.key.clone()),
                Ok(false) => {}
                Err(reason) => {
                    self.metrics.mail_trouble("detection_failed");
                    term::warn(&format!("live mail: {}: {reason}", rule.name));
                }
            }
        }
        found
    }

    async fn matches(&self, rule: &Rule, query: &str, rows: &[(String, RecordBatch)], now: i64) -> Result<bool, String> {
        let mut catalog = MemoryCatalog::default();
        for (table, batch) in rows {
            catalog.insert(table.clone(), in_memory(vec![batch.clone()]).map_err(|failure| failure.words())?);
        }
        let environment = Environment { catalog: Arc::new(catalog), ..self.environment.clone() };
        let lake = Lake::replayed(self.engine.clone(), environment);
        let told = |Failed(reason): Failed| reason;
        let view = lake.view().await.map_err(told)?;
        // A message of this very moment is in the window.
        let ask = Ask { rule, query, at: now.saturating_add(1_000_000), from: None, limit: 1, raised: &[] };
        Ok(lake.rows(&view, ask).await.map_err(told)?.total > 0)
    }
}
