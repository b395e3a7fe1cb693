//! Rows that arrived: continuous rules are asked of them, and those whose time is long past are noted for the rules that run on
//! schedules.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use detect::{
    continuous::{Memory, Move, Seen},
    telemetry::{Clock as _, Failed},
};
use rules::Rule;
use state::{RuleState, State, StateError};

use crate::{
    failure::Failure,
    watch::{
        House,
        tables::{News, View},
    },
};

/// What continuous rules have seen.
#[derive(Debug, Default)]
pub(crate) struct Continuous(Mutex<BTreeMap<String, Memory>>);

impl Continuous {
    /// How the rules stand at a start, when what arrived after `seen` has not been looked at.
    pub(crate) async fn start(rules: &[Arc<Rule>], seen: &Seen, state: &State) -> Result<Self, StateError> {
        let mut memories = BTreeMap::new();
        for rule in rules.iter().filter(|rule| rule.schedule.continuous) {
            let known = state.rule(&rule.key).await?;
            let whole = known.is_some_and(|known| known.evaluated_to.is_some() && !failed(&known));
            memories.insert(rule.key.clone(), Memory::new(seen.clone(), !whole));
        }
        Ok(Self(Mutex::new(memories)))
    }

    /// How a rule stands.
    fn of(&self, rule: &Rule) -> Option<Memory> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&rule.key).cloned()
    }

    /// Keeps how a rule stands, unless it was let go of meanwhile.
    fn keep(&self, rule: &Rule, memory: Memory) {
        if let Some(known) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get_mut(&rule.key) {
            *known = memory;
        }
    }

    /// Whether anything is remembered of a rule.
    pub(super) fn knows(&self, rule: &Rule) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains_key(&rule.key)
    }

    /// A rule begins.
    pub(super) fn begin(&self, rule: &Rule, memory: Memory) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(rule.key.clone(), memory);
    }

    /// Forgets the rules whose keys are not wanted: what they have not seen holds nobody back.
    pub(super) fn keep_only(&self, wanted: impl Fn(&str) -> bool) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|key, _| wanted(key));
    }

    /// Up to where the rules have seen the tables that do not fail (one that fails looks at its window when it starts again), and the
    /// keys of those that have seen all there is.
    pub(crate) fn seen(&self) -> (Vec<Seen>, Vec<String>) {
        let memories = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let well = memories.values().filter(|memory| !memory.is_failing()).map(|memory| memory.seen().clone());
        let up_to_date = memories.iter().filter(|(_, memory)| memory.is_up_to_date()).map(|(key, _)| key.clone());
        (well.collect(), up_to_date.collect())
    }
}

fn failed(known: &RuleState) -> bool {
    known.last_status.as_deref() == Some("failed")
}

/// What the tasks of a turn share.
struct Turn {
    /// The tables as they are, opened when the first rule needs them.
    view: tokio::sync::OnceCell<View>,
    /// What arrived, by what had been seen before: most rules have seen the same.
    news: tokio::sync::Mutex<BTreeMap<Seen, Arc<News>>>,
    versions: Seen,
}

impl Turn {
    async fn news(&self, house: &House, since: &Seen) -> Result<Arc<News>, Failure> {
        let mut known = self.news.lock().await;
        if let Some(news) = known.get(since) {
            return Ok(Arc::clone(news));
        }
        let found = house.watch.telemetry.tables.news(since).await.map_err(|Failed(reason)| Failure::internal(reason))?;
        let news = Arc::new(found);
        known.insert(since.clone(), Arc::clone(&news));
        Ok(news)
    }

    async fn view(&self, house: &House) -> Result<&View, Failure> {
        self.view.get_or_try_init(|| house.view()).await
    }
}

impl House {
    /// Asks the continuous rules of what arrived since they were last asked.
    pub(crate) async fn see_arrivals(self: &Arc<Self>) -> Result<(), Failure> {
        let versions = self.watch.telemetry.tables.versions().await.map_err(|Failed(reason)| Failure::internal(reason))?;
        let turn = Turn { view: tokio::sync::OnceCell::new(), news: tokio::sync::Mutex::default(), versions };
        self.note_late(&turn.versions, async |since| turn.news(self, since).await).await?;
        let live = self.rules.live();
        let rules: Vec<_> = live.watched.iter().filter(|rule| rule.schedule.continuous).cloned().collect();
        if rules.is_empty() {
            return Ok(());
        }
        let known = self.watch.state.rules().await?;
        let known: BTreeMap<String, RuleState> = known.into_iter().map(|rule| (rule.rule_key.clone(), rule)).collect();
        let turn = Arc::new(turn);
        let tasks = rules.into_iter().map(|rule| {
            let last = known.get(&rule.key).and_then(|known| known.evaluated_to);
            (rule, last, Arc::clone(&turn))
        });
        self.for_each(tasks, |house, (rule, last, turn)| async move { house.one_continuous(&rule, last, &turn).await }).await
    }

    async fn one_continuous(&self, rule: &Rule, last: Option<i64>, turn: &Turn) -> Result<(), Failure> {
        let Some(mut memory) = self.continuous.of(rule) else { return Ok(()) };
        let reading = match self.known_reading(rule, &turn.versions) {
            Some(reading) => reading,
            None => self.reading(rule, turn.view(self).await?).await,
        };
        let started = self.watch.clock.now();
        let made_move = memory.moves(&reading, &turn.versions, last, started);
        let (made, versions, arrived) = match made_move {
            Move::Rest => {
                memory.pass(&reading, &turn.versions);
                self.continuous.keep(rule, memory);
                return Ok(());
            }
            Move::Arrived => {
                let news = turn.news(self, memory.seen()).await?;
                let arrived = reading.tables.iter().filter_map(|table| news.tables.get(table)?.written).min();
                (self.watch.make_arrived(rule, &news.view).await?, news.view.versions.clone(), arrived)
            }
            Move::Window => {
                let view = turn.view(self).await?;
                match self.watch.make_window(rule, view).await? {
                    // It rests after an alert or a failure: nothing has been looked at.
                    None => return Ok(()),
                    made => (made, view.versions.clone(), None),
                }
            }
        };
        let whole = made.as_ref().is_none_or(|made| made.run.status != "failed");
        memory.made(made_move, whole, &versions, (started, self.watch.clock.now()));
        self.continuous.keep(rule, memory);
        self.tell(rule, made.as_slice(), arrived).await
    }
}
