//! Work that takes long: how far it is, and that nobody wants it any more.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use serde::Serialize;
use tokio::sync::Notify;
use utoipa::ToSchema;

use crate::Fault;

/// How far something is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Progress {
    /// Steps made.
    pub done: u64,
    /// Steps in all; 0: not known.
    pub all: u64,
    /// What is being done, in words.
    pub words: String,
}

/// The hold somebody has on work they asked for. Cheap to clone: who works and who waits share it.
#[derive(Debug, Clone, Default)]
pub struct Work {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    progress: Mutex<Progress>,
    cancelled: AtomicBool,
    woken: Notify,
}

impl Work {
    /// Says how far it is.
    pub fn at(&self, done: u64, all: u64, words: impl Into<String>) {
        *self.shared.progress.lock().unwrap_or_else(PoisonError::into_inner) = Progress { done, all, words: words.into() };
    }

    /// How far it is.
    #[must_use]
    pub fn progress(&self) -> Progress {
        self.shared.progress.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Nobody wants it any more.
    pub fn cancel(&self) {
        self.shared.cancelled.store(true, Ordering::Release);
        self.shared.woken.notify_waiters();
    }

    /// True if nobody wants it any more.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.shared.cancelled.load(Ordering::Acquire)
    }

    /// Waits until nobody wants it any more.
    pub async fn cancelled(&self) {
        let woken = self.shared.woken.notified();
        tokio::pin!(woken);
        // Before the look: what is cancelled between the look and the wait wakes it all the same.
        woken.as_mut().enable();
        if !self.is_cancelled() {
            woken.await;
        }
    }

    /// What comes of it, or [`Fault::Cancelled`] as soon as nobody wants it any more: it is dropped then.
    ///
    /// # Errors
    /// Those of the work, and [`Fault::Cancelled`].
    pub async fn unless_cancelled<T>(&self, work: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
        tokio::select! {
            biased;
            () = self.cancelled() => Err(Fault::Cancelled),
            done = work => done,
        }
    }
}
