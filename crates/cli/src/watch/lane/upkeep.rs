//! Upkeep of the tables while rows arrive: many small files become few.

use detect::telemetry::Clock as _;
use lake::{Lake, Maintain};

use crate::{failure::Failure, watch::House};

/// So many files of a table are left as they are.
const FILES: u64 = 64;
/// Files that were let go of are kept this long for whoever still reads them.
const KEEP_HOURS: u32 = 1;

impl House {
    /// Puts the tables in order that have gathered many files.
    pub(crate) async fn keep_up(&self) -> Result<(), Failure> {
        let lake = Lake::open_existing(&self.data).await?;
        let now = self.watch.clock.now();
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
}
