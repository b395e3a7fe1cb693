//! A text of a rule run over history, beside the rule as it stands.

use std::{collections::BTreeMap, sync::Arc};

use desk::{Backtest, BacktestAsk, Fault, Work};
use detect::{difference::Difference, replay::Range};
use rules::{Rule, exclusion::moment};

use super::{Context, trial};
use crate::desk::replay::{self, Asked};

/// What is replayed: the text that is tried, and the rule as it stands where that is another.
fn asked_for(desk: &Context, ask: &BacktestAsk) -> Result<(Arc<Rule>, Option<Arc<Rule>>), Fault> {
    let known = if ask.key.is_empty() { None } else { Some(super::rule(desk, &ask.key)?) };
    if ask.text.trim().is_empty() {
        let known = known.ok_or_else(|| Fault::input("name a rule, or write the text of one"))?;
        return Ok((known, None));
    }
    let name = known
        .as_ref()
        .map_or_else(|| format!("new.{}", trial::ending(None, &ask.text)), |known| known.origin.source.name.clone());
    let read = trial::read(&name, &ask.text);
    let broken = read.problems.into_iter().find(|problem| problem.severity == "error");
    if let Some(problem) = broken {
        return Err(Fault::Input(Box::new(problem)));
    }
    let tried = read.rule.ok_or_else(|| Fault::input("there is no rule in the text"))?;
    let same = known.as_ref().is_some_and(|known| known.origin.source.text == ask.text);
    Ok((tried, known.filter(|_| !same)))
}

/// Replays it.
pub(super) async fn run(desk: &Context, ask: &BacktestAsk, work: &Work) -> Result<Backtest, Fault> {
    let began = desk.now();
    let to = match ask.to.trim() {
        "" => began,
        text => moment::parse(text).ok_or_else(|| Fault::input(format!("`{text}` is no time; write one such as 2026-11-20")))?,
    };
    // As a watch would have run it, and not once more at the end.
    let range = Range { closing: false, ..replay::range(ask.days, to)? };
    let (tried, now) = asked_for(desk, ask)?;
    for rule in [Some(&tried), now.as_ref()].into_iter().flatten() {
        if let Some(reason) = rule.not_runnable() {
            return Err(Fault::input(format!("{} cannot run: {reason}", rule.name)));
        }
    }
    let known = desk.house.watch.benign.known().exclusions.clone();
    let one = |rule: Arc<Rule>| Asked { rule, variants: vec![known.clone()], entries: Vec::new() };
    let compared = now.is_some();
    let done = replay::run(desk, range, std::iter::once(tried).chain(now).map(one).collect(), work).await?;
    let Some((first, second)) = done.first().map(|first| (first, done.get(1).filter(|_| compared))) else {
        return Err(Fault::internal("nothing was replayed"));
    };
    let (Some(way), Some(tally)) = (first.collector.ways.first(), first.tallies.first()) else {
        return Err(Fault::internal("nothing was replayed"));
    };
    let mut backtest = Backtest {
        from: range.from,
        to: range.to,
        runs: tally.runs,
        failed: tally.failed,
        failure: tally.failure.clone().unwrap_or_default(),
        hits: tally.rows,
        alerts: tally.alerts,
        days: way.days(range),
        excluded: sum(&tally.excluded),
        latest: way.latest(),
        ..Backtest::default()
    };
    if let Some(now) = second.and_then(|second| second.collector.ways.first()) {
        let Difference { added, removed, .. } = way.collected.against(&now.collected);
        backtest.days_now = Some(now.days(range));
        backtest.added = (added.len() as u64, way.shown(&added));
        backtest.removed = (removed.len() as u64, now.shown(&removed));
    }
    let (added, removed) = (&mut backtest.added.1, &mut backtest.removed.1);
    replay::verdicts(desk, &mut [&mut backtest.latest, added, removed], &[]).await?;
    backtest.took_us = desk.now().saturating_sub(began);
    Ok(backtest)
}

fn sum(excluded: &BTreeMap<String, u64>) -> u64 {
    excluded.values().sum()
}
