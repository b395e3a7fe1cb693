//! Rules run over history, several at once: what `rules backtest` and `rules evaluate` share.
//!
//! Each rule has states of its own in a temporary folder, so that rules do not wait for each other and nothing of the real state changes.
//! `truth` reads what simulated telemetry says about itself; the rest tells what came out.

mod ahead;
pub(crate) mod compared;
pub(crate) mod days;
pub(crate) mod exclusions;
#[cfg(test)]
mod tests;
pub(crate) mod truth;

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use detect::{
    replay::{self, Foresight, Raised, Range, Replay, Tally, Variant},
    schedule::Slot,
    telemetry::{Failed, Telemetry as _},
};
use engine::{Engine, Environment};
use futures::StreamExt as _;
use rules::{
    Rule,
    exclusion::{Exclusion, Lists},
    parameter,
};
use serde_json::Value;
use state::State;
use tokio::sync::Semaphore;

use self::ahead::Ahead;
use crate::{
    clock,
    config::Config,
    failure::Failure,
    term,
    watch::{Lake, Moments, Whole},
};

/// What is made of the alerts of a replay.
pub(crate) trait Collect: Send + 'static {
    /// Takes an alert in.
    fn take(&mut self, raised: Raised<'_>);
}

/// A rule to be run.
#[derive(Debug)]
pub(crate) struct Job<C> {
    pub(crate) rule: Arc<Rule>,
    /// What is known to be benign, one way and another: a query is run once for all.
    pub(crate) variants: Vec<Vec<Exclusion>>,
    pub(crate) range: Range,
    pub(crate) collector: C,
}

/// A rule that was run.
#[derive(Debug)]
pub(crate) struct Done<C> {
    pub(crate) rule: Arc<Rule>,
    /// What its runs came to, by variant.
    pub(crate) tallies: Vec<Tally>,
    pub(crate) collector: C,
    /// How long it took, in microseconds.
    pub(crate) took: i64,
}

/// Telemetry as it is stored, and where states may be.
#[derive(Debug)]
pub(crate) struct Past {
    telemetry: Arc<Lake>,
    /// How many queries run at once.
    permits: Arc<Semaphore>,
    parameters: BTreeMap<String, Vec<(String, Value)>>,
    /// The lists that exclusions name.
    lists: Lists,
    folder: tempfile::TempDir,
    made: AtomicU64,
}

/// A task that ends when nobody waits for it any more.
struct Held<T>(tokio::task::JoinHandle<T>);

impl<T> Held<T> {
    /// What comes of it; it ends when nobody waits for it any more.
    async fn ended(mut self) -> Result<T, tokio::task::JoinError> {
        (&mut self.0).await
    }
}

impl<T> Drop for Held<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// How far it has come.
struct Count {
    told: Box<dyn Fn(u64, u64) + Send + Sync>,
    done: AtomicU64,
    all: u64,
}

impl Count {
    fn step(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        (self.told)(done, self.all);
    }
}

impl Past {
    /// The tables of an environment, with the parameters of the configuration.
    pub(crate) fn new(engine: Engine, environment: Environment, config: &Config) -> Result<Self, Failure> {
        let folder = tempfile::tempdir().map_err(Failure::internal)?;
        let parameters = config.parameters.keys().map(|rule| (rule.clone(), config.parameters_of(rule))).collect();
        let telemetry = Arc::new(Lake::replayed(engine, environment));
        let permits = Arc::new(Semaphore::new(at_once()));
        Ok(Self { telemetry, permits, parameters, lists: Lists::default(), folder, made: AtomicU64::new(0) })
    }

    /// The same, where exclusions may name these lists.
    pub(crate) fn with_lists(self, lists: Lists) -> Self {
        Self { lists, ..self }
    }

    /// Runs rules, several at once, and gives what came of them in their order. `what` is what a terminal shows meanwhile.
    pub(crate) async fn run<C: Collect>(self, what: &'static str, jobs: Vec<Job<C>>) -> Result<Vec<Done<C>>, Failure> {
        let progress = Arc::new(term::Progress::start(what));
        let shown = Arc::clone(&progress);
        let told = Box::new(move |done, all| shown.at(format!("{what}: {done} of {all} runs")));
        let finished = self.run_telling(told, jobs).await?;
        progress.finish();
        Ok(finished)
    }

    /// The same; `told` hears how many runs are made, and of how many. What is dropped before its end makes no more runs.
    pub(crate) async fn run_telling<C: Collect>(
        self,
        told: Box<dyn Fn(u64, u64) + Send + Sync>,
        jobs: Vec<Job<C>>,
    ) -> Result<Vec<Done<C>>, Failure> {
        let all = jobs.iter().map(|job| replay::slots(&job.rule, &replay::timetable(&job.rule), job.range).len() as u64).sum();
        let count = Arc::new(Count { told, done: AtomicU64::new(0), all });
        let past = Arc::new(self);
        let started = futures::stream::iter(jobs).map(|job| {
            let (past, count) = (Arc::clone(&past), Arc::clone(&count));
            Held(tokio::spawn(async move { past.one(job, &count).await })).ended()
        });
        let mut running = started.buffered(at_once());
        let mut finished = Vec::new();
        while let Some(done) = running.next().await {
            finished.push(done.map_err(Failure::internal)??);
        }
        Ok(finished)
    }

    async fn one<C: Collect>(&self, job: Job<C>, count: &Count) -> Result<Done<C>, Failure> {
        let Job { rule, variants, range, mut collector } = job;
        let began = clock::micros(clock::now());
        let (mut states, mut files, mut made) = (Vec::new(), Vec::new(), Vec::new());
        for exclusions in variants {
            let name = format!("{}.db", self.made.fetch_add(1, Ordering::Relaxed));
            let state = State::scratch(self.folder.path(), &name).await?;
            files.push(self.folder.path().join(name));
            states.push(state.clone());
            made.push(Variant { state, exclusions, lists: self.lists.clone() });
        }
        let parameters = self.parameters.get(&rule.key).map(Vec::as_slice).unwrap_or_default();
        let query = match parameters {
            [] => Some(rule.query.text.clone()),
            // What does not fit is told when the rule runs.
            given => parameter::fill(&rule.query.text, given).ok().map(|filled| filled.query),
        };
        let query = query.unwrap_or_default();
        let foreseen = self.foresight(&rule, &query, range).await;
        let whole = foreseen.as_ref().and_then(Foreseen::whole);
        let foreseen = foreseen.filter(|_| !rule.trigger.fires(0));
        let coming = |slot: &Slot| whole.is_none() && !foreseen.as_ref().is_some_and(|foreseen| foreseen.finds_nothing(*slot));
        let slots = replay::slots(&rule, &replay::timetable(&rule), range).filter(coming).collect();
        let (lake, permits) = (Arc::clone(&self.telemetry), Arc::clone(&self.permits));
        let view = self.telemetry.view().await.map_err(|Failed(reason)| Failure::internal(reason))?;
        let telemetry =
            Ahead::new((lake, view.clone()), Arc::clone(&rule), &query, permits, at_once(), slots).knowing(whole.clone());
        let foresight = foreseen.as_ref().map(|foreseen| -> &dyn Foresight { foreseen });
        let mut told = |raised: Raised<'_>| collector.take(raised);
        let stepped = || count.step();
        let replay = Replay { rule: &rule, parameters, telemetry: &telemetry, view: &view, range, foresight, stepped: &stepped };
        let tallies = replay.run(made, &mut told).await?;
        for (state, file) in states.into_iter().zip(files) {
            state.close().await;
            // What stays is removed with the folder.
            let _ = std::fs::remove_file(file);
        }
        Ok(Done { rule, tallies, collector, took: clock::micros(clock::now()).saturating_sub(began) })
    }

    /// What all runs find, or at least when they can find anything, where the rule runs so often that asking pays.
    async fn foresight(&self, rule: &Rule, query: &str, range: Range) -> Option<Foreseen> {
        let mut slots = replay::slots(rule, &replay::timetable(rule), range);
        if slots.len() < WORTH_ASKING {
            return None;
        }
        let from = slots.next()?.from.unwrap_or(0).min(range.from);
        if let Some(whole) = self.telemetry.whole(rule, query, from, range.to).await {
            return Some(Foreseen::Whole(Arc::new(whole)));
        }
        self.telemetry.moments(rule, query, from, range.to).await.map(Foreseen::Moments)
    }
}

/// How many rules, and queries, run at once.
fn at_once() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Runs of a rule for which it is asked beforehand when it can find anything.
const WORTH_ASKING: usize = 4;

/// What is known of runs before they are made.
enum Foreseen {
    /// The moments of rows that a rule's result can come from.
    Moments(Moments),
    /// All that they find.
    Whole(Arc<Whole>),
}

impl Foreseen {
    fn whole(&self) -> Option<Arc<Whole>> {
        match self {
            Self::Moments(_) => None,
            Self::Whole(whole) => Some(Arc::clone(whole)),
        }
    }
}

impl Foresight for Foreseen {
    fn finds_nothing(&self, slot: Slot) -> bool {
        match self {
            Self::Moments(moments) => moments.is_quiet(slot),
            Self::Whole(whole) => whole.is_quiet(slot),
        }
    }
}
