//! History run again for somebody who waits: alerts by day, the latest of them, and what one way of running a rule raises that another does
//! not.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
};

use desk::{Fault, PreviewAlert, Work};
use detect::{
    difference::{Collected, Told},
    replay::{Raised, Range, Tally},
};
use rules::{
    Rule,
    exclusion::{Entry, Exclusion, Lists},
};

use super::{Context, told};
use crate::history::{Collect, Done, Job, Past};

/// Microseconds of a day.
pub(super) const DAY: i64 = 86_400_000_000;
/// The most days that are looked at.
pub(super) const MOST_DAYS: u32 = 400;
/// Alerts whose rows are kept to be shown: the latest.
const KEPT: usize = 2_000;
/// Alerts of a list.
pub(super) const LISTED: usize = 100;

/// The alerts of one way of running a rule.
#[derive(Debug, Default)]
pub(super) struct Way {
    /// Alerts by day, counted in days since 1970 (UTC).
    pub(super) by_day: BTreeMap<i64, u64>,
    /// What can be compared with another way.
    pub(super) collected: Collected,
    kept: BTreeMap<String, PreviewAlert>,
    order: VecDeque<String>,
}

/// What is gathered of a rule's replay.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    /// By variant.
    pub(super) ways: Vec<Way>,
    /// Conditions that are counted: how many rows of the first variant hold each.
    entries: Vec<Entry>,
    lists: Lists,
    /// How many rows hold each condition.
    pub(super) held: Vec<u64>,
    /// How many rows there were.
    pub(super) rows: u64,
}

impl Gathered {
    /// For so many variants; each condition is looked at in the rows of the first.
    pub(super) fn new(variants: usize, entries: Vec<Entry>, lists: Lists) -> Self {
        let ways = (0..variants).map(|_| Way::default()).collect();
        Self { ways, held: vec![0; entries.len()], entries, lists, rows: 0 }
    }
}

impl Collect for Gathered {
    fn take(&mut self, raised: Raised<'_>) {
        if raised.variant == 0 {
            for row in raised.rows {
                self.rows += 1;
                for (entry, held) in self.entries.iter().zip(&mut self.held) {
                    *held += u64::from(entry.holds_for(row, &self.lists));
                }
            }
        }
        let Some(way) = self.ways.get_mut(raised.variant) else { return };
        let alert = raised.alert;
        *way.by_day.entry(alert.window_to.div_euclid(DAY)).or_default() += 1;
        way.collected.add(alert, raised.rows);
        if way.order.len() >= KEPT
            && let Some(oldest) = way.order.pop_front()
        {
            way.kept.remove(&oldest);
        }
        way.order.push_back(alert.id.clone());
        let shown = PreviewAlert {
            id: alert.id.clone(),
            at: alert.window_to,
            reason: alert.reason.clone(),
            severity: alert.severity.clone(),
            row: raised.rows.first().cloned().unwrap_or_default(),
            verdict: String::new(),
        };
        way.kept.insert(alert.id.clone(), shown);
    }
}

impl Way {
    /// Alerts a day of a stretch of time, the oldest first.
    pub(super) fn days(&self, range: Range) -> Vec<u64> {
        let (first, last) = (range.from.div_euclid(DAY), range.to.saturating_sub(1).div_euclid(DAY));
        (first..=last).map(|day| self.by_day.get(&day).copied().unwrap_or_default()).collect()
    }

    /// The latest alerts, the latest first.
    pub(super) fn latest(&self) -> Vec<PreviewAlert> {
        self.order.iter().rev().take(LISTED).filter_map(|id| self.kept.get(id).cloned()).collect()
    }

    /// Alerts of a comparison, the latest first: as they are kept, else what the comparison knows of them.
    pub(super) fn shown(&self, alerts: &[Told]) -> Vec<PreviewAlert> {
        let shown = |told: &Told| {
            self.kept.get(&told.id).cloned().unwrap_or_else(|| PreviewAlert {
                id: told.id.clone(),
                at: told.at,
                reason: told.reason.clone(),
                severity: told.severity.clone(),
                ..PreviewAlert::default()
            })
        };
        alerts.iter().rev().take(LISTED).map(shown).collect()
    }
}

/// A rule to be run again, in one way or several.
pub(super) struct Asked {
    /// The rule.
    pub(super) rule: Arc<Rule>,
    /// What is known to be benign, by variant.
    pub(super) variants: Vec<Vec<Exclusion>>,
    /// Conditions that are counted.
    pub(super) entries: Vec<Entry>,
}

/// So many days up to a moment, at which each rule runs too: somebody who looks at an alert that was just raised asks about it first.
pub(super) fn range(days: u32, to: i64) -> Result<Range, Fault> {
    if days == 0 || days > MOST_DAYS {
        return Err(Fault::input(format!("{days} days cannot be looked at: 1 to {MOST_DAYS}")));
    }
    Ok(Range { from: to.saturating_sub(i64::from(days).saturating_mul(DAY)), to, closing: true })
}

/// Runs rules again over a stretch of time, until that is done or nobody wants it any more.
pub(super) async fn run(desk: &Context, range: Range, asked: Vec<Asked>, work: &Work) -> Result<Vec<Done<Gathered>>, Fault> {
    let view = desk.view().await?;
    let config = desk.config()?;
    let all: Vec<Exclusion> = asked.iter().flat_map(|asked| asked.variants.iter().flatten().cloned()).collect();
    let (lists, _) = desk.house.exclusions.lists_of(&all);
    let past = Past::new(desk.engine().clone(), view.environment, &config).map_err(told)?.with_lists(lists.clone());
    let jobs = asked.into_iter().map(|asked| Job {
        rule: asked.rule,
        range,
        collector: Gathered::new(asked.variants.len(), asked.entries, lists.clone()),
        variants: asked.variants,
    });
    let shared = work.clone();
    let progress = Box::new(move |done: u64, all: u64| shared.at(done, all, format!("{done} of {all} runs")));
    let running = async { past.run_telling(progress, jobs.collect()).await.map_err(told) };
    work.unless_cancelled(running).await
}

/// Puts the verdicts that were given into lists of alerts, and counts the true positives among `ids`.
pub(super) async fn verdicts(desk: &Context, lists: &mut [&mut Vec<PreviewAlert>], ids: &[String]) -> Result<u64, Fault> {
    let shown = lists.iter().flat_map(|list| list.iter().map(|alert| alert.id.clone()));
    let wanted: BTreeSet<String> = shown.chain(ids.iter().cloned()).collect();
    let known = desk.state().verdicts_of(&wanted.into_iter().collect::<Vec<_>>()).await?;
    for alert in lists.iter_mut().flat_map(|list| list.iter_mut()) {
        alert.verdict = known.get(&alert.id).cloned().unwrap_or_default();
    }
    Ok(ids.iter().filter(|id| known.get(*id).is_some_and(|verdict| verdict == "true_positive")).count() as u64)
}

/// What a tally says went wrong, in words.
pub(super) fn troubles(tally: &Tally) -> Vec<String> {
    let mut said = Vec::new();
    if let Some(failure) = &tally.failure {
        said.push(format!("{} of the runs failed: {failure}", tally.failed));
    }
    said.extend(tally.warning.clone());
    said
}
