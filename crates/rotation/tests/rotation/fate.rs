//! The end of the world, as with `kill -9`, before and after any effect.

use std::{
    fmt,
    path::Path,
    sync::atomic::{AtomicUsize, Ordering},
};

use async_trait::async_trait;
use mailauth::dkim::SigningKey;
use spoofwatch_rotation::{
    Entry, FileJournal, Held, Journal, JournalError, KeyError, KeyFiles, KeyStore, Reload, Rotation, Series, SignerError,
    SignerTable, Switched, Wanted,
};
use tokio::sync::Notify;
use zones::{Applied, Change, WriteError, ZoneWriter};

use crate::world::Daemon;

/// The world ends at a point, as with `kill -9`: nothing after it is done.
#[derive(Debug, Default)]
pub(crate) struct Fate {
    /// Points to go until the end; zero is never.
    left: AtomicUsize,
    passed: AtomicUsize,
    pub(crate) over: Notify,
}

impl Fate {
    pub(crate) fn strike_at(&self, point: usize) {
        self.left.store(point, Ordering::SeqCst);
    }

    pub(crate) fn passed(&self) -> usize {
        self.passed.load(Ordering::SeqCst)
    }

    /// Whether the end is still to come.
    pub(crate) fn is_pending(&self) -> bool {
        self.left.load(Ordering::SeqCst) > 0
    }

    async fn point(&self) {
        self.passed.fetch_add(1, Ordering::SeqCst);
        let left = self.left.load(Ordering::SeqCst);
        if left > 0 {
            self.left.store(left - 1, Ordering::SeqCst);
            if left == 1 {
                self.over.notify_one();
                std::future::pending::<()>().await;
            }
        }
    }
}

/// An effect that may be the last: the world can end before it and after it.
pub(crate) struct Mortal<'a, T: ?Sized>(pub(crate) &'a T, pub(crate) &'a Fate);

impl<T: ?Sized + fmt::Debug> fmt::Debug for Mortal<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<T: ?Sized> Mortal<'_, T> {
    async fn with<R>(&self, work: impl Future<Output = R>) -> R {
        self.1.point().await;
        let result = work.await;
        self.1.point().await;
        result
    }
}

#[async_trait]
impl ZoneWriter for Mortal<'_, dyn ZoneWriter> {
    async fn apply(&self, change: &Change) -> Result<Applied, WriteError> {
        self.with(self.0.apply(change)).await
    }
}

#[async_trait]
impl KeyStore for Mortal<'_, KeyFiles> {
    async fn make(&self, wanted: &Wanted) -> Result<String, KeyError> {
        self.with(self.0.make(wanted)).await
    }

    async fn load(&self, file: &Path) -> Result<SigningKey, KeyError> {
        self.0.load(file).await
    }

    async fn exists(&self, file: &Path) -> bool {
        self.0.exists(file).await
    }

    async fn destroy(&self, file: &Path) -> Result<(), KeyError> {
        self.with(self.0.destroy(file)).await
    }
}

#[async_trait]
impl SignerTable for Mortal<'_, dyn SignerTable> {
    async fn entries(&self, domain: &str) -> Result<Vec<Entry>, SignerError> {
        self.0.entries(domain).await
    }

    async fn check(&self, from: Option<&Entry>, to: &Entry) -> Result<(), SignerError> {
        self.0.check(from, to).await
    }

    async fn switch(&self, from: Option<&Entry>, to: Option<&Entry>) -> Result<Switched, SignerError> {
        self.with(self.0.switch(from, to)).await
    }

    async fn retire(&self, entry: &Entry) -> Result<(), SignerError> {
        self.with(self.0.retire(entry)).await
    }

    async fn uses(&self, file: &Path) -> Result<bool, SignerError> {
        self.0.uses(file).await
    }
}

#[async_trait]
impl Journal for Mortal<'_, FileJournal> {
    async fn lock(&self, series: &Series) -> Result<Box<dyn Held>, JournalError> {
        self.0.lock(series).await
    }

    async fn all(&self) -> Result<Vec<Rotation>, JournalError> {
        self.0.all().await
    }

    async fn read(&self, id: &str) -> Result<Option<Rotation>, JournalError> {
        self.0.read(id).await
    }

    async fn write(&self, rotation: &Rotation) -> Result<(), JournalError> {
        self.with(self.0.write(rotation)).await
    }
}

#[async_trait]
impl Reload for Mortal<'_, Daemon> {
    async fn reload(&self) -> Result<(), String> {
        self.with(self.0.reload()).await
    }
}
