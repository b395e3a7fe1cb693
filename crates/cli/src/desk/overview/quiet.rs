//! Tables to which nothing comes any more: how long they are silent now, held against their pauses of the last weeks.

use ::desk::{Fault, Quiet};
use schema::Registry;
use state::Moment;

use super::Here;
use crate::desk::asking::{number, quoted};

/// Microseconds of an hour.
const HOUR: i64 = 3_600_000_000;
/// How long a table that is silent is told of: what has not sent for a month was given up.
const GIVEN_UP: i64 = 30 * 24 * HOUR;
/// Hours with rows of which pauses are measured, at least: of fewer nothing is usual.
const ENOUGH: f64 = 24.0;
/// Tables of ours that get rows when somebody looks, and not when something happens.
const OURS: [&str; 7] =
    ["DkimKeys", "DmarcAggregate", "DmarcForensic", "DomainChecks", "DomainFindings", "Rejects", "SimulationLabels"];

impl Here {
    pub(super) async fn quiet(&self, now: Moment) -> Result<Vec<Quiet>, Fault> {
        let mut quiet = Vec::new();
        for table in self.desk.tables().await?.iter() {
            let Some(last) = table.last.filter(|_| !OURS.contains(&table.name.as_str())) else { continue };
            let silent = now.saturating_sub(last);
            // Nothing is usual below an hour, by which pauses are measured.
            if !(HOUR..GIVEN_UP).contains(&silent) {
                continue;
            }
            // One that cannot be read is a trouble of its own.
            let Ok(Some(usual)) = self.longest_pause(&table.name).await else { continue };
            if silent > usual {
                quiet.push(Quiet { table: table.name.clone(), last, usual_us: usual });
            }
        }
        Ok(quiet)
    }

    /// The longest pause between two hours with rows in the four weeks before the last row; `None` where too little is known.
    async fn longest_pause(&self, table: &str) -> Result<Option<i64>, Fault> {
        let time = Registry::builtin().table(table).map_or("TimeGenerated", |known| known.time_column.as_str());
        let query = format!(
            "table({}) | summarize Rows = count() by Hour = bin(['{time}'], 1h) | where isnotnull(Hour) | top 672 by Hour desc \
             | sort by Hour asc | extend Pause = (Hour - prev(Hour)) / 1h | summarize Hours = count(), Longest = max(Pause)",
            quoted(table)
        );
        let sheet = self.desk.rows(&query, 1).await?;
        let Some(row) = sheet.rows.first() else { return Ok(None) };
        let (hours, longest) = (number(&sheet, row, "Hours"), number(&sheet, row, "Longest"));
        #[expect(clippy::cast_possible_truncation, reason = "hours of four weeks, or of some years")]
        let pause = longest.map(|hours| (hours.clamp(1.0, 100_000.0) as i64).saturating_add(1).saturating_mul(HOUR));
        Ok(pause.filter(|_| hours.is_some_and(|hours| hours >= ENOUGH)))
    }
}
