//! Many bodies at a time into the lake: those that come within a moment are one version of each table, so that a thousand small bodies
//! a second do not make a thousand versions.
//!
//! Start with [`Committer::run`].

use std::{
    collections::BTreeMap,
    io::ErrorKind,
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use arrow::array::RecordBatch;
use lake::{Appended, Appender, Arrival, Lake, LakeError, ROW_ID, Turn};
use schema::{INGESTION_TIME, Table};
use server::{
    Metrics,
    intake::{Counts, Receipt, Refusal, Rejected},
};
use sha2::{Digest as _, Sha256};
use sources::{Input, Item, Notice, Place, Reject};
use tokio::{
    sync::{Notify, mpsc, oneshot},
    time::Instant,
};

use super::{PATIENCE, spool::Body};
use crate::{clock, command::ingest};

/// How long bodies are gathered.
const GATHER: Duration = Duration::from_millis(100);
/// How long the first body after a pause waits for others.
const FIRST: Duration = Duration::from_millis(5);
/// Bodies of one version at most.
const MOST: usize = 1024;
/// Bytes in memory of the bodies of one version at most.
const MOST_BYTES: usize = 32 << 20;
/// Items on their way from the reader.
const QUEUE: usize = 8;
/// Rejects that an answer names, and those that are written at a time.
const NAMED: usize = 100;
const REJECTS: usize = 4096;
/// How often a writer that waits for another program looks again.
const PAUSE: Duration = Duration::from_millis(50);

/// Something to be stored.
pub(super) struct Job {
    /// The table of its rows; `None`: each says it.
    pub(super) table: Option<String>,
    /// What is stored.
    pub(super) content: Content,
    /// How it is read.
    pub(super) reading: Reading,
    /// Who waits for what became of it.
    pub(super) answer: oneshot::Sender<Outcome>,
}

/// How something is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// What it is, is found out.
    Any,
    /// A document a line, and each that cannot be read is named.
    Documents,
}

impl Reading {
    /// Rejects that an answer names.
    const fn named(self) -> usize {
        match self {
            Self::Any => NAMED,
            // One for each document at most, and their number is bounded where they come in.
            Self::Documents => usize::MAX,
        }
    }
}

/// What is stored.
pub(super) enum Content {
    /// A body that is to be read.
    Body(Body),
    /// Something of this program's that is to be read.
    Input(Input),
    /// Rows that were read already, by table.
    Rows(Vec<(String, RecordBatch)>),
}

/// What became of a body.
type Outcome = Result<Receipt, Refusal>;

/// Stores bodies.
pub(super) struct Committer {
    data: PathBuf,
    reading: sources::Options,
    metrics: Arc<Metrics>,
    arrived: Arc<Notify>,
    /// The lake, once it is open.
    lake: Option<Lake>,
}

impl Committer {
    pub(super) fn new(data: &Path, reading: sources::Options, metrics: Arc<Metrics>, arrived: Arc<Notify>) -> Self {
        Self { data: data.to_owned(), reading, metrics, arrived, lake: None }
    }

    /// Stores what comes until nobody can send any more.
    pub(super) async fn run(mut self, mut inbox: mpsc::Receiver<Job>) {
        let mut last: Option<Instant> = None;
        while let Some(first) = inbox.recv().await {
            let quiet = last.is_none_or(|last| last.elapsed() >= GATHER);
            let until = Instant::now() + if quiet { FIRST } else { GATHER };
            let mut held = weight(&first);
            let mut group = vec![first];
            while group.len() < MOST && held < MOST_BYTES {
                match tokio::time::timeout_at(until, inbox.recv()).await {
                    Ok(Some(job)) => {
                        held = held.saturating_add(weight(&job));
                        group.push(job);
                    }
                    Ok(None) | Err(_) => break,
                }
            }
            self.store(group).await;
            last = Some(Instant::now());
        }
    }

    /// Stores bodies and answers each.
    async fn store(&mut self, group: Vec<Job>) {
        let outcomes = self.outcomes(&group).await;
        self.arrived.notify_one();
        for (job, outcome) in group.into_iter().zip(outcomes) {
            if let Ok(receipt) = &outcome {
                self.count(receipt, job.table.as_deref());
            }
            // A sender that has gone is told when it sends the same rows again.
            let _ = job.answer.send(outcome);
        }
    }

    /// What becomes of each body. Where a table cannot be written, or the rows of one body do not fit it, the others must not suffer: the
    /// bodies are then stored in smaller groups.
    async fn outcomes(&mut self, group: &[Job]) -> Vec<Outcome> {
        let all = |refusal: Refusal| group.iter().map(|_| Err(refusal.clone())).collect();
        let lake = match self.opened().await {
            Ok(lake) => lake,
            Err(error) => return all(refusal(error)),
        };
        let _turn = match turn(&lake).await {
            Ok(turn) => turn,
            Err(refusal) => return all(refusal),
        };
        let mut outcomes: Vec<(usize, Outcome)> = Vec::with_capacity(group.len());
        let mut parts: Vec<Vec<(usize, &Job)>> = vec![group.iter().enumerate().collect()];
        while let Some(part) = parts.pop() {
            match self.store_in(&lake, &part).await {
                Ok(receipts) => outcomes.extend(part.iter().zip(receipts).map(|((place, _), receipt)| (*place, Ok(receipt)))),
                Err(refusal) => match smaller(&part, &refusal) {
                    Some(smaller) => parts.extend(smaller),
                    None => outcomes.extend(part.iter().map(|(place, _)| (*place, Err(refusal.clone())))),
                },
            }
        }
        outcomes.sort_by_key(|(place, _)| *place);
        outcomes.into_iter().map(|(_, outcome)| outcome).collect()
    }

    /// The lake: the same each time, because it remembers which rows it has.
    async fn opened(&mut self) -> Result<Lake, LakeError> {
        match &self.lake {
            Some(lake) => Ok(lake.clone()),
            None => Ok(self.lake.insert(Lake::open(&self.data).await?).clone()),
        }
    }

    fn count(&self, receipt: &Receipt, table: Option<&str>) {
        for (name, counts) in &receipt.tables {
            self.metrics.ingested(name, counts.added, 0);
        }
        if receipt.rejected > 0 {
            self.metrics.ingested(table.unwrap_or_default(), 0, receipt.rejected);
        }
    }

    /// Stores all or says why it did not; tables that were complete before the fault stay, and know their rows again.
    async fn store_in(&self, lake: &Lake, group: &[(usize, &Job)]) -> Result<Vec<Receipt>, Refusal> {
        let moment = clock::micros(clock::now());
        let mut group_of = Group {
            lake,
            arrival: Arrival::At(moment),
            tables: BTreeMap::new(),
            receipts: Vec::with_capacity(group.len()),
            rejects: Vec::new(),
        };
        for (_, job) in group {
            let options = sources::Options {
                table: job.table.clone(),
                lines: job.reading == Reading::Documents,
                arrived: Some(moment),
                ..self.reading.clone()
            };
            group_of.take(job, options).await?;
        }
        group_of.finish().await
    }
}

/// What a body adds to a group; a large one ends it, so that it keeps few waiting.
fn weight(job: &Job) -> usize {
    match &job.content {
        Content::Body(body) => body.held.unwrap_or(MOST_BYTES),
        Content::Input(Input { place: Place::Memory(bytes), .. }) => bytes.len(),
        Content::Input(_) => MOST_BYTES,
        Content::Rows(rows) => rows.iter().map(|(_, batch)| batch.get_array_memory_size()).sum(),
    }
}

/// Smaller groups of bodies that could not be stored together, where that may help some of them: those of each table, and where the rows
/// are at fault each alone.
fn smaller<'a>(part: &[(usize, &'a Job)], refusal: &Refusal) -> Option<Vec<Vec<(usize, &'a Job)>>> {
    let mut tables: BTreeMap<Option<&str>, Vec<(usize, &Job)>> = BTreeMap::new();
    for (place, job) in part {
        tables.entry(job.table.as_deref()).or_default().push((*place, *job));
    }
    match refusal {
        _ if tables.len() > 1 => Some(tables.into_values().collect()),
        Refusal::Unfit { .. } if part.len() > 1 => Some(part.iter().map(|one| vec![*one]).collect()),
        _ => None,
    }
}

/// The turn to write, as soon as whoever has it is done; not for ever.
async fn turn(lake: &Lake) -> Result<Turn, Refusal> {
    let until = Instant::now() + PATIENCE;
    loop {
        if let Some(turn) = lake.try_turn().map_err(refusal)? {
            return Ok(turn);
        }
        if Instant::now() >= until {
            let reason = "another program is adding to this data".to_owned();
            return Err(Refusal::Unavailable { reason, retry_after: 5 });
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Bodies that are stored together.
struct Group<'a> {
    lake: &'a Lake,
    arrival: Arrival,
    /// The writer of each table, and the number of the first body that had rows for it.
    tables: BTreeMap<String, (usize, Appender)>,
    /// What became of each body, so far.
    receipts: Vec<Receipt>,
    rejects: Vec<(i64, Reject)>,
}

impl Group<'_> {
    /// Reads a body to its end and hands its rows to the writers.
    async fn take(&mut self, job: &Job, options: sources::Options) -> Result<(), Refusal> {
        for (_, appender) in self.tables.values_mut() {
            appender.next_source().await.map_err(refusal)?;
        }
        self.receipts.push(Receipt::default());
        let input = match &job.content {
            Content::Body(body) => body.input.clone(),
            Content::Input(input) => input.clone(),
            Content::Rows(rows) => {
                for (table, batch) in rows {
                    self.append(table, batch.clone()).await?;
                }
                return Ok(());
            }
        };
        let (sender, mut items) = mpsc::channel::<Item>(QUEUE);
        let reader = tokio::task::spawn_blocking(move || {
            sources::read(&input, &options, &mut |item| match sender.blocking_send(item) {
                Ok(()) => ControlFlow::Continue(()),
                Err(_) => ControlFlow::Break(()),
            })
        });
        while let Some(item) = items.recv().await {
            self.item(item, job.reading.named()).await?;
        }
        let stopped = |error| Refusal::Failed { reason: format!("reading stopped: {error}") };
        let summary = reader.await.map_err(stopped)?;
        if let Some(receipt) = self.receipts.last_mut() {
            receipt.rejected = summary.rejected;
            receipt.faults.extend(summary.faults.iter().map(ToString::to_string));
        }
        Ok(())
    }

    async fn item(&mut self, item: Item, named: usize) -> Result<(), Refusal> {
        match item {
            Item::Rows { table, batch } => self.append(&table, batch).await?,
            Item::Reject(reject) => {
                if let Some(receipt) = self.receipts.last_mut().filter(|receipt| receipt.rejects.len() < named) {
                    receipt.rejects.push(Rejected { line: reject.line, reason: reject.reason.clone() });
                }
                let Arrival::At(moment) = self.arrival else { return Ok(()) };
                self.rejects.push((moment, reject));
                if self.rejects.len() >= REJECTS {
                    self.write_rejects().await?;
                }
            }
            Item::Notice(Notice::UnknownColumn { column, .. })
                if ROW_ID.contains(&column.as_str()) || column == INGESTION_TIME => {}
            Item::Notice(notice) => {
                if let Some(receipt) = self.receipts.last_mut() {
                    receipt.notices.push(notice.to_string());
                }
            }
        }
        Ok(())
    }

    async fn append(&mut self, name: &str, batch: RecordBatch) -> Result<(), Refusal> {
        if !self.tables.contains_key(name) {
            let begin = self.receipts.len().saturating_sub(1);
            let appender = self.appender(&ingest::table(name, &batch)).await?;
            self.tables.insert(name.to_owned(), (begin, appender));
        }
        match self.tables.get_mut(name) {
            Some((_, appender)) => appender.append(batch).await.map_err(refusal),
            None => Ok(()),
        }
    }

    /// A writer of a table, as soon as whoever has it is done; not for ever.
    async fn appender(&self, table: &Table) -> Result<Appender, Refusal> {
        let until = Instant::now() + PATIENCE;
        loop {
            match self.lake.try_appender(table, self.arrival).await {
                Err(LakeError::Busy { .. }) if Instant::now() < until => tokio::time::sleep(PAUSE).await,
                other => return other.map_err(refusal),
            }
        }
    }

    async fn write_rejects(&mut self) -> Result<(), Refusal> {
        if self.rejects.is_empty() {
            return Ok(());
        }
        let batch = ingest::rejects_batch(&std::mem::take(&mut self.rejects), reject_id)
            .map_err(|failure| Refusal::Failed { reason: failure.words() })?;
        self.append(ingest::REJECTED, batch).await
    }

    /// Commits table by table, and gives what became of each body.
    async fn finish(mut self) -> Result<Vec<Receipt>, Refusal> {
        self.write_rejects().await?;
        for (name, (begin, appender)) in self.tables {
            let each = appender.finish_each().await.map_err(refusal)?;
            if name == ingest::REJECTED {
                continue;
            }
            for (receipt, Appended { added, already }) in self.receipts.iter_mut().skip(begin).zip(each) {
                if added + already > 0 {
                    receipt.added += added;
                    receipt.duplicates += already;
                    receipt.tables.insert(name.clone(), Counts { added, duplicates: already });
                }
            }
        }
        Ok(self.receipts)
    }
}

/// Who a reject is that was sent: it is sent again from another line of another body, at another time, and is one all the same.
fn reject_id(reject: &Reject) -> String {
    let mut hash = Sha256::new();
    for part in [reject.table.as_deref().unwrap_or_default(), &reject.reason, &reject.raw] {
        // With its length before it no part runs into the next.
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
        hash.update(part);
    }
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// What a failure of the lake is to a sender: the rows' fault, or a reason to come back.
fn refusal(error: LakeError) -> Refusal {
    let reason = error.to_string();
    match &error {
        LakeError::ColumnType { .. } | LakeError::TooManyColumns { .. } | LakeError::TableName { .. } => {
            Refusal::Unfit { reason }
        }
        LakeError::Busy { .. } => Refusal::Unavailable { reason, retry_after: 5 },
        _ if is_full(&error) => Refusal::Unavailable { reason: format!("the disk is full: {reason}"), retry_after: 30 },
        LakeError::Directory { .. } | LakeError::Delta { .. } | LakeError::Write { .. } | LakeError::Rewrite { .. } => {
            Refusal::Unavailable { reason, retry_after: 30 }
        }
        _ => Refusal::Failed { reason },
    }
}

/// Whether no room on the disk is at the root of it.
fn is_full(error: &LakeError) -> bool {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        let io = error.downcast_ref::<std::io::Error>();
        if io.is_some_and(|io| matches!(io.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge)) {
            return true;
        }
        // An error of the system that was made of another does not name that as its source, but as what it holds.
        let held = io.and_then(std::io::Error::get_ref).map(|held| held as &(dyn std::error::Error + 'static));
        cause = held.or_else(|| error.source());
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_known_however_deep_it_is() {
        let root = std::io::Error::from(ErrorKind::StorageFull);
        let wrapped = std::io::Error::other(root);
        let error = LakeError::Write { path: "a".to_owned(), table: "T".to_owned(), source: Box::new(wrapped) };
        assert!(
            matches!(refusal(error), Refusal::Unavailable { retry_after: 30, reason } if reason.starts_with("the disk is full"))
        );
        let other = LakeError::Directory { path: "a".into(), source: ErrorKind::PermissionDenied.into() };
        assert!(!is_full(&other));
        assert!(matches!(refusal(LakeError::Busy { table: "T".to_owned() }), Refusal::Unavailable { retry_after: 5, .. }));
    }
}
