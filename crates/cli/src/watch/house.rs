//! Everything that works together in a watch, and the lanes side by side.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError, atomic::AtomicI64},
    time::Duration,
};

use desk::{Event, Events};
use detect::{
    continuous::Seen,
    run::Watch,
    telemetry::{Clock as _, Failed, Reading, Telemetry as _},
};
use futures::{StreamExt as _, stream};
use rules::Rule;
use server::Metrics;
use state::Committed;
use tokio::sync::Notify;

use super::{
    Came, Exclusions, Feeds, Lake, Machine, RuleSet, Senders, Troubles,
    lane::{Continuous, Folders, Late, Rotations},
    tables::View,
};
use crate::{config::ConfigFile, failure::Failure, term};

/// How long a lane rests between two turns.
const BEAT: Duration = Duration::from_millis(500);
/// How long the arrival lane waits for a word of new rows before it looks by itself: another program may have added some.
const LOOK: Duration = Duration::from_millis(250);
/// How long lanes rest that wait for the DNS or a tenant.
const SLOW: Duration = Duration::from_secs(2);
/// How long between two looks at the order of the tables.
const UPKEEP: Duration = Duration::from_secs(60);

/// Everything that works together.
pub(crate) struct House {
    /// The data directory.
    pub(crate) data: PathBuf,
    /// What the configuration file says.
    pub(crate) config: ConfigFile,
    /// The rules that are watched.
    pub(crate) rules: RuleSet,
    /// When the watch began.
    pub(crate) started: i64,
    /// How runs are made.
    pub(crate) watch: Watch<Lake, Machine>,
    /// Who tells of alerts.
    pub(crate) sender: Senders,
    /// What is counted.
    pub(crate) metrics: Arc<Metrics>,
    /// What is wrong at the moment.
    pub(crate) troubles: Arc<Troubles>,
    /// Folders whose files are taken in.
    pub(crate) folders: Folders,
    /// What is taken from the tenant, where that is configured.
    pub(crate) feeds: Option<Arc<Feeds>>,
    /// Rows that came in, by where from.
    pub(crate) came: Arc<Came>,
    /// Rang when rows have been added.
    pub(crate) woken: Arc<Notify>,
    /// Rang when alerts have been raised.
    pub(crate) raised: Notify,
    /// When what is long past was last forgotten.
    pub(crate) forgot: AtomicI64,
    /// Not before this moment are domains looked at again.
    pub(crate) checked: AtomicI64,
    /// Where exclusions are read.
    pub(crate) exclusions: Exclusions,
    /// What continuous rules have seen.
    pub(crate) continuous: Continuous,
    /// Events that came late.
    pub(crate) late: Late,
    /// DKIM keys that are replaced in time.
    pub(crate) rotations: Rotations,
    /// Who tells of what happens, to pages that are open and to others who listen.
    pub(crate) events: Events,
    /// What rules read, as long as there are these tables.
    pub(crate) readings: Mutex<Readings>,
}

/// What rules read, by key.
#[derive(Debug, Default)]
pub(crate) struct Readings {
    tables: Vec<String>,
    known: BTreeMap<String, Arc<Reading>>,
}

impl House {
    /// How many runs are made at a time.
    pub(crate) fn width() -> usize {
        std::thread::available_parallelism().map_or(2, std::num::NonZero::get)
    }

    /// Goes on until a lane fails for good.
    pub(crate) async fn work(self: Arc<Self>) -> Result<(), Failure> {
        // No run is made before it is known what is benign.
        self.know_benign().await?;
        let mut lanes = tokio::task::JoinSet::new();
        macro_rules! lane {
            ($about:literal, $turn:ident, $rest:expr) => {
                let house = Arc::clone(&self);
                lanes.spawn(async move {
                    loop {
                        let turn = house.$turn().await;
                        house.settle($about, turn)?;
                        $rest(&house).await;
                    }
                });
            };
        }
        let beat = |_: &Arc<Self>| tokio::time::sleep(BEAT);
        lane!("exclusions", know_benign, beat);
        lane!("watched folders", take_in, beat);
        lane!("rows that arrived", see_arrivals, async |house: &Arc<Self>| {
            let _ = tokio::time::timeout(LOOK, house.woken.notified()).await;
        });
        lane!("schedules", keep_schedules, beat);
        lane!("late events", see_late, beat);
        lane!("notifications", deliver, async |house: &Arc<Self>| {
            let _ = tokio::time::timeout(BEAT, house.raised.notified()).await;
        });
        lane!("domains", look_at_domains, |_: &Arc<Self>| tokio::time::sleep(SLOW));
        lane!("fixes", work_on_fixes, |_: &Arc<Self>| tokio::time::sleep(SLOW));
        lane!("rules", look_at_rules, |_: &Arc<Self>| tokio::time::sleep(SLOW));
        lane!("dkim rotations", rotate_keys, beat);
        lane!("upkeep", keep_up, |_: &Arc<Self>| tokio::time::sleep(UPKEEP));
        lanes.spawn(Arc::clone(&self).follow_feeds());
        match lanes.join_next().await {
            Some(Ok(ended)) => ended,
            Some(Err(stopped)) => Err(Failure::internal(stopped)),
            None => Ok(()),
        }
    }

    /// One turn of every lane, until nothing is due.
    pub(crate) async fn once(self: Arc<Self>) -> Result<(), Failure> {
        self.know_benign().await?;
        self.take_in().await?;
        self.take_feeds().await;
        // Twice: a rule that sees its window for the first time is asked of what arrived after that.
        self.see_arrivals().await?;
        self.see_arrivals().await?;
        while self.keep_schedules_once().await? {}
        while self.see_late_once().await? {}
        self.look_at_domains().await?;
        self.work_on_fixes().await?;
        self.see_arrivals().await?;
        self.rotate_keys().await?;
        self.came.keep(&self.watch.state, self.watch.clock.now()).await?;
        self.deliver().await
    }

    /// What became of a turn: a fault is in the way until a turn comes to its end.
    fn settle(&self, about: &str, turn: Result<(), Failure>) -> Result<(), Failure> {
        match turn {
            Ok(()) => self.troubles.set(about, None),
            Err(Failure::Told { message, .. }) => self.troubles.set(about, Some(message)),
            Err(other) => return Err(other),
        }
        Ok(())
    }

    /// The tables as they are now.
    pub(crate) async fn view(&self) -> Result<View, Failure> {
        self.watch.telemetry.view().await.map_err(|Failed(reason)| Failure::internal(reason))
    }

    /// What a rule reads, where that is known of tables that are these.
    pub(crate) fn known_reading(&self, rule: &Rule, versions: &Seen) -> Option<Arc<Reading>> {
        let readings = self.readings.lock().unwrap_or_else(PoisonError::into_inner);
        let same = readings.tables.iter().eq(versions.keys());
        readings.known.get(&rule.key).filter(|_| same).cloned()
    }

    /// What a rule reads; a rule whose query has faults reads nothing, and its runs tell why.
    pub(crate) async fn reading(&self, rule: &Rule, view: &View) -> Arc<Reading> {
        if let Some(known) = self.known_reading(rule, &view.versions) {
            return known;
        }
        let reading = Arc::new(self.watch.reading(rule, view).await.unwrap_or_default());
        let mut readings = self.readings.lock().unwrap_or_else(PoisonError::into_inner);
        if !readings.tables.iter().eq(view.versions.keys()) {
            *readings = Readings { tables: view.versions.keys().cloned().collect(), known: BTreeMap::new() };
        }
        readings.known.insert(rule.key.clone(), Arc::clone(&reading));
        reading
    }

    /// A rule may read something else from now on.
    pub(crate) fn forget_readings(&self) {
        self.readings.lock().unwrap_or_else(PoisonError::into_inner).known.clear();
    }

    /// Does the same for several rules, as many at a time as there are processors, each on a task of its own.
    pub(crate) async fn for_each<I, F, W>(self: &Arc<Self>, items: impl IntoIterator<Item = I>, work: W) -> Result<(), Failure>
    where
        W: Fn(Arc<Self>, I) -> F,
        F: Future<Output = Result<(), Failure>> + Send + 'static,
    {
        let tasks = items.into_iter().map(|item| tokio::spawn(work(Arc::clone(self), item)));
        let mut done = stream::iter(tasks).buffer_unordered(Self::width());
        let mut outcome = Ok(());
        while let Some(ended) = done.next().await {
            let ended = ended.unwrap_or_else(|stopped| Err(Failure::internal(stopped)));
            outcome = outcome.and(ended);
        }
        outcome
    }

    /// Tells of what runs did; `arrived` is when the rows came that a run was made for.
    pub(crate) async fn tell(&self, rule: &Rule, made: &[Committed], arrived: Option<i64>) -> Result<(), Failure> {
        for Committed { run, raised } in made {
            #[expect(clippy::cast_precision_loss, reason = "a duration for a histogram")]
            self.metrics.ran(&run.status, run.duration_us as f64 / 1e6);
            let trouble = (run.status == "failed").then(|| run.message.clone());
            if let Some(trouble) = &trouble {
                term::warn(&format!("{}: {trouble}", rule.name));
            }
            self.troubles.set(&rule.name, trouble);
            for id in raised {
                let alert = self.watch.state.alert(id).await?;
                #[expect(clippy::cast_precision_loss, reason = "a duration for a histogram")]
                let delay = arrived.map(|arrived| self.watch.clock.now().saturating_sub(arrived).max(0) as f64 / 1e6);
                self.metrics.raised(&alert.severity, delay);
                self.events.tell(Event {
                    kind: "alert".to_owned(),
                    at: alert.created_at,
                    subject: alert.id.clone(),
                    action: "raised".to_owned(),
                    severity: alert.severity.clone(),
                    title: alert.title.clone(),
                });
                term::say(&format!("{} {}: {}", alert.severity, alert.id.get(..10).unwrap_or(&alert.id), alert.reason));
            }
            if !raised.is_empty() {
                self.raised.notify_one();
            }
        }
        Ok(())
    }
}
