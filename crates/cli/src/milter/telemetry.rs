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

use mailauth::{
    Message,
    evidence::{Direction, Trust},
    verify::Verdicts,
};
use server::{Metrics, intake::Refusal};
use sources::message::{Delivery, Envelope, Parsed, rows};
use tokio::sync::Semaphore;

use crate::{term, watch::Rows};

/// Kibibytes of messages whose rows may be on their way.
const WAITING: u32 = 128 << 10;
/// How often rows are handed in again.
const TRIES: u32 = 20;
/// Messages whose rows are made at a time: that takes the processor, and answers come first.
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

/// Where rows go.
pub(super) struct Telemetry {
    rows: Rows,
    metrics: Arc<Metrics>,
    room: Arc<Semaphore>,
    making: Arc<Semaphore>,
    /// Whether somebody was told that rows are lost.
    told: AtomicBool,
}

impl Telemetry {
    pub(super) fn new(rows: Rows, metrics: Arc<Metrics>) -> Self {
        let room = Arc::new(Semaphore::new(WAITING as usize));
        Self { rows, metrics, room, making: Arc::new(Semaphore::new(ABREAST)), told: AtomicBool::new(false) }
    }

    /// Takes a message; its rows are there soon.
    pub(super) fn take(&self, answered: Answered) {
        let kibibytes = u32::try_from(answered.bytes.len() >> 10).unwrap_or(u32::MAX).saturating_add(4).min(WAITING);
        let Ok(room) = Arc::clone(&self.room).try_acquire_many_owned(kibibytes) else {
            self.metrics.mail_trouble("rows_lost");
            if !self.told.swap(true, Ordering::Relaxed) {
                term::warn(
                    "the tables cannot be written fast enough: rows of live mail are lost (spoofwatch_milter_troubles_total counts them)",
                );
            }
            return;
        };
        let (rows, metrics, making) = (self.rows.clone(), Arc::clone(&self.metrics), Arc::clone(&self.making));
        tokio::spawn(async move {
            if let Err(reason) = stored(answered, &rows, &making).await {
                metrics.mail_trouble("rows_lost");
                term::warn(&format!("rows of a message are lost: {reason}"));
            }
            drop(room);
        });
    }

    /// Waits until nothing is on its way.
    pub(super) async fn drain(&self) {
        let _ = self.room.acquire_many(WAITING).await;
    }
}

/// Makes rows and stores them.
async fn stored(answered: Answered, rows: &Rows, making: &Semaphore) -> Result<(), String> {
    let place = making.acquire().await.map_err(|error| error.to_string())?;
    let made = tokio::task::spawn_blocking(move || made(&answered)).await.map_err(|error| error.to_string())??;
    drop(place);
    for tries in 1.. {
        match rows.add(made.clone()).await {
            Ok(_) => return Ok(()),
            Err(Refusal::Unavailable { retry_after, .. }) if tries < TRIES => {
                tokio::time::sleep(Duration::from_secs(retry_after)).await;
            }
            Err(refusal) => return Err(refusal.to_string()),
        }
    }
    Ok(())
}

fn made(answered: &Answered) -> Result<Vec<(String, arrow::array::RecordBatch)>, String> {
    let message = Message::new(&answered.bytes);
    let moment = answered.envelope.arrived;
    let parsed = Parsed::read(&message, answered.envelope.clone(), "live mail", false, &answered.trust);
    let parsed = Parsed { direction: answered.direction, ..parsed };
    let rows = rows(&parsed, answered.verdicts.as_ref(), Some(&answered.delivery), moment).map_err(|error| error.to_string())?;
    Ok(rows.into_iter().map(|(table, batch)| (table.to_owned(), batch)).collect())
}
