//! Rows of live mail: made and stored after the mail server has its answer, many messages together.
//!
//! What waits is bounded in bytes. Where the tables cannot be written for long, the rows of further messages are lost, counted and told of:
//! mail does not wait for them.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use arrow::array::RecordBatch;
use mailauth::{
    Message,
    evidence::{Direction, Trust},
    verify::Verdicts,
};
use server::{Metrics, intake::Refusal};
use sources::message::{Delivery, Envelope, Parsed, Tables};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

use crate::{term, watch::Rows};

/// Kibibytes of messages whose rows may be on their way.
const WAITING: u32 = 128 << 10;
/// How often rows are handed in again.
const TRIES: u32 = 20;
/// Messages whose rows are made and stored together, at most: a batch costs the same for one message as for a hundred.
const TOGETHER: usize = 128;
/// Groups of messages that are worked on at a time: that takes the processor, and answers come first.
const ABREAST: usize = 2;

/// A message that was answered.
pub(super) struct Answered {
    pub(super) bytes: Vec<u8>,
    pub(super) envelope: Envelope,
    pub(super) verdicts: Option<Verdicts>,
    pub(super) delivery: Delivery,
    pub(super) direction: Direction,
    /// Whose words in the header count.
    pub(super) trust: Arc<Trust>,
}

/// A message, and the room it takes while its rows are on their way.
type Waiting = (Answered, OwnedSemaphorePermit);

/// Where rows go.
pub(super) struct Telemetry {
    queue: mpsc::UnboundedSender<Waiting>,
    metrics: Arc<Metrics>,
    room: Arc<Semaphore>,
    /// Whether somebody was told that rows are lost.
    told: AtomicBool,
}

impl Telemetry {
    pub(super) fn new(rows: Rows, metrics: Arc<Metrics>) -> Self {
        // What is in the queue has its room, and there is only so much of that.
        let (queue, waiting) = mpsc::unbounded_channel();
        tokio::spawn(work(waiting, rows, Arc::clone(&metrics)));
        Self { queue, metrics, room: Arc::new(Semaphore::new(WAITING as usize)), told: AtomicBool::new(false) }
    }

    /// Takes a message; its rows are there soon.
    pub(super) fn take(&self, answered: Answered) {
        let kibibytes = u32::try_from(answered.bytes.len() >> 10).unwrap_or(u32::MAX).saturating_add(4).min(WAITING);
        let room = Arc::clone(&self.room).try_acquire_many_owned(kibibytes).ok();
        if room.is_some_and(|room| self.queue.send((answered, room)).is_ok()) {
            return;
        }
        self.metrics.mail_trouble("rows_lost");
        if !self.told.swap(true, Ordering::Relaxed) {
            term::warn(
                "the tables cannot be written fast enough: rows of live mail are lost (spoofwatch_milter_troubles_total counts them)",
            );
        }
    }

    /// Waits until nothing is on its way.
    pub(super) async fn drain(&self) {
        let _ = self.room.acquire_many(WAITING).await;
    }
}

/// Makes and stores the rows of what waits, until nobody can bring more. While one group is stored the next gathers.
async fn work(mut waiting: mpsc::UnboundedReceiver<Waiting>, rows: Rows, metrics: Arc<Metrics>) {
    let places = Arc::new(Semaphore::new(ABREAST));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let mut group = Vec::new();
        if waiting.recv_many(&mut group, TOGETHER).await == 0 {
            return;
        }
        let (rows, metrics) = (rows.clone(), Arc::clone(&metrics));
        tokio::spawn(async move {
            stored(group, &rows, &metrics).await;
            drop(place);
        });
    }
}

/// Makes the rows of a group of messages and stores them; those that are lost are counted and told of.
async fn stored(group: Vec<Waiting>, rows: &Rows, metrics: &Metrics) {
    let count = group.len();
    let lost = |count: usize, reason: &str| {
        (0..count).for_each(|_| metrics.mail_trouble("rows_lost"));
        term::warn(&format!("rows of {} are lost: {reason}", term::count(count as u64, "message")));
    };
    let (messages, room): (Vec<Answered>, Vec<OwnedSemaphorePermit>) = group.into_iter().unzip();
    let made = match tokio::task::spawn_blocking(move || made(&messages)).await {
        Ok(made) => made,
        Err(stopped) => return lost(count, &stopped.to_string()),
    };
    for reason in &made.faults {
        lost(1, reason);
    }
    for tries in 1.. {
        match rows.add(made.rows.clone()).await {
            Ok(_) => break,
            Err(Refusal::Unavailable { retry_after, .. }) if tries < TRIES => {
                tokio::time::sleep(Duration::from_secs(retry_after)).await;
            }
            Err(refusal) => {
                lost(count.saturating_sub(made.faults.len()), &refusal.to_string());
                break;
            }
        }
    }
    drop(room);
}

/// The rows of one message, by table.
pub(super) fn rows_of(answered: &Answered) -> Result<Vec<(String, RecordBatch)>, String> {
    let mut made = made(std::slice::from_ref(answered));
    made.faults.pop().map_or(Ok(made.rows), Err)
}

/// Rows of a group of messages, by table, and why some messages made none.
#[derive(Default)]
struct Made {
    rows: Vec<(String, RecordBatch)>,
    faults: Vec<String>,
}

fn made(messages: &[Answered]) -> Made {
    let arrived = messages.iter().filter_map(|answered| answered.envelope.arrived).max();
    let (mut made, mut tables) = (Made::default(), Tables::new(arrived));
    for answered in messages {
        let message = Message::new(&answered.bytes);
        let moment = answered.envelope.arrived;
        let parsed = Parsed::read(&message, answered.envelope.clone(), "live mail", false, &answered.trust);
        let parsed = Parsed { direction: answered.direction, ..parsed };
        if let Err(error) = tables.push(&parsed, answered.verdicts.as_ref(), Some(&answered.delivery), moment) {
            made.faults.push(error.to_string());
        }
    }
    match tables.finish() {
        Ok(batches) => made.rows = batches.into_iter().map(|(table, batch)| (table.to_owned(), batch)).collect(),
        Err(error) => made.faults = vec![error.to_string(); messages.len()],
    }
    made
}
