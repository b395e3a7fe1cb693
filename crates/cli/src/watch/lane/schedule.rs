//! Rules whose time has come.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use state::RuleState;

use crate::{failure::Failure, watch::House};

/// Runs of one rule that are made before another rule has its turn: a rule that catches up does not keep the others waiting.
const AT_A_TIME: usize = 16;

impl House {
    /// Makes the runs that are due.
    pub(crate) async fn keep_schedules(self: &Arc<Self>) -> Result<(), Failure> {
        self.keep_schedules_once().await.map(|_| ())
    }

    /// Makes the runs that are due, of each rule a few. True where more may be.
    pub(crate) async fn keep_schedules_once(self: &Arc<Self>) -> Result<bool, Failure> {
        let known = self.watch.state.rules().await?;
        let known: BTreeMap<String, RuleState> = known.into_iter().map(|rule| (rule.rule_key.clone(), rule)).collect();
        let live = self.rules.live();
        let scheduled = live.watched.iter().filter(|rule| !rule.schedule.continuous);
        let due: Vec<_> =
            scheduled.filter(|rule| !self.watch.due(rule, known.get(&rule.key)).slots.is_empty()).cloned().collect();
        if due.is_empty() {
            return Ok(false);
        }
        let view = Arc::new(self.view().await?);
        let more = Arc::new(AtomicBool::new(false));
        let tasks = due.into_iter().map(|rule| (rule, Arc::clone(&view), Arc::clone(&more)));
        self.for_each(tasks, |house, (rule, view, more)| async move {
            let made = house.watch.make_due(&rule, &view, AT_A_TIME).await?;
            more.fetch_or(made.len() == AT_A_TIME, Ordering::Relaxed);
            house.tell(&rule, &made, None).await
        })
        .await?;
        Ok(more.load(Ordering::Relaxed))
    }
}
