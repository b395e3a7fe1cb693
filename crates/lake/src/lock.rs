//! One writer per table, between processes too.
//!
//! The operating system drops the lock when its process ends, however it ends, so a killed ingest blocks nobody.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::time::Duration;

use crate::LakeError;

/// How often a waiting writer looks again.
const PAUSE: Duration = Duration::from_millis(50);

/// Held by a writer of several tables while it writes; dropped, it lets the next one in.
///
/// Two writers that each hold a table and wait for the other's would wait for ever, so such writers take turns.
#[derive(Debug)]
pub struct Turn {
    _lock: TableLock,
}

impl Turn {
    /// The turn, or `None` while another writer has it.
    pub(crate) fn try_take(path: &Path) -> Result<Option<Self>, LakeError> {
        match TableLock::try_take(path, "") {
            Ok(lock) => Ok(Some(Self { _lock: lock })),
            Err(LakeError::Busy { .. }) => Ok(None),
            Err(other) => Err(other),
        }
    }

    /// The turn, as soon as whoever has it is done.
    pub(crate) async fn take(path: &Path) -> Result<Self, LakeError> {
        TableLock::take(path, "").await.map(|lock| Self { _lock: lock })
    }
}

/// Held by whoever writes to a table; released when dropped.
#[derive(Debug)]
pub(crate) struct TableLock {
    _file: File,
}

impl TableLock {
    /// The lock of `table`, or [`LakeError::Busy`] when another writer holds it.
    pub(crate) fn try_take(path: &Path, table: &str) -> Result<Self, LakeError> {
        let directory = |source| LakeError::Directory { path: path.to_path_buf(), source };
        let file = File::options().create(true).truncate(false).write(true).open(path).map_err(directory)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(LakeError::Busy { table: table.to_owned() }),
            Err(TryLockError::Error(source)) => Err(directory(source)),
        }
    }

    /// The lock of `table`, as soon as whoever holds it is done.
    ///
    /// Looks again and again instead of blocking in the system call: a blocked thread could not be cancelled.
    pub(crate) async fn take(path: &Path, table: &str) -> Result<Self, LakeError> {
        loop {
            match Self::try_take(path, table) {
                Err(LakeError::Busy { .. }) => tokio::time::sleep(PAUSE).await,
                other => return other,
            }
        }
    }
}
