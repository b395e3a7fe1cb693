//! History run again: every run that a rule would have made in a stretch of time, in order, with all that happens to its hits on the way.
//!
//! The runs are those of [`Watch`], over a state of their own, so that nothing of the real one changes. The moment of a run is the moment
//! its timetable gives it. Must not know where telemetry is or what becomes of the alerts: they are handed out as they are raised.

use std::{
    collections::{BTreeMap, HashSet},
    sync::{
        Mutex,
        atomic::{AtomicI64, Ordering},
    },
};

use rules::{
    Rule,
    exclusion::{Exclusion, Lists},
};
use serde_json::Value;
use state::{Alert, AlertFilter, State, StateError};

use crate::{
    benign::{Benign, Known},
    hit::{Hit, Row},
    run::{Reason, Watch},
    schedule::{Moment, Slot, Timetable},
    telemetry::{Ask, Clock, Failed, Found, Reading, Telemetry},
};

/// Runs that fail one after the other before a rule is given up: what fails always would fail a thousand times.
const PATIENCE: u64 = 3;
/// How often a rule runs that does not say, as in a watch: once a day.
const USUAL_INTERVAL: i64 = 86_400_000_000;
/// How far a continuous rule looks back that does not say.
const CONTINUOUS_REACH: i64 = 3_600_000_000;
/// The shortest step of a continuous rule, which really runs whenever rows come.
const SHORTEST_STEP: i64 = 60_000_000;
/// The longest step of a continuous rule.
const LONGEST_STEP: i64 = 600_000_000;
/// Hits of one exclusion or rule that are counted one by one.
const MOST_KEPT: i64 = 1_000_000;

/// A stretch of time, its end not included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// Its beginning.
    pub from: Moment,
    /// Its end.
    pub to: Moment,
    /// Whether a scheduled rule runs at the end too, as one does that never ran before: what came since the last run of the timetable is
    /// then seen. A continuous rule always does.
    pub closing: bool,
}

/// One way to run a rule: a state of its own, and what is known to be benign.
#[derive(Debug)]
pub struct Variant {
    /// Where its finds are kept, for as long as the replay goes on.
    pub state: State,
    /// What is known to be benign.
    pub exclusions: Vec<Exclusion>,
    /// The lists that exclusions name.
    pub lists: Lists,
}

/// An alert of a replay, with every row that is behind it.
#[derive(Debug)]
pub struct Raised<'a> {
    /// Which variant raised it.
    pub variant: usize,
    /// The alert.
    pub alert: &'a Alert,
    /// Its rows: all of them, where the alert itself keeps the first only.
    pub rows: &'a [Row],
}

/// What the runs of one variant came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Runs that were made.
    pub runs: u64,
    /// Runs that were not made, because the rule rests after an alert.
    pub rested: u64,
    /// Runs that failed.
    pub failed: u64,
    /// What the first failure was.
    pub failure: Option<String>,
    /// Where the rule was given up, after runs that failed one after the other.
    pub given_up: Option<Moment>,
    /// Rows that the queries gave, those of overlapping windows counted each time.
    pub rows: u64,
    /// Hits, each once: those behind alerts, and those that raised none.
    pub hits: u64,
    /// Alerts that were raised.
    pub alerts: u64,
    /// Hits that alerts already there took.
    pub suppressed: u64,
    /// Hits that an exclusion took, each once, by its id.
    pub excluded: BTreeMap<String, u64>,
    /// Hits beyond the rule's limit of alerts, each once, that no later run raised.
    pub held: u64,
    /// What runs warned of, the first time.
    pub warning: Option<String>,
}

/// When a rule runs, as in a watch; nothing is made up for, because nothing is skipped.
#[must_use]
pub fn timetable(rule: &Rule) -> Timetable {
    Timetable::new(&rule.key, rule.schedule.interval.unwrap_or(USUAL_INTERVAL), rule.schedule.look_back, 0)
}

/// When a rule runs in a stretch of time. A continuous rule is run in steps no longer than what its query looks back over, so that
/// every row is in the window of one run at least.
#[must_use]
pub fn slots(rule: &Rule, timetable: &Timetable, range: Range) -> Slots {
    if !rule.schedule.continuous {
        let next = timetable.next_after(range.from.saturating_sub(1));
        return Slots {
            next,
            step: timetable.interval,
            look_back: timetable.look_back,
            end: range.to,
            closing: closing(range, range.closing),
        };
    }
    let reach = rule.schedule.look_back.unwrap_or(CONTINUOUS_REACH).max(SHORTEST_STEP);
    let step = reach.min(LONGEST_STEP);
    // As the watch does it: from the last run, and as far back from there as the rule looks.
    let look_back = Some(reach.saturating_add(step));
    Slots { next: range.from.saturating_add(step), step, look_back, end: range.to, closing: closing(range, true) }
}

/// The last moment of a stretch of time, where a run stands for it.
fn closing(range: Range, wanted: bool) -> Option<Moment> {
    (wanted && range.from < range.to).then(|| range.to.saturating_sub(1))
}

/// The run of a rule that stands for a moment.
#[must_use]
pub fn slot_at(rule: &Rule, at: Moment) -> Slot {
    let continuous = rule.schedule.continuous.then_some(CONTINUOUS_REACH);
    Slot { at, from: rule.schedule.look_back.or(continuous).map(|reach| at.saturating_sub(reach)) }
}

/// Moments at equal distances, and one at the end where that is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slots {
    next: Moment,
    step: i64,
    look_back: Option<i64>,
    end: Moment,
    /// The moment at the end, as long as it is to come.
    closing: Option<Moment>,
}

impl Iterator for Slots {
    type Item = Slot;

    fn next(&mut self) -> Option<Slot> {
        let at = if self.next < self.end { self.next } else { self.closing? };
        self.closing = self.closing.filter(|closing| at < *closing);
        // A step is a second at least, so that this comes to an end.
        self.next = self.next.saturating_add(self.step.max(1_000_000));
        Some(Slot { at, from: self.look_back.map(|reach| at.saturating_sub(reach)) })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.end.saturating_sub(self.next).max(0);
        let step = self.step.max(1_000_000);
        let regular = left.div_euclid(step) + i64::from(left % step > 0);
        let last = self.next.saturating_add(regular.saturating_sub(1).saturating_mul(step));
        let closes = self.closing.is_some_and(|closing| regular == 0 || last < closing);
        let count = usize::try_from(regular + i64::from(closes)).unwrap_or(usize::MAX);
        (count, Some(count))
    }
}

impl ExactSizeIterator for Slots {}

/// A clock that stands where it is set.
#[derive(Debug, Default)]
pub struct Hands(AtomicI64);

impl Hands {
    /// A clock that stands at a moment.
    #[must_use]
    pub const fn at(moment: Moment) -> Self {
        Self(AtomicI64::new(moment))
    }

    /// Sets it.
    pub fn set(&self, moment: Moment) {
        self.0.store(moment, Ordering::Relaxed);
    }
}

impl Clock for Hands {
    fn now(&self) -> Moment {
        self.0.load(Ordering::Relaxed)
    }
}

/// What was asked last, and what came of it: variants of a rule ask the same at every slot.
#[derive(Debug)]
struct Remembered<'a, T> {
    telemetry: &'a T,
    last: Mutex<Option<(Slot, Result<Found, Failed>)>>,
}

impl<T: Telemetry> Telemetry for Remembered<'_, T> {
    type View = T::View;

    async fn view(&self) -> Result<T::View, Failed> {
        self.telemetry.view().await
    }

    async fn reading(&self, view: &T::View, ask: Ask<'_>) -> Result<Reading, Failed> {
        self.telemetry.reading(view, ask).await
    }

    async fn rows(&self, view: &T::View, ask: Ask<'_>) -> Result<Found, Failed> {
        let slot = Slot { at: ask.at, from: ask.from };
        // What a variant has raised before is its own.
        if !ask.raised.is_empty() {
            return self.telemetry.rows(view, ask).await;
        }
        if let Ok(last) = self.last.lock()
            && let Some((asked, found)) = last.as_ref()
            && *asked == slot
        {
            return found.clone();
        }
        let found = self.telemetry.rows(view, ask).await;
        if let Ok(mut last) = self.last.lock() {
            *last = Some((slot, found.clone()));
        }
        found
    }
}

/// Who knows beforehand which runs find nothing.
pub trait Foresight: Sync {
    /// Whether the query of a run surely gives no rows: then it is not made, where that makes no difference to the rule.
    fn finds_nothing(&self, slot: Slot) -> bool;
}

/// A rule and the history it is to be run over.
pub struct Replay<'a, T: Telemetry> {
    /// The rule.
    pub rule: &'a Rule,
    /// Values in place of those it was published with.
    pub parameters: &'a [(String, Value)],
    /// Where its rows are.
    pub telemetry: &'a T,
    /// The tables as they are.
    pub view: &'a T::View,
    /// The stretch of time.
    pub range: Range,
    /// Who knows beforehand which runs find nothing, if anybody does.
    pub foresight: Option<&'a dyn Foresight>,
    /// Called after every run.
    pub stepped: &'a (dyn Fn() + Sync),
}

impl<T: Telemetry> std::fmt::Debug for Replay<'_, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Replay").field("rule", &self.rule.key).field("range", &self.range).finish_non_exhaustive()
    }
}

impl<T: Telemetry> Replay<'_, T> {
    /// Makes every run, once for each variant; a query is run once for all. `told` is handed every alert as it is raised.
    ///
    /// # Errors
    /// When the database of a variant fails. A query that fails is no error: it is counted.
    pub async fn run(&self, variants: Vec<Variant>, told: &mut (dyn FnMut(Raised<'_>) + Send)) -> Result<Vec<Tally>, StateError> {
        let rule = self.rule;
        let telemetry = Remembered { telemetry: self.telemetry, last: Mutex::new(None) };
        let mut running: Vec<Running<'_, T>> =
            variants.into_iter().map(|variant| Running::new(rule, self.parameters, &telemetry, variant)).collect();
        for slot in slots(rule, &timetable(rule), self.range) {
            let nothing = !rule.trigger.fires(0) && self.foresight.is_some_and(|foresight| foresight.finds_nothing(slot));
            for (variant, running) in running.iter_mut().enumerate() {
                if nothing {
                    running.pass(rule, slot).await?;
                } else {
                    running.step(rule, slot, self.view, variant, told).await?;
                }
            }
            (self.stepped)();
            if running.iter().all(|running| running.tally.given_up.is_some()) {
                break;
            }
        }
        let mut tallies = Vec::with_capacity(running.len());
        for running in running {
            tallies.push(running.finish(rule).await?);
        }
        Ok(tallies)
    }
}

/// A variant under way.
#[derive(Debug)]
struct Running<'a, T> {
    watch: Watch<&'a Remembered<'a, T>, Hands>,
    tally: Tally,
    failed_in_a_row: u64,
}

impl<T: Telemetry> Telemetry for &Remembered<'_, T> {
    type View = T::View;

    async fn view(&self) -> Result<T::View, Failed> {
        <Remembered<'_, T> as Telemetry>::view(self).await
    }

    async fn reading(&self, view: &T::View, ask: Ask<'_>) -> Result<Reading, Failed> {
        <Remembered<'_, T> as Telemetry>::reading(self, view, ask).await
    }

    async fn rows(&self, view: &T::View, ask: Ask<'_>) -> Result<Found, Failed> {
        <Remembered<'_, T> as Telemetry>::rows(self, view, ask).await
    }
}

impl<'a, T: Telemetry> Running<'a, T> {
    fn new(rule: &Rule, parameters: &[(String, Value)], telemetry: &'a Remembered<'a, T>, variant: Variant) -> Self {
        let watch = Watch {
            state: variant.state,
            telemetry,
            clock: Hands::default(),
            benign: Benign::default(),
            parameters: std::iter::once((rule.key.clone(), parameters.to_vec())).collect(),
            targets: Vec::new(),
            catch_up: 0,
        };
        let exclusions = variant.exclusions.into_iter().filter(|exclusion| exclusion.concerns(rule)).collect();
        watch.benign.set(Known { exclusions, lists: variant.lists });
        Self { watch, tally: Tally::default(), failed_in_a_row: 0 }
    }

    /// Counts a run that would find nothing.
    async fn pass(&mut self, rule: &Rule, slot: Slot) -> Result<(), StateError> {
        if self.tally.given_up.is_none() {
            let rests = self.rests(rule, slot.at).await?;
            *if rests { &mut self.tally.rested } else { &mut self.tally.runs } += 1;
        }
        Ok(())
    }

    async fn step(
        &mut self,
        rule: &Rule,
        slot: Slot,
        view: &T::View,
        variant: usize,
        told: &mut (dyn FnMut(Raised<'_>) + Send),
    ) -> Result<(), StateError> {
        if self.tally.given_up.is_some() {
            return Ok(());
        }
        if self.rests(rule, slot.at).await? {
            self.tally.rested += 1;
            return Ok(());
        }
        self.watch.clock.set(slot.at);
        let made = self.watch.make(rule, slot, Reason::Scheduled, view).await?;
        let run = &made.run;
        let tally = &mut self.tally;
        tally.runs += 1;
        if run.status == "failed" {
            tally.failed += 1;
            tally.failure.get_or_insert_with(|| run.message.clone());
            self.failed_in_a_row += 1;
            tally.given_up = (self.failed_in_a_row >= PATIENCE).then_some(slot.at);
            return Ok(());
        }
        self.failed_in_a_row = 0;
        if !run.message.is_empty() {
            tally.warning.get_or_insert_with(|| run.message.clone());
        }
        tally.rows += u64::try_from(run.hits).unwrap_or_default();
        tally.suppressed += u64::try_from(run.suppressed).unwrap_or_default();
        tally.alerts += made.raised.len() as u64;
        if !made.raised.is_empty() {
            self.tally.hits += self.tell(rule, slot, variant, told).await?;
        }
        Ok(())
    }

    /// Whether the rule rests after an alert. Few rules ever do.
    async fn rests(&self, rule: &Rule, at: Moment) -> Result<bool, StateError> {
        if !rule.pause.is_some_and(|pause| pause.enabled) {
            return Ok(false);
        }
        let known = self.watch.state.rule(&rule.key).await?;
        Ok(known.and_then(|known| known.quiet_until).is_some_and(|until| at < until))
    }

    /// Hands out the alerts of the run that was just made, and counts the hits behind them.
    async fn tell(
        &self,
        rule: &Rule,
        slot: Slot,
        variant: usize,
        told: &mut (dyn FnMut(Raised<'_>) + Send),
    ) -> Result<u64, StateError> {
        let mut hits = 0;
        // The clock only goes forward, so that none but this run's are so young.
        let filter = AlertFilter { rule_key: Some(rule.key.clone()), since: Some(slot.at), ..AlertFilter::default() };
        for alert in self.watch.state.alerts(&filter).await? {
            hits += alert.detail.evidence_rows;
            let kept = &alert.detail.evidence;
            if alert.detail.evidence_rows <= kept.len() as u64 {
                told(Raised { variant, alert: &alert, rows: kept });
                continue;
            }
            let all = self.all_rows(rule, slot).await?;
            told(Raised { variant, alert: &alert, rows: if all.is_empty() { kept } else { &all } });
        }
        Ok(hits)
    }

    /// Every hit of a run whose single alert keeps the first of them only, without those that an exclusion took; none where the
    /// rows of the run are not at hand any more.
    async fn all_rows(&self, rule: &Rule, slot: Slot) -> Result<Vec<Row>, StateError> {
        let found = match self.watch.telemetry.last.lock().ok().as_deref() {
            Some(Some((asked, Ok(found)))) if asked.at == slot.at => found.clone(),
            _ => Found::default(),
        };
        let grouped_by = found.grouped_by.as_deref();
        let excluded: HashSet<String> = if self.watch.benign.known().exclusions.is_empty() {
            HashSet::new()
        } else {
            let kept = self.watch.state.kept_hits(Some(&rule.key), None, MOST_KEPT).await?;
            kept.into_iter().map(|kept| Hit::new(&rule.key, kept.hit, grouped_by, slot.at).key.key).collect()
        };
        let hits = Hit::all(&rule.key, found.rows, grouped_by, slot.at).into_iter();
        Ok(hits.filter(|hit| !excluded.contains(&hit.key.key)).map(|hit| hit.row).collect())
    }

    /// Counts what raised no alert, now that all runs are made.
    async fn finish(mut self, rule: &Rule) -> Result<Tally, StateError> {
        for kept in self.watch.state.kept_hits(Some(&rule.key), None, MOST_KEPT).await? {
            match kept.exclusion_id {
                Some(exclusion) => *self.tally.excluded.entry(exclusion).or_default() += 1,
                None => self.tally.held += 1,
            }
        }
        let tally = &mut self.tally;
        tally.hits += tally.suppressed + tally.held + tally.excluded.values().sum::<u64>();
        Ok(self.tally)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60_000_000;

    fn range(from: i64, to: i64) -> Range {
        Range { from: from * MINUTE, to: to * MINUTE, closing: false }
    }

    fn rule(text: &str) -> Rule {
        let text = format!("id: a\nname: A\nquery: T\n{text}");
        rules::read("a.yaml", text.as_bytes()).rules.remove(0)
    }

    #[test]
    fn the_runs_are_those_of_the_timetable() {
        let rule = rule("kind: Scheduled\nqueryFrequency: 1h\nqueryPeriod: 2h\ntriggerOperator: gt\ntriggerThreshold: 0\n");
        let table = Timetable { interval: 60 * MINUTE, look_back: Some(120 * MINUTE), phase: 7 * MINUTE, catch_up: 0 };
        let found = slots(&rule, &table, range(60, 240));
        assert_eq!(found.len(), 3);
        let at: Vec<_> = found.map(|slot| (slot.at / MINUTE, slot.from.map(|from| from / MINUTE))).collect();
        assert_eq!(at, [(67, Some(-53)), (127, Some(7)), (187, Some(67))]);
        // A run at the beginning belongs to the range, one at the end does not.
        assert_eq!(slots(&rule, &table, range(67, 127)).len(), 1);
        assert_eq!(slots(&rule, &table, range(9, 9)).len(), 0);
    }

    #[test]
    fn a_run_at_the_end_sees_what_came_since_the_last() {
        let rule = rule("kind: Scheduled\nqueryFrequency: 1h\nqueryPeriod: 2h\ntriggerOperator: gt\ntriggerThreshold: 0\n");
        let table = Timetable { interval: 60 * MINUTE, look_back: Some(120 * MINUTE), phase: 7 * MINUTE, catch_up: 0 };
        let closing = |from, to| slots(&rule, &table, Range { closing: true, ..range(from, to) });
        let at = |found: Slots| found.map(|slot| slot.at).collect::<Vec<_>>();
        assert_eq!(closing(60, 100).len(), 2);
        assert_eq!(at(closing(60, 100)), [67 * MINUTE, 100 * MINUTE - 1]);
        assert_eq!((closing(8, 20).len(), at(closing(8, 20))), (1, vec![20 * MINUTE - 1]));
        // The last run of the timetable stands there already.
        let ended = Range { to: 67 * MINUTE + 1, closing: true, ..range(60, 0) };
        let found = slots(&rule, &table, ended);
        assert_eq!((found.len(), at(found)), (1, vec![67 * MINUTE]));
        assert_eq!(closing(9, 9).len(), 0);
    }

    #[test]
    fn a_continuous_rule_leaves_no_gap() {
        let mut rule = rule("kind: NRT\n");
        rule.schedule.continuous = true;
        rule.schedule.look_back = Some(5 * MINUTE);
        let table = Timetable::new("a", MINUTE, None, 0);
        let found: Vec<Slot> = slots(&rule, &table, range(0, 62)).collect();
        assert_eq!(slots(&rule, &table, range(0, 62)).len(), found.len());
        assert_eq!(found.first().map(|slot| slot.at), Some(5 * MINUTE));
        assert_eq!(found.last().map(|slot| slot.at), Some(62 * MINUTE - 1), "rows of the last minutes are seen");
        for pair in found.windows(2) {
            assert!(pair[1].from.is_some_and(|from| from < pair[0].at), "{pair:?}");
        }
    }
}
