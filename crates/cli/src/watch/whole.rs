//! A rule whose every row comes from one stored row, asked once of a long stretch of time: what each run within it finds is read off.

use std::collections::BTreeMap;

use arrow::{
    array::{AsArray as _, RecordBatch, UInt64Array},
    compute::take_record_batch,
    datatypes::Int64Type,
};
use detect::{
    schedule::Slot,
    telemetry::{Failed, Found},
};
use engine::{Environment, Most, QueryError, Results, Window};
use rules::{
    Rule,
    by_row::{self, Reach},
    model::{Kind, Language},
    sieve::COLUMN,
};

use super::telemetry::{Lake, ticks};

/// Rows that are held: of more, each run is asked for by itself.
const MOST: Most = Most { rows: 200_000, bytes: 64 << 20 };

/// Everything a rule finds in a stretch of time.
#[derive(Debug)]
pub(crate) struct Whole {
    /// The columns of the rule's result; no rows.
    shape: Results,
    /// Its rows.
    batches: Vec<RecordBatch>,
    /// When the stored row of each happened, in ticks, the oldest first: with its batch and its place there.
    moments: Vec<(i64, usize, u64)>,
    /// How far before the moment of a run a row may lie.
    reach: Vec<Reach>,
}

impl Lake {
    /// What a rule finds from one moment to another; `None` where its rows depend on more than one stored row each, where they are too many,
    /// or where asking for them fails: each run then tells by itself.
    pub(crate) async fn whole(&self, rule: &Rule, query: &str, from: i64, to: i64) -> Option<Whole> {
        if !matches!((&rule.kind, rule.language), (Kind::Query, Language::Kusto)) {
            return None;
        }
        let asked = by_row::by_row(query)?;
        let (from, to) = (ticks(from).unwrap_or(0), ticks(to).ok()?);
        let environment = Environment { clock: to, window: Some(Window { from, to }), ..self.tables.environment().clone() };
        let planned = self.engine.prepare(&asked.query, &environment).await.ok()?;
        // Whatever names mean here: a plan that is not of this kind is not taken for one.
        if !planned.is_by_row(&|_| true) {
            return None;
        }
        let first = self.engine.first(&planned, MOST, &|_| ()).await.ok().filter(|first| first.whole)?;
        Whole::new(first.results, asked.reach).ok()
    }
}

impl Whole {
    fn new(mut results: Results, reach: Vec<Reach>) -> Result<Self, QueryError> {
        let wrong = || QueryError::Internal("rows without the time of the stored row".to_owned());
        let place = results.columns.iter().position(|column| column.name == COLUMN).ok_or_else(wrong)?;
        results.columns.remove(place);
        let mut moments = Vec::with_capacity(results.rows());
        let mut batches = Vec::with_capacity(results.batches.len());
        for (number, mut batch) in std::mem::take(&mut results.batches).into_iter().enumerate() {
            let times = batch.remove_column(place);
            let times = times.as_primitive_opt::<Int64Type>().ok_or_else(wrong)?;
            // A row without a time is in no window.
            let known = times.iter().zip(0_u64..).filter_map(|(time, row)| Some((time?, number, row)));
            moments.extend(known);
            batches.push(batch);
        }
        moments.sort_unstable();
        Ok(Self { shape: results, batches, moments, reach })
    }

    /// The rows of a run, by when they happened.
    fn of(&self, slot: Slot) -> Result<&[(i64, usize, u64)], Failed> {
        let at = ticks(slot.at)?;
        let mut from = slot.from.map(ticks).transpose()?.unwrap_or(0);
        for reach in &self.reach {
            let first = at.saturating_sub(reach.ticks);
            from = from.max(if reach.inclusive { first } else { first.saturating_add(1) });
        }
        let begin = self.moments.partition_point(|(moment, ..)| *moment < from);
        let end = self.moments.partition_point(|(moment, ..)| *moment <= at);
        Ok(self.moments.get(begin..end).unwrap_or_default())
    }

    /// Whether a run finds nothing.
    pub(crate) fn is_quiet(&self, slot: Slot) -> bool {
        self.of(slot).is_ok_and(<[_]>::is_empty)
    }

    /// What a run finds, in the order of the whole; at most `limit` of its rows.
    pub(crate) fn found(&self, slot: Slot, limit: usize) -> Result<Found, Failed> {
        let rows = self.of(slot)?;
        let mut places: BTreeMap<usize, Vec<u64>> = BTreeMap::new();
        for (_, batch, row) in rows {
            places.entry(*batch).or_default().push(*row);
        }
        let mut batches = Vec::with_capacity(places.len());
        for (number, mut rows) in places {
            rows.sort_unstable();
            let Some(batch) = self.batches.get(number) else { continue };
            let taken = take_record_batch(batch, &UInt64Array::from(rows)).map_err(|error| Failed(error.to_string()))?;
            batches.push(taken);
        }
        let results = Results { batches, ..self.shape.clone() };
        Ok(Found { total: rows.len(), rows: results.objects(limit), grouped_by: None })
    }
}
