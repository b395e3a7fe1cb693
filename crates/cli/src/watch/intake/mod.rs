//! Rows over HTTP: bodies are kept while they come in, and stored many at a time.
//!
//! A body is small and stays in memory, or is large and waits on disk ([`spool`]). When it is whole it goes to the [`committer`], which
//! stores every body of a moment as one version of each table. Documents of Elasticsearch's clients ([`documents`]) go the same way. A body is answered when its rows are on disk.

mod committer;
mod documents;
mod spool;
mod token;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use arrow::array::RecordBatch;
use async_trait::async_trait;
use clap::Args;
use server::Bytes;
use server::{
    Metrics, elastic,
    intake::{Intake, Post, Receipt, Refusal},
};
use sources::{Input, Place};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

use self::{
    committer::{Committer, Content, Job, Reading},
    spool::{Room, Spool},
};
use super::came::{Came, HTTP};
use crate::{clock, command::ingest, config::ConfigFile, failure::Failure, geoip, term};

/// Bodies under way at a time; who comes then waits before the first byte is read.
const UNDER_WAY: usize = 1024;
/// How long somebody waits for room, or for another program to finish, before being told to come back.
const PATIENCE: Duration = Duration::from_secs(10);
/// How many times its size a compressed body may hold.
const EXPANSION: u64 = 16;

/// How `serve` takes rows in.
#[derive(Debug, Clone, Args)]
pub(crate) struct Receiving {
    /// The largest body that is taken at POST /api/ingest/TABLE, in megabytes.
    #[arg(long, value_name = "MB", default_value_t = 256)]
    max_body: u64,
    /// The file that holds the token senders have to have. Without: token in the data directory, made at the first start.
    #[arg(long, value_name = "FILE", conflicts_with = "no_sign_in")]
    token_file: Option<PathBuf>,
    /// Take rows from everybody who reaches the address.
    #[arg(long)]
    no_sign_in: bool,
}

impl Receiving {
    /// What is answered at `/api/ingest`, and the same way in for rows of this program. `arrived` is woken whenever rows were added; `came`
    /// counts those over HTTP.
    pub(crate) fn routes(
        &self,
        data: &Path,
        config: &ConfigFile,
        metrics: &Arc<Metrics>,
        arrived: &Arc<Notify>,
        came: &Arc<Came>,
    ) -> Result<(server::Router, Rows), Failure> {
        let limit = self.max_body.max(1).saturating_mul(1 << 20);
        let token = if self.no_sign_in {
            term::warn("rows are taken from everybody who reaches the address (--no-sign-in)");
            None
        } else {
            let (token, path) = token::open(data, self.token_file.as_deref())?;
            term::say(&format!(
                "rows are taken at POST /api/ingest/TABLE, and at /elastic from clients of Elasticsearch, with the token in {}",
                path.display()
            ));
            Some(token)
        };
        let databases: Vec<PathBuf> = config.load(data)?.geoip.map(|set| set.value).into_iter().collect();
        let reading = sources::Options {
            max_uncompressed_bytes: limit.saturating_mul(EXPANSION),
            geography: geoip::databases(&databases)?,
            ..sources::Options::default()
        };
        let rows = Rows::start(data, reading, metrics, arrived);
        let jobs = rows.jobs.clone();
        came.begin(HTTP, clock::micros(clock::now()));
        let receiver = Receiver {
            jobs,
            came: Arc::clone(came),
            room: Arc::new(Room::new(data)?),
            places: Arc::new(Semaphore::new(UNDER_WAY)),
        };
        let limits = elastic::Limits { body: limit, expanded: limit.saturating_mul(EXPANSION) };
        let documents = elastic::routes(Arc::new(receiver.clone()), token.clone(), limits);
        Ok((server::intake::routes(Arc::new(receiver), token, limit).merge(documents), rows))
    }
}

/// Rows on their way to the tables: those of one moment are one version of each table.
#[derive(Clone)]
pub(crate) struct Rows {
    jobs: mpsc::Sender<Job>,
    /// Who counts them, and as whose.
    counted: Option<(Arc<Came>, &'static str)>,
}

impl Rows {
    /// Starts a writer, which goes on until nobody can hand it rows any more. `arrived` is woken whenever it added some.
    pub(crate) fn start(data: &Path, reading: sources::Options, metrics: &Arc<Metrics>, arrived: &Arc<Notify>) -> Self {
        let (jobs, inbox) = mpsc::channel(UNDER_WAY);
        let committer = Committer::new(data, reading, Arc::clone(metrics), Arc::clone(arrived));
        tokio::spawn(committer.run(inbox));
        Self { jobs, counted: None }
    }

    /// The same way in, where rows are counted as those of a source.
    pub(crate) fn counted(self, came: &Arc<Came>, source: &'static str) -> Self {
        came.begin(source, clock::micros(clock::now()));
        Self { counted: Some((Arc::clone(came), source)), ..self }
    }

    /// Stores rows, by table. When this returns they are on disk.
    ///
    /// # Errors
    /// When none, or not all, were stored; they may be handed in again.
    pub(crate) async fn add(&self, rows: Vec<(String, RecordBatch)>) -> Result<Receipt, Refusal> {
        self.store(None, Content::Rows(rows)).await
    }

    /// Reads rows, JSON objects a line each, and stores them. They are of a table, or each tells of which. When this returns they are on disk.
    ///
    /// # Errors
    /// As [`Rows::add`].
    pub(crate) async fn read(&self, table: Option<&str>, name: &str, lines: Vec<u8>) -> Result<Receipt, Refusal> {
        let input = Input { name: name.to_owned(), place: Place::Memory(lines.into()) };
        self.store(table.map(str::to_owned), Content::Input(input)).await
    }

    async fn store(&self, table: Option<String>, content: Content) -> Result<Receipt, Refusal> {
        let (answer, answered) = oneshot::channel();
        let stopped = || Refusal::Failed { reason: "the writer has stopped".to_owned() };
        self.jobs.send(Job { table, content, reading: Reading::Any, answer }).await.map_err(|_| stopped())?;
        let outcome = answered.await.map_err(|_| stopped())?;
        if let Some((came, source)) = &self.counted {
            note(came, source, &outcome);
        }
        outcome
    }
}

/// Notes what became of rows of a source. What is wrong with the rows themselves is their sender's trouble.
fn note(came: &Came, source: &str, outcome: &Result<Receipt, Refusal>) {
    match outcome {
        Ok(receipt) => came.add(source, receipt.added, clock::micros(clock::now())),
        Err(refusal @ (Refusal::Unavailable { .. } | Refusal::Failed { .. })) => came.failed(source, &refusal.to_string()),
        Err(Refusal::UnknownTable { .. } | Refusal::Unfit { .. } | Refusal::TooLarge { .. }) => {}
    }
}

/// Takes bodies, and documents.
#[derive(Clone)]
struct Receiver {
    jobs: mpsc::Sender<Job>,
    came: Arc<Came>,
    room: Arc<Room>,
    places: Arc<Semaphore>,
}

impl Receiver {
    /// A place among what is under way.
    async fn place(&self) -> Result<OwnedSemaphorePermit, Refusal> {
        let waited = tokio::time::timeout(PATIENCE, Arc::clone(&self.places).acquire_owned()).await;
        let busy = || Refusal::Unavailable { reason: "too much is coming in at a time".to_owned(), retry_after: 1 };
        waited.map_err(|_| busy())?.map_err(|_| busy())
    }
}

#[async_trait]
impl Intake for Receiver {
    async fn begin(&self, table: Option<&str>) -> Result<Box<dyn Post>, Refusal> {
        if let Some(name) = table
            && let Err(near) = ingest::is_table(name)
        {
            return Err(Refusal::UnknownTable { name: name.to_owned(), near });
        }
        let place = self.place().await?;
        Ok(Box::new(Coming {
            table: table.map(str::to_owned),
            spool: Spool::new(Arc::clone(&self.room)),
            jobs: self.jobs.clone(),
            came: Arc::clone(&self.came),
            _place: place,
        }))
    }
}

/// A body that is coming in.
struct Coming {
    table: Option<String>,
    spool: Spool,
    jobs: mpsc::Sender<Job>,
    came: Arc<Came>,
    _place: OwnedSemaphorePermit,
}

#[async_trait]
impl Post for Coming {
    async fn write(&mut self, bytes: Bytes) -> Result<(), Refusal> {
        self.spool.write(bytes).await
    }

    async fn finish(self: Box<Self>) -> Result<Receipt, Refusal> {
        let Self { table, spool, jobs, came, _place: place } = *self;
        let (answer, answered) = oneshot::channel();
        let stopped = || Refusal::Failed { reason: "the writer has stopped".to_owned() };
        jobs.send(Job { table, content: Content::Body(spool.finish().await?), reading: Reading::Any, answer })
            .await
            .map_err(|_| stopped())?;
        let receipt = answered.await.map_err(|_| stopped())?;
        note(&came, HTTP, &receipt);
        drop(place);
        receipt
    }
}
