//! Upkeep while rows arrive: many small files of a table become few, and what is long past is forgotten.

use std::sync::atomic::Ordering;

use detect::telemetry::Clock as _;
use lake::{Lake, Maintain};

use crate::{
    failure::Failure,
    watch::{House, Retention},
};

/// So many files of a table are left as they are.
const FILES: u64 = 64;
/// Files that were let go of are kept this long for whoever still reads them.
const KEEP_HOURS: u32 = 1;

/// How long runs, delivered notifications and hits that raised nothing are kept, in microseconds: ninety days. Alerts are kept for good.
const KEPT: i64 = 90 * 24 * HOUR;
/// Microseconds of an hour: so often what is older is forgotten.
const HOUR: i64 = 3_600_000_000;

impl House {
    /// Puts the tables in order that have gathered many files, and forgets what is long past.
    pub(crate) async fn keep_up(&self) -> Result<(), Failure> {
        let now = self.watch.clock.now();
        if !(0..HOUR).contains(&now.saturating_sub(self.forgot.load(Ordering::Relaxed))) {
            self.watch.state.forget(now.saturating_sub(KEPT)).await?;
            self.forget_rows(now).await?;
            self.forgot.store(now, Ordering::Relaxed);
        }
        self.came.keep(&self.watch.state, now).await?;
        let lake = Lake::open_existing(&self.data).await?;
        let options = Maintain { now, keep_days: None, keep_removed_hours: KEEP_HOURS };
        for name in lake.table_names().await? {
            let about = format!("upkeep of {name}");
            let done = match lake.table_info(&name).await {
                Ok(Some(info)) if info.files > FILES => lake.merge_small(&name, &options).await.map(|_| ()),
                Ok(_) => Ok(()),
                Err(error) => Err(error),
            };
            self.troubles.set(&about, done.err().map(|error| error.to_string()));
        }
        Ok(())
    }

    /// Deletes rows that are older than somebody wants them kept.
    async fn forget_rows(&self, now: i64) -> Result<(), Failure> {
        let retention = Retention::load(&self.watch.state).await?;
        let lake = Lake::open_existing(&self.data).await?;
        for name in lake.table_names().await? {
            let Some(days) = retention.days(&name) else { continue };
            let options = Maintain { now, keep_days: Some(days), keep_removed_hours: KEEP_HOURS };
            let done = lake.maintain_table(&name, &options).await;
            self.troubles.set(&format!("retention of {name}"), done.err().map(|error| error.to_string()));
        }
        Ok(())
    }
}
