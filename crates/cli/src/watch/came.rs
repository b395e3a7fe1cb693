//! Rows that came in, by where from: when the last did, how many in the last 24 hours, and what is in the way.
//!
//! Counted where rows are stored, kept in the state from time to time. A source of which nothing is known from 24 hours ago on, because this
//! program did not count yet, has no number.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde::{Deserialize, Serialize};
use state::{State, StateError};

/// The name under which the state keeps it.
const NAME: &str = "came";
/// Microseconds of an hour.
const HOUR: i64 = 3_600_000_000;
/// Hours that are looked back.
const HOURS: i64 = 24;
/// Sources that are counted: folders are named by whoever starts the program, so that there are few.
const MOST: usize = 1000;

/// The source of rows over HTTP.
pub(crate) const HTTP: &str = "http";
/// The source of rows of live mail.
pub(crate) const MILTER: &str = "milter";

/// What is known of a source.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Known {
    /// When its last rows came.
    pub(crate) last: Option<i64>,
    /// Rows that came in the last 24 hours, to the hour; `None`: nobody counted all that time.
    pub(crate) rows: Option<u64>,
    /// What is wrong with it at the moment.
    pub(crate) trouble: Option<String>,
    /// Whether this program takes its rows in.
    pub(crate) open: bool,
}

/// What is kept of a source.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    /// Since when its rows are counted; 0: from its first on.
    since: i64,
    last: Option<i64>,
    /// Rows by the hour they came in, counted since 1970.
    hours: BTreeMap<i64, u64>,
    #[serde(skip)]
    trouble: Option<String>,
    #[serde(skip)]
    open: bool,
}

#[derive(Debug, Default)]
struct Ledger {
    sources: BTreeMap<String, Kept>,
    /// Nothing was stored when counting began: what is not known never was.
    from_nothing: bool,
    /// Something is to be kept.
    changed: bool,
}

/// Rows that came in.
#[derive(Debug, Default)]
pub(crate) struct Came(Mutex<Ledger>);

impl Came {
    /// What the state has. Where `from_nothing`, no row was ever stored.
    pub(crate) async fn open(state: &State, from_nothing: bool) -> Result<Self, StateError> {
        let kept = state.checkpoint(NAME).await?;
        // What cannot be read is counted anew.
        let sources = kept.and_then(|body| serde_json::from_str(&body).ok()).unwrap_or_default();
        Ok(Self(Mutex::new(Ledger { sources, from_nothing, changed: false })))
    }

    /// From now on rows of a source are counted.
    pub(crate) fn begin(&self, source: &str, now: i64) {
        let mut ledger = self.locked();
        let since = if ledger.from_nothing { 0 } else { now };
        if ledger.sources.len() < MOST && !ledger.sources.contains_key(source) {
            ledger.sources.insert(source.to_owned(), Kept { since, ..Kept::default() });
            ledger.changed = true;
        }
        if let Some(kept) = ledger.sources.get_mut(source) {
            kept.open = true;
        }
    }

    /// Rows of a source came in, or none of what came was new; it is well.
    pub(crate) fn add(&self, source: &str, rows: u64, now: i64) {
        let mut ledger = self.locked();
        let Some(kept) = ledger.sources.get_mut(source) else { return };
        kept.trouble = None;
        if rows == 0 {
            return;
        }
        let hour = now.div_euclid(HOUR);
        kept.last = kept.last.max(Some(now));
        kept.hours.retain(|known, _| *known > hour - HOURS - 1);
        *kept.hours.entry(hour).or_default() += rows;
        ledger.changed = true;
    }

    /// Rows of a source could not be stored.
    pub(crate) fn failed(&self, source: &str, why: &str) {
        if let Some(kept) = self.locked().sources.get_mut(source) {
            kept.trouble = Some(why.to_owned());
        }
    }

    /// What is known of a source; nothing where it is not counted.
    pub(crate) fn known(&self, source: &str, now: i64) -> Known {
        let ledger = self.locked();
        let Some(kept) = ledger.sources.get(source) else { return Known::default() };
        let first = now.div_euclid(HOUR) - HOURS;
        let rows = kept.hours.iter().filter(|(hour, _)| **hour > first).map(|(_, rows)| rows).sum();
        let whole = kept.since <= now.saturating_sub(HOURS * HOUR);
        Known { last: kept.last, rows: whole.then_some(rows), trouble: kept.trouble.clone(), open: kept.open }
    }

    /// Keeps what has changed.
    pub(crate) async fn keep(&self, state: &State, now: i64) -> Result<(), StateError> {
        let body = {
            let mut ledger = self.locked();
            if !std::mem::take(&mut ledger.changed) {
                return Ok(());
            }
            serde_json::to_string(&ledger.sources).unwrap_or_default()
        };
        let kept = state.keep_checkpoint(NAME, &body, now).await;
        if kept.is_err() {
            self.locked().changed = true;
        }
        kept
    }

    fn locked(&self) -> MutexGuard<'_, Ledger> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 24 * HOUR;

    #[test]
    fn rows_of_a_day_are_counted_where_somebody_counted_that_long() {
        let came = Came::default();
        came.begin("http", 10 * DAY);
        came.add("http", 5, 10 * DAY + HOUR);
        came.add("unknown", 5, 10 * DAY);
        let known = came.known("http", 10 * DAY + 2 * HOUR);
        assert_eq!((known.last, known.rows), (Some(10 * DAY + HOUR), None));
        came.add("http", 7, 11 * DAY);
        assert_eq!(came.known("http", 11 * DAY).rows, Some(12));
        assert_eq!(came.known("http", 11 * DAY + 2 * HOUR).rows, Some(7), "what came a day ago is past");
        assert_eq!(came.known("http", 13 * DAY), Known { last: Some(11 * DAY), rows: Some(0), trouble: None, open: true });
        assert_eq!(came.known("unknown", 11 * DAY), Known::default());
    }

    #[test]
    fn where_nothing_was_stored_all_is_counted() {
        let came = Came(Mutex::new(Ledger { from_nothing: true, ..Ledger::default() }));
        came.begin("http", DAY);
        assert_eq!(came.known("http", DAY).rows, Some(0));
    }

    #[test]
    fn a_trouble_lasts_until_rows_come_again() {
        let came = Came::default();
        came.begin("http", 0);
        came.failed("http", "the disk is full");
        assert_eq!(came.known("http", 1).trouble.as_deref(), Some("the disk is full"));
        came.add("http", 0, 2);
        assert_eq!(came.known("http", 3).trouble, None);
    }

    #[tokio::test]
    async fn what_was_counted_is_there_after_a_new_start() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let state = State::scratch(folder.path(), "state.db").await?;
        let came = Came::open(&state, true).await?;
        came.begin("http", DAY);
        came.add("http", 3, DAY);
        came.keep(&state, DAY).await?;
        let again = Came::open(&state, false).await?;
        assert!(!again.known("http", DAY + HOUR).open);
        again.begin("http", DAY + HOUR);
        assert_eq!(again.known("http", DAY + HOUR).rows, Some(3));
        Ok(())
    }
}
