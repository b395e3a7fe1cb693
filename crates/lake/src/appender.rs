//! Rows into a table: the handle that a caller holds while it reads its sources.
//!
//! Must not know files or hashing: the work is done by [`crate::worker`] on a thread of its own, so that reading and
//! writing overlap.

use datafusion::arrow::record_batch::RecordBatch;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::LakeError;
use crate::worker::{Message, Worker};

/// Batches that wait for the writer before the caller has to wait.
const WAITING: usize = 4;

/// When the rows of an ingest came in: what `ingestion_time()` tells of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// At this moment, in microseconds since 1970. Rows can be seen a little later, when [`Appender::finish`] returns.
    At(i64),
    /// Each at its own time, and nothing is stored: telemetry that is made up never was under way.
    Own,
}

/// What an ingest did to a table.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Appended {
    /// Rows added.
    pub added: u64,
    /// Rows that were there before.
    pub already: u64,
}

/// Adds rows to one table, all of them or none: nothing is visible before [`Appender::finish`] returns.
///
/// While it lives it holds the table's write lock. Dropping it adds nothing.
#[derive(Debug)]
pub struct Appender {
    table: String,
    messages: mpsc::Sender<Message>,
    worker: Option<JoinHandle<Result<Vec<Appended>, LakeError>>>,
}

impl Appender {
    pub(crate) fn start(worker: Worker) -> Self {
        let (messages, inbox) = mpsc::channel(WAITING);
        let table = worker.table_name().to_owned();
        let runtime = tokio::runtime::Handle::current();
        let worker = Some(tokio::task::spawn_blocking(move || worker.run(inbox, &runtime)));
        Self { table, messages, worker }
    }

    /// Adds rows, in storage types (`schema::Type::storage_type`). Any subset of the table's columns may be there, and
    /// columns the table does not document: they are kept as text.
    ///
    /// # Errors
    /// When this or an earlier batch cannot be stored; the whole ingest of this table is then off.
    pub async fn append(&mut self, batch: RecordBatch) -> Result<(), LakeError> {
        self.send(Message::Batch(batch)).await
    }

    /// Tells that the next rows come from another source (a file). Equal rows of one source are all kept; a row that an
    /// earlier source of the same ingest gave already is not added again.
    ///
    /// # Errors
    /// As [`Appender::append`].
    pub async fn next_source(&mut self) -> Result<(), LakeError> {
        self.send(Message::NextSource).await
    }

    /// Writes what is left and commits everything as one version of the table.
    ///
    /// # Errors
    /// When a file or the log cannot be written; the table is then as it was.
    pub async fn finish(self) -> Result<Appended, LakeError> {
        let sum = |sum: Appended, one: &Appended| Appended { added: sum.added + one.added, already: sum.already + one.already };
        Ok(self.finish_each().await?.iter().fold(Appended::default(), sum))
    }

    /// As [`Appender::finish`], and tells of each source, in the order in which they came, what became of its rows: one more than there
    /// were calls of [`Appender::next_source`].
    ///
    /// # Errors
    /// As [`Appender::finish`].
    pub async fn finish_each(mut self) -> Result<Vec<Appended>, LakeError> {
        self.send(Message::Finish).await?;
        self.outcome().await
    }

    async fn send(&mut self, message: Message) -> Result<(), LakeError> {
        if self.messages.send(message).await.is_ok() {
            return Ok(());
        }
        // The worker is gone, so it has the reason.
        self.outcome().await.and_then(|_| Err(self.stopped()))
    }

    async fn outcome(&mut self) -> Result<Vec<Appended>, LakeError> {
        match self.worker.take() {
            Some(worker) => worker.await.map_err(|_| self.stopped())?,
            None => Err(self.stopped()),
        }
    }

    fn stopped(&self) -> LakeError {
        LakeError::WriterStopped { table: self.table.clone() }
    }
}
