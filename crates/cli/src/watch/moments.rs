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

use super::telemetry::{Lake, search, ticks};

/// Microseconds of a minute.
const MINUTE: i64 = 60_000_000;

/// The minutes that hold rows, by the number since 1970.
#[derive(Debug, Default)]
pub(crate) struct Moments(BTreeSet<i64>);

impl Moments {
    /// Whether the window of a run holds no row.
    pub(crate) fn is_quiet(&self, slot: Slot) -> bool {
        let first = slot.from.unwrap_or(i64::MIN).div_euclid(MINUTE);
        let last = slot.at.div_euclid(MINUTE);
        first > last || self.0.range(first..=last).next().is_none()
    }

    fn add(&mut self, ticks: i64) {
        self.0.insert(datetime::to_unix_micros(ticks).div_euclid(MINUTE));
    }
}

impl Lake {
    /// The moments, from one to another, of the rows that the result of a rule can come from, of all that is stored; `None` where that
    /// cannot be told beforehand.
    pub(crate) async fn moments(&self, rule: &Rule, query: &str, from: i64, to: i64) -> Option<Moments> {
        let (from, to) = (ticks(from).unwrap_or(0), ticks(to).ok()?);
        let environment = Environment { clock: to, window: Some(Window { from, to }), ..self.environment.clone() };
        let planned = match (&rule.kind, rule.language) {
            (Kind::Query, Language::Kusto) => self.engine.prepare(&sieve::sieve(query)?, &environment).await,
            (Kind::NotRunnable { .. }, _) => return None,
            // Groups and new values are made of documents that the query finds.
            (_, Language::Kuery) => searched(&self.engine, &environment, rule, elastic_query::Language::Kuery, query, (from, to)),
            (_, Language::Lucene) => {
                searched(&self.engine, &environment, rule, elastic_query::Language::Lucene, query, (from, to))
            }
            _ => return None,
        };
        // What fails here fails in the first run, too, and is told there.
        moments(&self.engine, &planned.ok()?, rule).await.ok()
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
    let mut search = search(rule, language, query, window)?;
    if let Some(window) = &mut search.window {
        // A document may lie in the window by either of its times: both are taken below.
        window.fallback = true;
    }
    engine.prepare_search(&search, environment)
}

/// The moments in the column of the sieve, or in the time columns of documents. Rows are let go as they come.
async fn moments(engine: &Engine, planned: &Planned, rule: &Rule) -> Result<Moments, QueryError> {
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
    let mut found = Moments::default();
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

    use super::{MINUTE, Moments};

    #[test]
    fn a_window_is_quiet_where_no_minute_of_it_has_rows() {
        let moments = Moments([10, 20].into());
        let quiet = |from: Option<i64>, at: i64| moments.is_quiet(Slot { at: at * MINUTE, from: from.map(|from| from * MINUTE) });
        assert!(quiet(Some(11), 19) && quiet(Some(0), 9) && quiet(None, 9));
        assert!(!quiet(Some(10), 10) && !quiet(None, 15) && !quiet(Some(12), 20));
        assert!(Moments::default().is_quiet(Slot { at: 0, from: None }));
        // Half a minute after the window begins there may be a row of the minute it begins in.
        assert!(!moments.is_quiet(Slot { at: 15 * MINUTE, from: Some(10 * MINUTE + MINUTE / 2) }));
    }
}
