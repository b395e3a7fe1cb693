//! From one checkpoint to the next, a span of a table at a time.

use serde_json::Value;

use super::{Checkpoint, HuntFeed, HuntSettings, Progress, checkpoint::Pass};
use crate::{
    error::Error,
    feed::Window,
    moment::{self, Moment},
};

/// Rows to be stored, and the checkpoint to be kept once they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// The table.
    pub table: String,
    /// The rows, each a JSON object with a member a column. One may have come before.
    pub rows: Vec<String>,
    /// The span of `Timestamp` that they are of.
    pub window: Window,
    /// Whether the service has more rows of this second than it gives: some are missing.
    pub is_short: bool,
    /// How far everything has been taken when these are stored.
    pub checkpoint: Checkpoint,
}

/// What is to be taken of a table, from a checkpoint to a moment. When storing a batch fails, drop it and begin again at the checkpoint that was
/// kept.
#[derive(Debug)]
pub struct Pull<'a> {
    feed: &'a HuntFeed,
    table: String,
    checkpoint: Checkpoint,
    /// What is left of the fresh rows.
    fresh: Window,
}

impl HuntFeed {
    /// Begins to take what is new of a table.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] for a name that is no table's.
    pub fn pull(&self, table: &str, checkpoint: &Checkpoint, now: Moment) -> Result<Pull<'_>, Error> {
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        if table.is_empty() || !table.bytes().all(is_name) {
            return Err(Error::Setting { name: "tables", why: format!("no name of a table: {table:?}") });
        }
        let mut checkpoint = checkpoint.clone();
        let settings: &HuntSettings = &self.settings;
        let progress = checkpoint.tables.entry(table.to_owned()).or_default();
        let fresh = Window { from: progress.begin(settings, now), to: now };
        progress.plan(settings, now);
        Ok(Pull { feed: self, table: table.to_owned(), checkpoint, fresh })
    }
}

impl Pull<'_> {
    /// The next batch, or nothing when all is taken. A batch may have no rows and must be kept all the same.
    ///
    /// # Errors
    ///
    /// Why nothing more can be taken now; what was given before stays true.
    pub async fn next(&mut self) -> Result<Option<Batch>, Error> {
        loop {
            let deep = self.progress().deep;
            let (pass, whole) = match (self.fresh.from < self.fresh.to, deep) {
                (true, _) => (Pass::Fresh, self.fresh),
                (false, Some(left)) => (Pass::Deep, left),
                (false, None) => return Ok(None),
            };
            let part = self.progress().first_part(whole);
            let found = self.feed.graph.hunt(&query(&self.table, part), part.from, part.to).await;
            let (rows, is_full) = match found {
                Ok(hunted) => {
                    let is_full = hunted.is_full || hunted.rows.len() >= self.feed.settings.rows;
                    (hunted.rows, is_full)
                }
                Err(Error::TooLarge { .. }) => (Vec::new(), true),
                Err(error) => return Err(error),
            };
            if is_full && self.progress().halve(part) {
                continue;
            }
            self.progress().take(pass, part);
            if pass == Pass::Fresh {
                self.fresh.from = part.to;
            }
            let rows = rows.into_iter().map(|row| Value::Object(row).to_string()).collect();
            let (table, checkpoint) = (self.table.clone(), self.checkpoint.clone());
            return Ok(Some(Batch { table, rows, window: part, is_short: is_full, checkpoint }));
        }
    }

    fn progress(&mut self) -> &mut Progress {
        self.checkpoint.tables.entry(self.table.clone()).or_default()
    }
}

/// The query for a span of a table's rows.
fn query(table: &str, window: Window) -> String {
    let (from, to) = (moment::iso(window.from), moment::iso(window.to));
    format!("{table} | where Timestamp >= datetime({from}) and Timestamp < datetime({to})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_asked_for_to_the_microsecond() {
        let window = Window { from: 1_795_233_600_000_000, to: 1_795_233_600_000_001 };
        assert_eq!(
            query("EmailEvents", window),
            "EmailEvents | where Timestamp >= datetime(2026-11-21T04:00:00.000000Z) and Timestamp < datetime(2026-11-21T04:00:00.000001Z)"
        );
    }
}
