//! Events that came late: the runs that should have seen them are made again.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
};

use detect::{
    continuous::{Seen, seen_by_all},
    run::Reason,
    schedule::{Arrival, Slot},
    telemetry::{Clock as _, Failed},
};

use rules::Rule;

use crate::{
    failure::Failure,
    watch::{
        House,
        tables::{News, View},
    },
};

/// How long arrivals are gathered before runs are made again, in microseconds: the same run then serves many of them.
const GATHERING: i64 = 60_000_000;
/// Runs of one rule that are made again before another rule has its turn.
const AT_A_TIME: usize = 16;
/// Stretches of a table's arrivals that are remembered one by one; beyond, neighbours are put together.
const STRETCHES: usize = 10_000;

/// Events that came late.
#[derive(Debug, Default)]
pub(crate) struct Late(Mutex<Gathered>);

#[derive(Debug, Default)]
struct Gathered {
    /// Up to here arrivals have been noted.
    seen: Seen,
    /// When the events of each table's arrivals happened.
    arrivals: BTreeMap<String, Vec<Arrival>>,
    /// Runs to be made again, by the rule's key.
    waiting: BTreeMap<String, VecDeque<Slot>>,
    /// When runs were last derived from arrivals.
    derived: Option<i64>,
    /// Up to where arrivals had been noted then, until that is kept: it is when all these runs are made.
    to_keep: Option<Seen>,
    /// When arrivals were last among that.
    worked: Option<i64>,
    /// A failed run is made again not before.
    rests_until: BTreeMap<String, i64>,
}

impl Late {
    /// Arrivals after `seen` have not been looked at.
    pub(crate) fn start(seen: Seen) -> Self {
        Self(Mutex::new(Gathered { seen, ..Gathered::default() }))
    }

    /// Forgets runs of rules whose keys are not wanted.
    pub(super) fn keep_only(&self, wanted: impl Fn(&str) -> bool) {
        self.gathered().waiting.retain(|key, _| wanted(key));
    }

    fn gathered(&self) -> std::sync::MutexGuard<'_, Gathered> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Gathered {
    fn note(&mut self, table: &str, times: Vec<Arrival>) {
        let arrivals = self.arrivals.entry(table.to_owned()).or_default();
        arrivals.extend(times);
        if arrivals.len() > STRETCHES {
            arrivals.sort_unstable();
            let together = arrivals.len().div_ceil(STRETCHES / 2);
            *arrivals = arrivals.chunks(together).filter_map(united).collect();
        }
    }
}

/// One stretch that holds all of these.
fn united(arrivals: &[Arrival]) -> Option<Arrival> {
    let unite = |a: Arrival, b: Arrival| Arrival {
        first: a.first.min(b.first),
        last: a.last.max(b.last),
        noticed: a.noticed.max(b.noticed),
    };
    arrivals.iter().copied().reduce(unite)
}

impl House {
    /// Notes when the events happened that arrived.
    pub(crate) async fn note_late(
        &self,
        versions: &Seen,
        news: impl AsyncFnOnce(&Seen) -> Result<Arc<News>, Failure>,
    ) -> Result<(), Failure> {
        let seen = self.late.gathered().seen.clone();
        if versions.iter().all(|(table, version)| seen.get(table) >= Some(version)) {
            return Ok(());
        }
        let noticed = self.watch.clock.now();
        let news = news(&seen).await?;
        for table in news.tables.keys() {
            // A table that cannot be read does not keep the others waiting.
            let about = format!("late events of {table}");
            match self.watch.telemetry.times(&news, table, noticed).await {
                Ok(times) => {
                    self.late.gathered().note(table, times);
                    self.troubles.set(&about, None);
                }
                Err(Failed(reason)) => self.troubles.set(&about, Some(reason)),
            }
        }
        self.late.gathered().seen.clone_from(&news.view.versions);
        Ok(())
    }

    /// Makes runs again that did not see what came after them.
    pub(crate) async fn see_late(self: &Arc<Self>) -> Result<(), Failure> {
        self.see_late_once().await.map(|_| ())
    }

    /// Makes runs again, of each rule a few. True where more can be made at once.
    pub(crate) async fn see_late_once(self: &Arc<Self>) -> Result<bool, Failure> {
        let now = self.watch.clock.now();
        self.derive_late(now).await?;
        let rules = self.waiting(now);
        if !rules.is_empty() {
            let view = Arc::new(self.view().await?);
            let tasks = rules.into_iter().map(|rule| (rule, Arc::clone(&view)));
            self.for_each(tasks, |house, (rule, view)| async move { house.again(&rule, &view).await }).await?;
        }
        self.keep_seen(now).await?;
        Ok(!self.waiting(self.watch.clock.now()).is_empty())
    }

    /// The rules that have runs to make again and do not rest.
    fn waiting(&self, now: i64) -> Vec<Arc<Rule>> {
        let gathered = self.late.gathered();
        let rests = |key: &str| gathered.rests_until.get(key).is_some_and(|until| now < *until);
        let waits = |key: &str| gathered.waiting.get(key).is_some_and(|slots| !slots.is_empty());
        self.rules.live().watched.iter().filter(|rule| waits(&rule.key) && !rests(&rule.key)).cloned().collect()
    }

    /// Makes a few runs of a rule again. One that fails stays, and is made again later.
    async fn again(&self, rule: &Rule, view: &View) -> Result<(), Failure> {
        for _ in 0..AT_A_TIME {
            let slot = self.late.gathered().waiting.get(&rule.key).and_then(|slots| slots.front().copied());
            let Some(slot) = slot else { break };
            let made = self.watch.make(rule, slot, Reason::Late, view).await?;
            let failed = made.run.status == "failed";
            self.tell(rule, std::slice::from_ref(&made), None).await?;
            let mut gathered = self.late.gathered();
            if failed {
                gathered.rests_until.insert(rule.key.clone(), self.watch.clock.now().saturating_add(GATHERING));
                break;
            }
            if let Some(slots) = gathered.waiting.get_mut(&rule.key) {
                slots.pop_front();
            }
        }
        Ok(())
    }

    /// Which runs have to be made again for what was noted. What comes after a quiet minute is looked at as soon as it is there.
    async fn derive_late(&self, now: i64) -> Result<(), Failure> {
        let (arrivals, seen) = {
            let mut gathered = self.late.gathered();
            let last = if gathered.arrivals.is_empty() { gathered.derived } else { gathered.worked };
            let recent = last.is_some_and(|at| (at..at.saturating_add(GATHERING)).contains(&now));
            if recent || !gathered.waiting.is_empty() {
                return Ok(());
            }
            (std::mem::take(&mut gathered.arrivals), gathered.seen.clone())
        };
        match self.runs_for(&arrivals).await {
            Ok(waiting) => {
                let mut gathered = self.late.gathered();
                gathered.waiting = waiting;
                gathered.derived = Some(now);
                gathered.to_keep = Some(seen);
                if !arrivals.is_empty() {
                    gathered.worked = Some(now);
                }
                Ok(())
            }
            Err(failure) => {
                let mut gathered = self.late.gathered();
                arrivals.into_iter().for_each(|(table, times)| gathered.note(&table, times));
                Err(failure)
            }
        }
    }

    /// The runs of each rule that reads what arrived.
    async fn runs_for(&self, arrivals: &BTreeMap<String, Vec<Arrival>>) -> Result<BTreeMap<String, VecDeque<Slot>>, Failure> {
        let mut runs = BTreeMap::new();
        if arrivals.is_empty() {
            return Ok(runs);
        }
        let view = self.view().await?;
        for rule in self.rules.live().watched.iter().filter(|rule| !rule.schedule.continuous) {
            let reading = self.reading(rule, &view).await;
            let times: Vec<Arrival> = reading.tables.iter().filter_map(|table| arrivals.get(table)).flatten().copied().collect();
            let slots = if times.is_empty() { Vec::new() } else { self.watch.late(rule, &times).await? };
            if !slots.is_empty() {
                runs.insert(rule.key.clone(), slots.into());
            }
        }
        Ok(runs)
    }

    /// Keeps up to where everybody has looked at what arrived, once all runs have been made again.
    async fn keep_seen(&self, now: i64) -> Result<(), Failure> {
        let seen = {
            let mut gathered = self.late.gathered();
            gathered.waiting.retain(|_, slots| !slots.is_empty());
            if !gathered.waiting.is_empty() {
                return Ok(());
            }
            gathered.to_keep.clone()
        };
        let Some(seen) = seen else { return Ok(()) };
        let (continuous, rules) = self.continuous.seen();
        if let Some(seen) = seen_by_all(continuous.iter().chain([&seen])) {
            let rules: Vec<&str> = rules.iter().map(String::as_str).collect();
            self.watch.state.saw(&seen, &rules, now).await?;
        }
        self.late.gathered().to_keep = None;
        Ok(())
    }
}
