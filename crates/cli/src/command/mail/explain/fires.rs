//! Which rules fire on a message, looked at as if it were the only one.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use arrow::array::RecordBatch;
use engine::MemoryCatalog;
use futures::{StreamExt as _, stream};
use rules::{Reading, Rule};
use serde::Serialize;

use super::page::{Block, Section, Words};
use crate::{catalog::in_memory, command::Running, config::Config, failure::Failure, rule_test::Bench};

/// A rule that fires.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Fired {
    /// Its key.
    pub(super) rule: String,
    /// Its name.
    pub(super) name: String,
    /// How bad it is.
    pub(super) severity: String,
    /// Why, in a sentence.
    pub(super) reason: String,
}

/// What came of asking the rules.
#[derive(Debug, Default)]
pub(super) struct Fires {
    /// Those that fire.
    pub(super) fired: Vec<Fired>,
    /// How many were asked.
    pub(super) asked: usize,
    /// Those that could not be run, with the reason.
    pub(super) failed: Vec<String>,
}

/// The rules at the paths, or those that come with the program.
pub(super) fn rules(paths: &[PathBuf]) -> Reading {
    if !paths.is_empty() {
        return rules::load(paths);
    }
    Reading { rules: rules::pack::rules(), ..Reading::default() }
}

/// Asks the rules about the rows of a message, at a moment in microseconds since 1970.
pub(super) async fn ask(
    reading: Reading,
    rows: &[(&'static str, RecordBatch)],
    at: i64,
    running: &Running,
    data: &std::path::Path,
    config: &Config,
) -> Result<Fires, Failure> {
    let (engine, environment) = running.start_with(data, Some(1)).await?;
    let bench = Bench::new(engine, environment, reading.exclusions)?;
    let mut tables: BTreeMap<&str, Vec<RecordBatch>> = BTreeMap::new();
    for (table, batch) in rows {
        tables.entry(table).or_default().push(batch.clone());
    }
    let mut fires = Fires::default();
    let rules: Vec<Arc<Rule>> = reading.rules.into_iter().filter(|rule| rule.not_runnable().is_none()).map(Arc::new).collect();
    fires.asked = rules.len();
    let (bench, tables) = (&bench, &tables);
    let asked = stream::iter(rules).map(|rule| async move {
        let mut catalog = MemoryCatalog::default();
        for (table, batches) in tables {
            catalog.insert(*table, in_memory(batches.clone())?);
        }
        let alerts = bench.alerts(&rule, at, &config.parameters_of(&rule.key), catalog).await?;
        Ok::<_, Failure>((rule, alerts))
    });
    let mut asked = asked.buffered(4);
    while let Some(answer) = asked.next().await {
        match answer? {
            (_, Ok(alerts)) => fires.fired.extend(alerts.into_iter().map(|alert| Fired {
                rule: alert.rule_key,
                name: alert.rule_name,
                severity: alert.severity,
                reason: alert.reason,
            })),
            (rule, Err(reason)) => fires.failed.push(format!("{}: {reason}", rule.name)),
        }
    }
    Ok(fires)
}

/// The section about them.
pub(super) fn section(fires: &Fires) -> Section {
    let mut section = Section::new("Rules");
    let rows = fires.fired.iter().map(|fired| {
        vec![Words::bad(fired.severity.clone()), Words::plain(fired.name.clone()), Words::plain(fired.reason.clone())]
    });
    section.add(Block::Table { columns: vec!["severity", "rule", "why"], rows: rows.collect() });
    let asked = crate::term::count(fires.asked as u64, "rule");
    let none = if fires.fired.is_empty() { "None fires" } else { "The others stay silent" };
    section.add(Block::Line(Words::plain(format!(
        "{none}: {asked} looked at this message alone; what compares with earlier mail may say more in `serve`."
    ))));
    for failed in &fires.failed {
        section.add(Block::Line(Words::bad(failed.clone())));
    }
    section
}
