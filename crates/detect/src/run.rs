//! One run of one rule, from its query to what is kept of it.

use std::collections::BTreeMap;

use rules::{Rule, model::Kind, parameter};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use state::{AlertFilter, Committed, Moment, RuleState, Run, State, StateError};

use crate::{
    benign::Benign,
    hit::{Hit, Row, moment, text_at},
    notify::Target,
    raise::{self, Context, Sorted},
    schedule::{Arrival, Due, Slot, Timetable},
    telemetry::{Ask, Clock, Failed, Found, RaisedGroup, Reading, Telemetry},
};

/// Rows of a result that are looked at; what is beyond is counted and said.
const MOST_ROWS: usize = 10_000;
/// How often a rule runs that does not say, such as a hunting query somebody has enabled: once a day.
const USUAL_INTERVAL: i64 = 86_400_000_000;
/// How long a failed run waits to be made again, in microseconds.
const MINUTE: i64 = 60_000_000;
/// How far a continuous rule looks back that does not say: what came late by less is still found.
const CONTINUOUS_LOOK_BACK: i64 = 60 * MINUTE;

/// Everything a run needs beside its rule.
#[derive(Debug)]
pub struct Watch<T, C> {
    /// Where finds are kept.
    pub state: State,
    /// Who runs queries.
    pub telemetry: T,
    /// Who knows the time.
    pub clock: C,
    /// What is known to be benign.
    pub benign: Benign,
    /// Values for names that rules bind, by the rule's key.
    pub parameters: BTreeMap<String, Vec<(String, Value)>>,
    /// Where new alerts are told about.
    pub targets: Vec<Target>,
    /// How old a skipped run may be and is still made up for, in microseconds.
    pub catch_up: i64,
}

/// Why a run is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Its time has come.
    Scheduled,
    /// Rows have arrived.
    Arrived,
    /// It was skipped and is made up for.
    Gap,
    /// Rows came after the run that should have seen them.
    Late,
    /// Somebody asked for it.
    Manual,
}

impl Reason {
    /// The word it is kept under.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Arrived => "continuous",
            Self::Gap => "gap",
            Self::Late => "late",
            Self::Manual => "manual",
        }
    }

    /// Whether the rule has come further with it.
    const fn advances(self) -> bool {
        matches!(self, Self::Scheduled | Self::Arrived | Self::Gap)
    }
}

impl<T: Telemetry, C: Clock> Watch<T, C> {
    /// When a rule runs.
    #[must_use]
    pub fn timetable(&self, rule: &Rule) -> Timetable {
        Timetable::new(&rule.key, rule.schedule.interval.unwrap_or(USUAL_INTERVAL), rule.schedule.look_back, self.catch_up)
    }

    /// Which runs of a rule are due, as it stands.
    #[must_use]
    pub fn due(&self, rule: &Rule, known: Option<&RuleState>) -> Due {
        let now = self.clock.now();
        if known.is_some_and(|known| rests(known, now)) {
            return Due::default();
        }
        let mut due = self.timetable(rule).due(known.and_then(|known| known.evaluated_to), now);
        // A rule that rests after an alert does not run meanwhile, and does not make up for it.
        if let Some(until) = known.and_then(|known| known.quiet_until).filter(|_| !due.clock_went_back) {
            due.slots.retain(|slot| slot.at >= until);
        }
        due
    }

    /// What a rule's query reads.
    ///
    /// # Errors
    /// The query's faults.
    pub async fn reading(&self, rule: &Rule, view: &T::View) -> Result<Reading, Failed> {
        let query = self.filled(rule)?;
        let ask = Ask { rule, query: &query, at: self.clock.now(), from: None, limit: 0, raised: &[] };
        let mut reading = self.telemetry.reading(view, ask).await?;
        // A rule that fires on a number of rows counts them, if its query does not.
        reading.by_row &= rule.trigger.fires(1) && !rule.trigger.fires(0);
        Ok(reading)
    }

    /// Makes the runs of a rule that are due, the oldest first, at most `most` of them, until one fails: a failed run is made again
    /// the next time, so that no window is left out.
    ///
    /// # Errors
    /// When the state's database fails. A query that fails is no error: it is kept as a failed run.
    pub async fn make_due(&self, rule: &Rule, view: &T::View, most: usize) -> Result<Vec<Committed>, StateError> {
        let due = self.due(rule, self.state.rule(&rule.key).await?.as_ref());
        let last = due.slots.len().saturating_sub(1);
        let mut made = Vec::new();
        for (place, slot) in due.slots.into_iter().enumerate().take(most) {
            let reason = if place == last { Reason::Scheduled } else { Reason::Gap };
            let run = self.make(rule, slot, reason, view).await?;
            let failed = run.run.status == "failed";
            made.push(run);
            if failed {
                break;
            }
        }
        Ok(made)
    }

    /// Which runs have to be made again for events that came late, of a rule that reads them.
    ///
    /// # Errors
    /// When the state's database fails.
    pub async fn late(&self, rule: &Rule, arrivals: &[Arrival]) -> Result<Vec<Slot>, StateError> {
        let known = self.state.rule(&rule.key).await?;
        let evaluated_to = known.and_then(|known| known.evaluated_to);
        Ok(evaluated_to.map_or_else(Vec::new, |to| self.timetable(rule).late(arrivals, to, self.clock.now())))
    }

    /// Asks a continuous rule of its window, from the last run on, so that nothing is left out however long ago that was. `None`
    /// where it rests.
    ///
    /// # Errors
    /// When the state's database fails. A query that fails is no error: it is kept as a failed run.
    pub async fn make_window(&self, rule: &Rule, view: &T::View) -> Result<Option<Committed>, StateError> {
        let now = self.clock.now();
        let known = self.state.rule(&rule.key).await?;
        if known.as_ref().is_some_and(|known| rests(known, now)) {
            return Ok(None);
        }
        let reach = rule.schedule.look_back.unwrap_or(CONTINUOUS_LOOK_BACK);
        let last = known.and_then(|known| known.evaluated_to);
        let from = last.unwrap_or(now).min(now).saturating_sub(reach);
        self.make(rule, Slot { at: now, from: Some(from) }, Reason::Scheduled, view).await.map(Some)
    }

    /// Asks a continuous rule of the rows that arrived: `view` shows them alone. `None` where they are nothing to it; nothing is
    /// written then, as that is what most rows are to most rules.
    ///
    /// # Errors
    /// When the state's database fails. A query that fails is no error: it is kept as a failed run.
    pub async fn make_arrived(&self, rule: &Rule, view: &T::View) -> Result<Option<Committed>, StateError> {
        let now = self.clock.now();
        if rule.pause.is_some() && self.state.rule(&rule.key).await?.is_some_and(|known| rests(&known, now)) {
            return Ok(None);
        }
        let slot = Slot { at: now, from: None };
        match self.ask(rule, slot, view).await {
            Ok((_, found)) if found.total == 0 => Ok(None),
            outcome => self.kept(rule, slot, Reason::Arrived, (now, outcome)).await.map(Some),
        }
    }

    /// Makes one run.
    ///
    /// # Errors
    /// When the state's database fails. A query that fails is no error: it is kept as a failed run.
    pub async fn make(&self, rule: &Rule, slot: Slot, reason: Reason, view: &T::View) -> Result<Committed, StateError> {
        let started = self.clock.now();
        let outcome = self.ask(rule, slot, view).await;
        self.kept(rule, slot, reason, (started, outcome)).await
    }

    /// The query as it is run, and what it gave.
    async fn ask(&self, rule: &Rule, slot: Slot, view: &T::View) -> Result<(String, Found), Failed> {
        let query = self.filled(rule)?;
        let raised = self.raised(rule, slot).await.map_err(|error| Failed(error.to_string()))?;
        let ask = Ask { rule, query: &query, at: slot.at, from: slot.from, limit: MOST_ROWS, raised: &raised };
        let found = self.telemetry.rows(view, ask).await?;
        Ok((query, found))
    }

    /// The groups that a threshold rule has raised of events in the window.
    async fn raised(&self, rule: &Rule, slot: Slot) -> Result<Vec<RaisedGroup>, StateError> {
        let Kind::Threshold { fields, .. } = &rule.kind else { return Ok(Vec::new()) };
        let filter = AlertFilter { rule_key: Some(rule.key.clone()), since: slot.from, ..AlertFilter::default() };
        let alerts = self.state.alerts(&filter).await?;
        let rows = alerts.iter().flat_map(|alert| &alert.detail.evidence);
        let groups = rows.filter_map(|row| {
            let values = fields.iter().map(|field| text_at(row, field).unwrap_or_default()).collect();
            Some(RaisedGroup { values, until: moment(row.get("@timestamp")?.as_str()?)? })
        });
        // A run that is made up for counts as it would have counted then.
        Ok(groups.filter(|group| group.until <= slot.at).collect())
    }

    /// Keeps what came of a run that began at `started`.
    async fn kept(
        &self,
        rule: &Rule,
        slot: Slot,
        reason: Reason,
        (started, outcome): (Moment, Result<(String, Found), Failed>),
    ) -> Result<Committed, StateError> {
        // A rule whose window is the query's own is taken to look at one interval where a window has to be named.
        let from = slot.from.unwrap_or_else(|| slot.at.saturating_sub(rule.schedule.interval.unwrap_or(USUAL_INTERVAL)));
        let run_id = run_id(rule, slot, reason, started);
        let (query, found) = match outcome {
            Ok((query, found)) => (query, Ok(found)),
            Err(failed) => (String::new(), Err(failed)),
        };
        let context =
            Context { run_id: &run_id, kind: reason.name(), at: slot.at, from, started, query: &query, targets: &self.targets };
        match found {
            Ok(found) => self.keep(rule, &context, found, reason).await,
            Err(Failed(message)) => {
                let mut outcome = raise::outcome(rule, &context, 0, Sorted::default());
                let run = Run {
                    status: "failed".to_owned(),
                    message,
                    duration_us: self.clock.now().saturating_sub(started),
                    ..std::mem::take(&mut outcome.run)
                };
                self.state.failed(run.clone(), started).await?;
                Ok(Committed { run, raised: Vec::new() })
            }
        }
    }

    async fn keep(&self, rule: &Rule, context: &Context<'_>, found: Found, reason: Reason) -> Result<Committed, StateError> {
        let total = found.total;
        let looked_at = found.rows.len();
        let rows = u64::try_from(total).unwrap_or(u64::MAX);
        let hits =
            if rule.trigger.fires(rows) { self.hits(rule, context, found.rows, found.grouped_by.as_deref()) } else { Vec::new() };
        let sorted = self.sorted(rule, context, hits).await?;
        let mut outcome = raise::outcome(rule, context, total, sorted);
        if total > looked_at {
            let run = &mut outcome.run;
            run.status = "warning".to_owned();
            let words = format!("the query gave {total} rows, of which the first {looked_at} were looked at");
            run.message = if run.message.is_empty() { words } else { format!("{}; {words}", run.message) };
        }
        if reason.advances() {
            outcome.progress.evaluated_to = Some(context.at);
        }
        outcome.run.duration_us = self.clock.now().saturating_sub(context.started);
        self.state.commit(outcome, context.started).await
    }

    /// The hits of a result. A rule that fires on few rows or none has the window itself as its hit then.
    fn hits(&self, rule: &Rule, context: &Context, rows: Vec<Row>, grouped_by: Option<&[String]>) -> Vec<Hit> {
        if !rows.is_empty() {
            return Hit::all(&rule.key, rows, grouped_by, context.at);
        }
        let mut row = Row::new();
        row.insert("WindowFrom".to_owned(), Value::from(crate::shape::printed(context.from)));
        row.insert("WindowTo".to_owned(), Value::from(crate::shape::printed(context.at)));
        Hit::all(&rule.key, vec![row], None, context.at)
    }

    async fn sorted(&self, rule: &Rule, context: &Context<'_>, hits: Vec<Hit>) -> Result<Sorted, StateError> {
        let keys: Vec<_> = hits.iter().map(|hit| hit.key.clone()).collect();
        let unseen: std::collections::BTreeSet<usize> =
            self.state.unseen(&rule.key, &keys, context.from).await?.into_iter().collect();
        let mut sorted = Sorted { known: hits.len() - unseen.len(), ..Sorted::default() };
        for (place, hit) in hits.into_iter().enumerate() {
            if !unseen.contains(&place) {
                continue;
            }
            match self.benign.excluding(rule, &hit.row, context.at) {
                Some(exclusion) => sorted.excluded.push((hit, exclusion)),
                None => sorted.fresh.push(hit),
            }
        }
        Ok(sorted)
    }

    /// The query with the parameters that the configuration has for the rule. A value that does not fit fails the run: the query
    /// as published would look for somebody else's domains.
    fn filled(&self, rule: &Rule) -> Result<String, Failed> {
        match self.parameters.get(&rule.key) {
            Some(values) if !values.is_empty() => parameter::fill(&rule.query.text, values)
                .map(|filled| filled.query)
                .map_err(|error| Failed(format!("the parameters of the configuration do not fit: {error}"))),
            _ => Ok(rule.query.text.clone()),
        }
    }
}

/// Whether a rule is not to run yet: it rests after an alert, or its last run failed less than a minute ago. A rest that began at a
/// moment that is still to come was set by a clock that was ahead, and counts for nothing.
fn rests(known: &RuleState, now: Moment) -> bool {
    let failed = known.last_status.as_deref() == Some("failed");
    let retried = known.last_run.filter(|_| failed).is_some_and(|last| (last..last.saturating_add(MINUTE)).contains(&now));
    let ahead = known.last_run.is_some_and(|last| last > now.saturating_add(MINUTE));
    retried || (!ahead && known.quiet_until.is_some_and(|until| now < until))
}

fn run_id(rule: &Rule, slot: Slot, reason: Reason, started: Moment) -> String {
    let mut hash = Sha256::new();
    hash.update(format!("{}\0{}\0{}\0{started}", rule.key, slot.at, reason.name()).as_bytes());
    crate::hit::hexadecimal(&hash.finalize())
}
