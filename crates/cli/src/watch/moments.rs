//! When a rule can find anything at all, asked once for all of its runs: a run whose window holds no row that its result can come from need
//! not be made.

use std::collections::BTreeSet;

use arrow::array::{Array as _, AsArray as _};
use arrow::datatypes::Int64Type;
use detect::schedule::Slot;
use engine::{Engine, Environment, Planned, QueryError, Window};
use futures::StreamExt as _;
use rules::{
    Rule,
    model::{Kind, Language},
    sieve,
};
use schema::{Type, text::datetime};

use super::{
    search,
    telemetry::{Lake, ticks},
};

/// Microseconds of a minute.
const MINUTE: i64 = 60_000_000;

/// The minutes that hold rows, of each source of a rule.
#[derive(Debug, Default)]
pub(crate) struct Moments(Vec<Minutes>);

/// Minutes by their number since 1970, and how far before the moment of a run a row may lie that counts.
#[derive(Debug, Default)]
struct Minutes {
    minutes: BTreeSet<i64>,
    reach: Option<i64>,
}

impl Moments {
    /// Whether the window of a run holds no row.
    pub(crate) fn is_quiet(&self, slot: Slot) -> bool {
        self.0.iter().all(|minutes| minutes.is_quiet(slot))
    }
}

impl Minutes {
    fn is_quiet(&self, slot: Slot) -> bool {
        let reached = self.reach.map_or(i64::MIN, |reach| slot.at.saturating_sub(reach));
        let first = slot.from.unwrap_or(i64::MIN).max(reached).div_euclid(MINUTE);
        let last = slot.at.div_euclid(MINUTE);
        first > last || self.minutes.range(first..=last).next().is_none()
    }

    fn add(&mut self, ticks: i64) {
        self.minutes.insert(datetime::to_unix_micros(ticks).div_euclid(MINUTE));
    }
}

impl Lake {
    /// The moments, from one to another, of the rows that the result of a rule can come from, of all that is stored; `None` where that
    /// cannot be told beforehand.
    pub(crate) async fn moments(&self, rule: &Rule, query: &str, from: i64, to: i64) -> Option<Moments> {
        let (from, to) = (ticks(from).unwrap_or(0), ticks(to).ok()?);
        let environment = Environment { clock: to, window: Some(Window { from, to }), ..self.tables.environment().clone() };
        let language = match (&rule.kind, rule.language) {
            (Kind::Query, Language::Kusto) => {
                let mut all = Vec::new();
                for sieve in sieve::sieves(query)? {
                    // What fails here fails in the first run, too, and is told there.
                    let planned = self.engine.prepare(&sieve.query, &environment).await.ok()?;
                    let found = minutes(&self.engine, &planned, rule).await.ok()?;
                    all.push(Minutes { reach: sieve.reach, ..found });
                }
                return Some(Moments(all));
            }
            (Kind::NotRunnable { .. }, _) => return None,
            // Groups and new values are made of documents that the query finds.
            (_, Language::Kuery) => elastic_query::Language::Kuery,
            (_, Language::Lucene) => elastic_query::Language::Lucene,
            _ => return None,
        };
        let planned = searched(&self.engine, &environment, rule, language, query, (from, to)).ok()?;
        Some(Moments(vec![minutes(&self.engine, &planned, rule).await.ok()?]))
    }
}

fn searched(
    engine: &Engine,
    environment: &Environment,
    rule: &Rule,
    language: elastic_query::Language,
    query: &str,
    window: (i64, i64),
) -> Result<Planned, QueryError> {
    let (mut search, _) = search::search(rule, (language, query), window)?;
    if let Some(window) = &mut search.window {
        // A document may lie in the window by either of its times: both are taken below.
        window.fallback = true;
    }
    engine.prepare_search(&search, environment)
}

/// The moments in the column of the sieve, or in the time columns of documents. Rows are let go as they come.
async fn minutes(engine: &Engine, planned: &Planned, rule: &Rule) -> Result<Minutes, QueryError> {
    let own = rule.timestamp_override.as_deref().unwrap_or_default();
    let is_time = |name: &str| [sieve::COLUMN, "@timestamp", own].contains(&name);
    let places: Vec<usize> = planned
        .columns
        .iter()
        .enumerate()
        .filter(|(_, column)| column.ty == Type::Datetime && is_time(&column.name))
        .map(|(place, _)| place)
        .collect();
    if places.is_empty() {
        return Err(QueryError::Internal("a search without a time".to_owned()));
    }
    let mut found = Minutes::default();
    let mut stream = engine.stream(planned).await?;
    while let Some(batch) = stream.next().await {
        let batch = batch.map_err(|error| engine.explain(error))?;
        for place in &places {
            let Some(column) = batch.column(*place).as_primitive_opt::<Int64Type>() else {
                return Err(QueryError::Internal("a time that is no number of ticks".to_owned()));
            };
            (0..column.len()).filter(|row| column.is_valid(*row)).for_each(|row| found.add(column.value(row)));
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use detect::schedule::Slot;

    use super::{MINUTE, Minutes, Moments};

    #[test]
    fn a_window_is_quiet_where_no_minute_of_it_has_rows() {
        let moments = Moments(vec![Minutes { minutes: [10, 20].into(), reach: None }, Minutes::default()]);
        let quiet = |from: Option<i64>, at: i64| moments.is_quiet(Slot { at: at * MINUTE, from: from.map(|from| from * MINUTE) });
        assert!(quiet(Some(11), 19) && quiet(Some(0), 9) && quiet(None, 9));
        assert!(!quiet(Some(10), 10) && !quiet(None, 15) && !quiet(Some(12), 20));
        assert!(Moments::default().is_quiet(Slot { at: 0, from: None }));
        let near = Moments(vec![Minutes { minutes: [10].into(), reach: Some(3 * MINUTE) }]);
        assert!(near.is_quiet(Slot { at: 14 * MINUTE, from: Some(0) }) && !near.is_quiet(Slot { at: 13 * MINUTE, from: None }));
        // Half a minute after the window begins there may be a row of the minute it begins in.
        assert!(!moments.is_quiet(Slot { at: 15 * MINUTE, from: Some(10 * MINUTE + MINUTE / 2) }));
    }
}
