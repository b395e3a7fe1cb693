//! Telemetry of the tenant: its audit records and its tables, taken from where they were left and stored like any other rows.
//!
//! Rows are stored first, and how far that was is kept after them: whatever ends the program between the two, the rows are read once more
//! and known again. Start with [`Feeds::take`]. When that is done, and what becomes of troubles, is for `lane/feeds.rs` and `tenant pull`.

use std::{
    collections::BTreeSet,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use serde::{Deserialize, Serialize};
use server::{
    Metrics,
    intake::{Receipt, Refusal},
};
use state::{State, StateError};
use tenant::{
    ContentType, Feed, FeedBatch, FeedCheckpoint, FeedPull, HuntBatch, HuntCheckpoint, HuntFeed, HuntPull, HuntSettings,
};
use tokio::{sync::Notify, time::Instant};

use super::{Came, Rows};
use crate::{clock, config::Config, failure::Failure, geoip, harden::Reached, term};

/// How far the first time reaches back, in microseconds: as far as the audit log is kept for programs.
const BACK: i64 = 7 * 24 * 3_600_000_000;
/// Bytes of rows that are stored together, and how long they wait for others: a version of a table for each small piece would be many.
const TOGETHER: usize = 8 << 20;
const WAIT: Duration = Duration::from_secs(10);
/// How the names begin under which the state keeps how far feeds have come.
const NAME: &str = "feed/";

/// Something that is taken from the tenant over and over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// A content type of the audit log.
    Audit(ContentType),
    /// A table of advanced hunting.
    Table(String),
}

impl Source {
    /// The service's name for it.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Audit(content) => content.as_str(),
            Self::Table(name) => name,
        }
    }

    /// What it is called among all sources of rows.
    pub(crate) fn about(&self) -> String {
        format!("tenant feed {}", self.name())
    }

    /// The table that all its rows are of; records of the audit log say themselves what they are.
    fn table(&self) -> Option<&str> {
        match self {
            Self::Audit(_) => None,
            Self::Table(name) => Some(name),
        }
    }
}

/// The feeds that the configuration names.
pub(crate) fn sources(config: &Config) -> Vec<Source> {
    let names =
        |set: &Option<crate::config::Set<Vec<String>>>| set.iter().flat_map(|set| set.value.clone()).collect::<BTreeSet<_>>();
    let audit = names(&config.tenant.feeds).into_iter().map(|name| Source::Audit(ContentType::new(&name)));
    audit.chain(names(&config.tenant.hunting).into_iter().map(Source::Table)).collect()
}

/// What is kept of a feed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Kept {
    audit: FeedCheckpoint,
    table: HuntCheckpoint,
    /// When it was last taken to its end, in microseconds since 1970.
    pub(crate) came: Option<i64>,
    /// When it was last tried.
    pub(crate) tried: Option<i64>,
    /// When it last brought rows.
    pub(crate) brought: Option<i64>,
    /// New rows so far.
    pub(crate) rows: u64,
    /// What was wrong the last time.
    pub(crate) trouble: Option<String>,
}

impl Kept {
    /// What the state has of a tenant's feed.
    pub(crate) async fn load(state: &State, tenant: &str, source: &Source) -> Result<Self, Failure> {
        Self::read(state, &name(tenant, source)).await.map_err(Failure::internal)
    }

    async fn read(state: &State, name: &str) -> Result<Self, Trouble> {
        let Some(body) = state.checkpoint(name).await? else { return Ok(Self::default()) };
        serde_json::from_str(&body).map_err(|error| Trouble::Kept(error.to_string()))
    }
}

/// The name under which the state keeps how far a tenant's feed has come.
fn name(tenant: &str, source: &Source) -> String {
    format!("{NAME}{}/{}", tenant.to_ascii_lowercase(), source.name())
}

/// Why a feed was not taken to its end. What was stored before stays.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    /// The tenant did not give it.
    #[error("{0}")]
    Tenant(#[from] tenant::Error),
    /// The rows could not be stored.
    #[error("its rows could not be stored: {0}")]
    Store(#[from] Refusal),
    /// How far it is could not be read or kept.
    #[error("{0}")]
    State(#[from] StateError),
    /// What was kept cannot be understood.
    #[error("how far it has come cannot be read: {0}")]
    Kept(String),
    /// Pieces of it could not be read; the others are stored.
    #[error("{count} of its pieces could not be read, and are tried again until they expire; the first: {first}")]
    Pieces {
        /// How many.
        count: usize,
        /// What is wrong with the first.
        first: String,
    },
}

impl Trouble {
    /// How long the service asked to be left alone.
    pub(crate) const fn wait(&self) -> Option<Duration> {
        match self {
            Self::Tenant(tenant::Error::Throttled { wait, .. }) => *wait,
            Self::Tenant(_) | Self::Store(_) | Self::State(_) | Self::Kept(_) | Self::Pieces { .. } => None,
        }
    }

    /// What tells it from other troubles: a refused sign-in has another number and moment in its words each time.
    pub(crate) fn kind(&self) -> String {
        match self {
            Self::Tenant(tenant::Error::SignIn(refused)) => refused.code.clone(),
            other => other.to_string(),
        }
    }

    /// Whether the same may work later without anybody's doing.
    pub(crate) fn is_passing(&self) -> bool {
        match self {
            Self::Tenant(error) => error.is_passing(),
            Self::Store(_) | Self::State(_) | Self::Pieces { .. } => true,
            Self::Kept(_) => false,
        }
    }
}

/// What came of a look at a feed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Taken {
    /// What was given to be stored, and what became of it.
    pub(crate) receipt: Receipt,
    /// What is gone for good: it expired, or the service gives only a part.
    pub(crate) lost: Vec<String>,
    /// What could not be read now.
    failing: Vec<String>,
}

/// The tenant's feeds.
pub(crate) struct Feeds {
    reached: Arc<Reached>,
    state: State,
    rows: Rows,
    metrics: Arc<Metrics>,
    came: Arc<Came>,
    /// What is taken.
    pub(crate) sources: Vec<Source>,
    /// How long between two looks.
    pub(crate) every: Duration,
    /// What was said about the rows before, so that it is said once.
    told: Mutex<BTreeSet<String>>,
}

impl Feeds {
    /// Those of the configuration; `None` where it names none. `arrived` is woken whenever rows were added; `came` counts them.
    pub(crate) fn open(
        data: &Path,
        config: &Config,
        state: &State,
        metrics: &Arc<Metrics>,
        arrived: &Arc<Notify>,
        came: &Arc<Came>,
    ) -> Result<Option<Arc<Self>>, Failure> {
        let sources = sources(config);
        if sources.is_empty() {
            return Ok(None);
        }
        let Some(reached) = Reached::open(&config.tenant)? else { return Ok(None) };
        let databases: Vec<_> = config.geoip.iter().map(|set| set.value.clone()).collect();
        let reading = sources::Options { geography: geoip::databases(&databases)?, ..sources::Options::default() };
        let rows = Rows::start(data, reading, metrics, arrived);
        let (state, metrics, every) = (state.clone(), Arc::clone(metrics), config.tenant.poll());
        sources.iter().for_each(|source| came.begin(&source.about(), now()));
        let came = Arc::clone(came);
        Ok(Some(Arc::new(Self { reached, state, rows, metrics, came, sources, every, told: Mutex::default() })))
    }

    /// Takes what is new of a feed, and keeps what came of it.
    pub(crate) async fn take(&self, source: &Source) -> Result<Taken, Trouble> {
        let mut taken = Taken::default();
        let taking = self.take_all(source, &mut taken).await;
        self.tell(source, &taken);
        let outcome = match (taking, taken.failing.first()) {
            (Ok(()), Some(first)) => Err(Trouble::Pieces { count: taken.failing.len(), first: first.clone() }),
            (Ok(()), None) => Ok(()),
            (Err(trouble), _) => Err(trouble),
        };
        if outcome.is_err() {
            self.metrics.feed_failed(source.name());
        }
        let noted = self.note(source, &taken, outcome.as_ref().err()).await;
        outcome?;
        noted?;
        Ok(taken)
    }

    /// Notes when a feed was tried and what was wrong, beside how far it has come.
    async fn note(&self, source: &Source, taken: &Taken, trouble: Option<&Trouble>) -> Result<(), Trouble> {
        let (name, now) = (name(self.reached.client.tenant(), source), now());
        let mut kept = Kept::read(&self.state, &name).await?;
        kept.tried = Some(now);
        kept.trouble = trouble.map(ToString::to_string);
        if matches!(trouble, None | Some(Trouble::Pieces { .. })) {
            kept.came = Some(now);
        }
        if taken.receipt.added > 0 {
            kept.brought = Some(now);
        }
        kept.rows = kept.rows.saturating_add(taken.receipt.added);
        #[expect(clippy::cast_precision_loss, reason = "a duration for a gauge")]
        let lag = kept.came.map(|came| now.saturating_sub(came).max(0) as f64 / 1e6);
        if let Some(lag) = lag {
            self.metrics.feed_lag(source.name(), lag);
        }
        self.metrics.feed_took(source.name(), taken.receipt.added);
        self.came.add(&source.about(), taken.receipt.added, now);
        self.keep(&name, &kept, now).await
    }

    async fn keep(&self, name: &str, kept: &Kept, now: i64) -> Result<(), Trouble> {
        let body = serde_json::to_string(kept).map_err(|error| Trouble::Kept(error.to_string()))?;
        Ok(self.state.keep_checkpoint(name, &body, now).await?)
    }

    async fn take_all(&self, source: &Source, taken: &mut Taken) -> Result<(), Trouble> {
        let now = now();
        let kept = Kept::read(&self.state, &name(self.reached.client.tenant(), source)).await?;
        match source {
            Source::Audit(content) => {
                // Requests that name no publisher share their room with those of everybody.
                let publisher = self.reached.client.id().await?.to_owned();
                let feed = Feed::new(Arc::clone(&self.reached.client), Some(publisher));
                let pull = Pull::Audit(feed.pull(content, &kept.audit, BACK, now));
                self.drain(source, pull, taken).await
            }
            Source::Table(table) => {
                let settings = HuntSettings { back: Duration::from_micros(BACK.unsigned_abs()), ..HuntSettings::default() };
                let feed = HuntFeed::new(self.reached.graph.clone(), settings);
                let pull = Pull::Table(feed.pull(table, &kept.table, now)?);
                self.drain(source, pull, taken).await
            }
        }
    }

    /// Takes one batch after the other, and stores several at a time. What was given before something fails is stored all the same.
    async fn drain(&self, source: &Source, mut pull: Pull<'_>, taken: &mut Taken) -> Result<(), Trouble> {
        let mut gathered = Gathered::default();
        let mut since = Instant::now();
        loop {
            let ended = match pull.next().await {
                Ok(Some(batch)) => {
                    gathered.add(batch, taken);
                    None
                }
                Ok(None) => Some(Ok(())),
                Err(error) => Some(Err(Trouble::from(error))),
            };
            if ended.is_some() || gathered.lines.len() >= TOGETHER || since.elapsed() >= WAIT {
                self.store(source, std::mem::take(&mut gathered), taken).await?;
                since = Instant::now();
            }
            if let Some(ended) = ended {
                return ended;
            }
        }
    }

    /// Stores rows, then keeps how far that is.
    async fn store(&self, source: &Source, gathered: Gathered, taken: &mut Taken) -> Result<(), Trouble> {
        let Some(progress) = gathered.progress else { return Ok(()) };
        if !gathered.lines.is_empty() {
            let about = format!("the tenant's {}", source.name());
            let receipt = self.rows.read(source.table(), &about, gathered.lines).await?;
            add(&mut taken.receipt, receipt);
        }
        let name = name(self.reached.client.tenant(), source);
        let mut kept = Kept::read(&self.state, &name).await?;
        match progress {
            Progress::Audit(checkpoint) => kept.audit = checkpoint,
            Progress::Table(checkpoint) => kept.table = checkpoint,
        }
        self.keep(&name, &kept, now()).await
    }

    /// Says what was lost, what was rejected, and what is odd about the rows: the same once.
    fn tell(&self, source: &Source, taken: &Taken) {
        let name = source.name();
        for lost in &taken.lost {
            term::warn(&format!("{name}: lost: {lost}"));
        }
        if let Some(first) = taken.receipt.rejects.first() {
            let rejected = term::count(taken.receipt.rejected, "row");
            term::warn(&format!("{name}: {rejected} could not be read (see the table Rejects); the first: {}", first.reason));
        }
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        for odd in taken.receipt.faults.iter().chain(&taken.receipt.notices) {
            if told.insert(odd.clone()) {
                term::warn(&format!("{name}: {odd}"));
            }
        }
    }
}

/// Either way of taking.
enum Pull<'a> {
    Audit(FeedPull<'a>),
    Table(HuntPull<'a>),
}

/// Either kind of batch.
enum Batch {
    Audit(FeedBatch),
    Table(HuntBatch),
}

/// How far a feed is.
enum Progress {
    Audit(FeedCheckpoint),
    Table(HuntCheckpoint),
}

impl Pull<'_> {
    async fn next(&mut self) -> Result<Option<Batch>, tenant::Error> {
        Ok(match self {
            Self::Audit(pull) => pull.next().await?.map(Batch::Audit),
            Self::Table(pull) => pull.next().await?.map(Batch::Table),
        })
    }
}

/// Rows that wait to be stored, and how far everything is once they are.
#[derive(Default)]
struct Gathered {
    lines: Vec<u8>,
    progress: Option<Progress>,
}

impl Gathered {
    fn add(&mut self, batch: Batch, taken: &mut Taken) {
        let rows = match batch {
            Batch::Audit(batch) => {
                taken.lost.extend(batch.lost.into_iter().map(|lost| lost.why));
                taken.failing.extend(batch.failing.into_iter().map(|failing| failing.why));
                self.progress = Some(Progress::Audit(batch.checkpoint));
                batch.records
            }
            Batch::Table(batch) => {
                if batch.is_short {
                    let from = tenant::moment::seconds(batch.window.from);
                    taken.lost.push(format!("the second that begins at {from} has more rows than the service gives at once"));
                }
                self.progress = Some(Progress::Table(batch.checkpoint));
                batch.rows
            }
        };
        for row in rows {
            // A line feed stands between tokens only: in texts JSON escapes it (RFC 8259 section 7).
            self.lines.extend(row.bytes().map(|byte| if matches!(byte, b'\n' | b'\r') { b' ' } else { byte }));
            self.lines.push(b'\n');
        }
    }
}

/// Counts of several stores together.
fn add(sum: &mut Receipt, more: Receipt) {
    sum.added += more.added;
    sum.duplicates += more.duplicates;
    sum.rejected += more.rejected;
    for (table, counts) in more.tables {
        let known = sum.tables.entry(table).or_default();
        known.added += counts.added;
        known.duplicates += counts.duplicates;
    }
    sum.rejects.extend(more.rejects);
    sum.faults.extend(more.faults);
    sum.notices.extend(more.notices);
}

fn now() -> i64 {
    clock::micros(clock::now())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feed_has_a_name_of_its_own_in_each_tenant() {
        let source = Source::Audit(ContentType::new("Audit.Exchange"));
        assert_eq!(name("Contoso.onmicrosoft.com", &source), "feed/contoso.onmicrosoft.com/Audit.Exchange");
        assert_eq!(name("b", &Source::Table("EmailEvents".to_owned())), "feed/b/EmailEvents");
    }

    #[test]
    fn what_an_older_version_kept_can_be_read() -> Result<(), serde_json::Error> {
        let kept: Kept = serde_json::from_str("{\"came\":5,\"rows\":2}")?;
        assert_eq!((kept.came, kept.rows, kept.trouble), (Some(5), 2, None));
        Ok(())
    }

    #[test]
    fn a_record_of_several_lines_becomes_one() {
        let (mut gathered, mut taken) = (Gathered::default(), Taken::default());
        let records = vec!["{\r\n \"a\": 1\n}".to_owned(), "{\"b\":2}".to_owned()];
        let batch = FeedBatch { records, checkpoint: FeedCheckpoint::default(), lost: Vec::new(), failing: Vec::new() };
        gathered.add(Batch::Audit(batch), &mut taken);
        assert_eq!(gathered.lines, b"{   \"a\": 1 }\n{\"b\":2}\n");
    }
}
