//! What the logs of the tables tell: rows, bytes, the first and last moment. Nothing stored is read for it.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use ::desk::Fault;
use lake::{Lake, TableInfo};
use tokio::time::Instant;

use super::Context;

/// How long it is good enough.
const FRESH: Duration = Duration::from_secs(5);
/// How long it is shown while it is looked at anew.
const STALE: Duration = Duration::from_secs(600);

/// What was last known, and when.
#[derive(Debug, Default)]
pub(super) struct Stored {
    known: Mutex<Option<(Instant, Arc<Vec<TableInfo>>)>>,
}

impl Stored {
    fn keep(&self, tables: &Arc<Vec<TableInfo>>) {
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), Arc::clone(tables)));
    }
}

impl Context {
    /// What the logs tell of each table that can be read. What was known a while ago is given at once, and looked at anew beside that:
    /// the log of a table that gets rows all day is long.
    pub(super) async fn tables(&self) -> Result<Arc<Vec<TableInfo>>, Fault> {
        let known = self.stored.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match known {
            Some((at, tables)) if at.elapsed() < FRESH => Ok(tables),
            Some((at, tables)) if at.elapsed() < STALE => {
                // Whoever asks meanwhile does not look a second time.
                self.stored.keep(&tables);
                let desk = self.clone();
                // One that fails leaves what is known, until it is too old; then it is told.
                tokio::spawn(async move { desk.look_at_tables().await });
                Ok(tables)
            }
            _ => self.look_at_tables().await,
        }
    }

    /// The same as it is now.
    pub(super) async fn look_at_tables(&self) -> Result<Arc<Vec<TableInfo>>, Fault> {
        let told = |error: lake::LakeError| Fault::Unavailable { reason: error.to_string() };
        let lake = Lake::open_existing(self.data()).await.map_err(told)?;
        let mut tables = Vec::new();
        for name in lake.table_names().await.map_err(told)? {
            // One that is broken does not hide the others.
            tables.extend(lake.table_info(&name).await.ok().flatten());
        }
        let tables = Arc::new(tables);
        self.stored.keep(&tables);
        Ok(tables)
    }
}
