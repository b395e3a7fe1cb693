//! Rules: how they fare, tried against history, changed.

mod backtest;
mod coverage;
mod fresh;
mod import;
mod list;
mod saving;
mod trial;
mod view;

use std::sync::Arc;

use async_trait::async_trait;
use desk::{Backtest, BacktestAsk, Coverage, Download, Fault, Imported, RuleLine, RuleView, Rules, Trial, Work};
use rules::Rule;

use super::{Context, told};

/// The most bytes of a rule's text.
const LONGEST: usize = 1 << 20;

/// Over the running program.
#[derive(Debug)]
pub(super) struct Here {
    desk: Context,
    /// What is known of rules' texts, which is found out once for each.
    known: list::Known,
}

impl Here {
    /// Over the running program.
    pub(super) fn new(desk: Context) -> Self {
        Self { desk, known: list::Known::default() }
    }

    fn rule(&self, key: &str) -> Result<Arc<Rule>, Fault> {
        rule(&self.desk, key)
    }

    /// Finds out what the list tells of every rule's text, so that nobody waits for it.
    pub(super) fn prepare(self: &Arc<Self>) {
        let here = Arc::clone(self);
        // What goes wrong is told to who asks for the list.
        tokio::spawn(async move { here.rules().await.map(drop) });
    }
}

/// The rule of a key.
fn rule(desk: &Context, key: &str) -> Result<Arc<Rule>, Fault> {
    let known = desk.house.rules.live().rule(key).cloned();
    known.ok_or_else(|| Fault::Unknown { what: "rule", id: key.to_owned() })
}

#[async_trait]
impl Rules for Here {
    async fn rules(&self) -> Result<Vec<RuleLine>, Fault> {
        list::lines(&self.desk, &self.known).await
    }

    async fn rule(&self, key: &str) -> Result<RuleView, Fault> {
        let rule = self.rule(key)?;
        let line = list::line(&self.desk, &self.known, &rule).await?;
        view::of(&self.desk, &rule, line).await
    }

    async fn enable(&self, key: &str, enabled: bool, who: &str) -> Result<(), Fault> {
        let rule = self.rule(key)?;
        if let Some(reason) = rule.not_runnable().filter(|_| enabled) {
            return Err(Fault::input(format!("{} cannot run: {reason}", rule.name)));
        }
        self.desk.state().set_rule(key, enabled, who, self.desk.now()).await?;
        self.desk.house.read_rules().await.map_err(told)
    }

    async fn try_text(&self, key: &str, text: &str) -> Result<Trial, Fault> {
        trial::of(&self.desk, key, text).await
    }

    async fn backtest(&self, ask: &BacktestAsk, work: &Work) -> Result<Backtest, Fault> {
        backtest::run(&self.desk, ask, work).await
    }

    async fn save(&self, key: &str, text: &str, seen: u64, comment: &str, who: &str) -> Result<String, Fault> {
        saving::save(&self.desk, key, text, seen, (comment, who)).await
    }

    async fn import(&self, file: &str, bytes: &[u8], who: &str) -> Result<Imported, Fault> {
        import::take_in(&self.desk, file, bytes, who).await
    }

    async fn from_query(&self, name: &str, query: &str) -> Result<String, Fault> {
        fresh::text(name, query)
    }

    async fn coverage(&self) -> Result<Coverage, Fault> {
        let lines = list::lines(&self.desk, &self.known).await?;
        let live = self.desk.house.rules.live();
        let tactics = |key: &str| {
            let rule = live.rule(key);
            rule.map_or_else(Vec::new, |rule| rule.attack.tactics.iter().map(|tactic| tactic.id.clone()).collect())
        };
        Ok(coverage::of(&lines, tactics))
    }

    async fn navigator(&self) -> Result<Download, Fault> {
        coverage::layer(&self.coverage().await?)
    }
}
