//! Live mail: a mail server shows each message while its sender waits. It is verified, held against the mail-flow rules, marked with our
//! Authentication-Results, and becomes rows.
//!
//! | what | file |
//! | --- | --- |
//! | decides about a message | `filter` |
//! | what is changed of it | `changes` |
//! | which detection rules match it | `detections` |
//! | its rows | `telemetry` |
//! | outgoing mail signed | `sign` |
//! | where mail servers connect | `listen` |
//! | a mail server that messages are handed to | `smtp` |
//!
//! Start with [`Milter`].

mod changes;
mod detections;
mod filter;
mod listen;
mod sign;
mod smtp;
mod telemetry;

use std::{path::Path, sync::Arc, time::Duration};

use mailflow::quarantine::Store;
use milter::{Address, Fallback, Limits, Listener};
use server::Metrics;

pub(crate) use smtp::Smtp;

use crate::{clock, config::Config, failure::Failure, mail::Looking, term, watch::Rows};

use self::{
    detections::Detections,
    filter::{Filter, Trusted},
    sign::Signing,
    telemetry::Telemetry,
};

/// How often what is old leaves the quarantine.
const EXPIRY: Duration = Duration::from_secs(3600);
/// How long rows that are on their way may take when the program is to end.
const DRAIN: Duration = Duration::from_secs(10);

/// A filter that is listened for.
pub(crate) struct Milter {
    listener: Listener,
    filter: Arc<Filter>,
    limits: Limits,
    fallback: Fallback,
    /// How long messages stay in the quarantine, in microseconds.
    keep: i64,
}

impl Milter {
    /// Listens at `place`.
    pub(crate) async fn listen(
        data: &Path,
        place: &Address,
        looking: &Looking,
        config: &Config,
        rows: Rows,
        metrics: &Arc<Metrics>,
    ) -> Result<Self, Failure> {
        let listener = listen::bind(place).await?;
        let filter = Filter {
            authserv_id: config.milter.authserv_id.as_ref().map(|set| set.value.clone()),
            verifier: looking.verifier(&config.mail).await?,
            rules: Arc::clone(&config.mailflow.rules.rules),
            trusted: Trusted::new(looking.trust(&config.mail)?, &config.milter),
            own: config.milter.own(),
            full: config.milter.full(),
            detections: Detections::of(data, config, metrics)?,
            store: Store::of(data),
            signing: Signing::of(config.dkim.table(data), metrics),
            telemetry: Telemetry::new(rows, Arc::clone(metrics)),
            metrics: Arc::clone(metrics),
        };
        let enabled = filter.rules.iter().filter(|rule| rule.enabled).count();
        term::say(&format!(
            "mail servers are answered at {}, {}",
            listen::shown(&listener, place),
            term::count(enabled as u64, "mail-flow rule")
        ));
        Ok(Self {
            listener,
            filter: Arc::new(filter),
            limits: config.milter.limits(),
            fallback: config.milter.fallback(),
            keep: config.mailflow.keep(),
        })
    }

    /// Answers mail servers until `stop` is there; then messages and rows that are under way come to their end.
    pub(crate) async fn run(self, stop: impl Future<Output = ()> + Send) -> Result<(), Failure> {
        let filter = Arc::clone(&self.filter);
        let tidying = tokio::spawn(expire(filter.store.clone(), self.keep));
        let served = milter::serve(self.listener, Arc::clone(&filter), self.limits, self.fallback, stop).await;
        tidying.abort();
        if tokio::time::timeout(DRAIN, filter.telemetry.drain()).await.is_err() {
            term::warn("rows of the last messages were not stored in time");
        }
        served.map_err(|error| Failure::internal(format_args!("mail servers cannot be listened for: {error}")))
    }
}

/// Removes what is old from the quarantine, now and then.
async fn expire(store: Store, keep: i64) {
    loop {
        let store = store.clone();
        let now = clock::micros(clock::now());
        let removed = tokio::task::spawn_blocking(move || store.expire(now.saturating_sub(keep), now)).await;
        if let Ok(Err(error)) = removed {
            term::warn(&error.to_string());
        }
        tokio::time::sleep(EXPIRY).await;
    }
}
