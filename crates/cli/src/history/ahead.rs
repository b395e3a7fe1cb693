//! A rule's queries run ahead of its replay: what a run finds does not depend on the runs before it, only what becomes of it does.

use std::{
    collections::VecDeque,
    iter::Peekable,
    sync::{Arc, Mutex},
    vec::IntoIter,
};

use detect::{
    schedule::Slot,
    telemetry::{Ask, Failed, Found, Reading, Telemetry},
};
use rules::Rule;
use tokio::{sync::Semaphore, task::JoinHandle};

use crate::watch::{Lake, View, Whole};

/// The telemetry of one rule, asked for runs to come while one is being dealt with.
#[derive(Debug)]
pub(super) struct Ahead {
    telemetry: Arc<Lake>,
    view: Arc<View>,
    rule: Arc<Rule>,
    query: Arc<str>,
    /// How many queries run at once, of all rules together.
    permits: Arc<Semaphore>,
    /// How many runs are asked for beforehand.
    depth: usize,
    /// All that the rule finds, where that is known.
    whole: Option<Arc<Whole>>,
    line: Mutex<Line>,
}

/// The runs to come, and those that have been asked for, in order.
#[derive(Debug)]
struct Line {
    coming: Peekable<IntoIter<Slot>>,
    started: VecDeque<(Slot, JoinHandle<Result<Found, Failed>>)>,
}

impl Drop for Line {
    fn drop(&mut self) {
        self.started.iter().for_each(|(_, task)| task.abort());
    }
}

impl Ahead {
    /// The telemetry for the runs of a rule in `slots`, which are in order; other runs are asked for when they are made.
    pub(super) fn new(
        (telemetry, view): (Arc<Lake>, View),
        rule: Arc<Rule>,
        query: &str,
        permits: Arc<Semaphore>,
        depth: usize,
        slots: Vec<Slot>,
    ) -> Self {
        let line = Mutex::new(Line { coming: slots.into_iter().peekable(), started: VecDeque::new() });
        Self { telemetry, view: Arc::new(view), rule, query: query.into(), permits, depth: depth.max(1), whole: None, line }
    }

    /// The same, where all that the rule finds may be known.
    pub(super) fn knowing(self, whole: Option<Arc<Whole>>) -> Self {
        Self { whole, ..self }
    }

    /// The task of a run, if it is the next; starts those after it.
    fn next(&self, asked: Slot, limit: usize) -> Option<JoinHandle<Result<Found, Failed>>> {
        let mut line = self.line.lock().ok()?;
        while let Some((_, passed)) = line.started.pop_front_if(|(slot, _)| slot.at < asked.at) {
            passed.abort();
        }
        while line.started.is_empty() && line.coming.next_if(|slot| slot.at < asked.at).is_some() {}
        self.fill(&mut line, limit);
        let found = line.started.pop_front_if(|(slot, _)| *slot == asked).map(|(_, task)| task);
        self.fill(&mut line, limit);
        found
    }

    fn fill(&self, line: &mut Line, limit: usize) {
        while line.started.len() < self.depth {
            let Some(slot) = line.coming.next() else { return };
            let (telemetry, view, rule) = (Arc::clone(&self.telemetry), Arc::clone(&self.view), Arc::clone(&self.rule));
            let (query, permits) = (Arc::clone(&self.query), Arc::clone(&self.permits));
            let task = tokio::spawn(async move {
                // Nobody closes it.
                let _permit = permits.acquire().await;
                let ask = Ask { rule: &rule, query: &query, at: slot.at, from: slot.from, limit, raised: &[] };
                telemetry.rows(&view, ask).await
            });
            line.started.push_back((slot, task));
        }
    }
}

impl Telemetry for Ahead {
    type View = View;

    async fn view(&self) -> Result<View, Failed> {
        self.telemetry.view().await
    }

    async fn reading(&self, view: &View, ask: Ask<'_>) -> Result<Reading, Failed> {
        self.telemetry.reading(view, ask).await
    }

    async fn rows(&self, view: &View, ask: Ask<'_>) -> Result<Found, Failed> {
        let asked = Slot { at: ask.at, from: ask.from };
        // What a threshold rule has raised before was not known when its runs were asked for beforehand.
        let foreseen = *ask.query == *self.query && ask.raised.is_empty();
        if let Some(whole) = self.whole.as_ref().filter(|_| foreseen) {
            return whole.found(asked, ask.limit);
        }
        let task = if foreseen { self.next(asked, ask.limit) } else { None };
        match task {
            Some(task) => task.await.unwrap_or_else(|_| Err(Failed("the query stopped unexpectedly".to_owned()))),
            None => self.telemetry.rows(view, ask).await,
        }
    }
}
