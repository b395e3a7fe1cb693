//! Fixes that were approved are made, those that were made are looked at from outside, and what cannot be seen in time raises an alert.

use detect::telemetry::Clock as _;
use state::{Fix, FixFilter};

use crate::{
    dns::Dns,
    failure::Failure,
    harden::{Tools, repair},
    term,
    watch::House,
};

/// Statuses that something is to be done about.
const TO_DO: [&str; 4] = ["approved", "applying", "applied", "undoing"];

impl House {
    /// Works on every fix that is due.
    pub(crate) async fn work_on_fixes(&self) -> Result<(), Failure> {
        let filter = FixFilter { statuses: TO_DO.map(str::to_owned).to_vec(), ..FixFilter::default() };
        let now = self.watch.clock.now();
        let due: Vec<_> = self.watch.state.fixes(&filter).await?.into_iter().filter(|fix| fix.next_at <= now).collect();
        if due.is_empty() {
            return Ok(());
        }
        let tools = Tools::open(&self.data, &self.config, &Dns::default()).await?;
        let (hands, rules) = (tools.hands(), &tools.looker.config.fixes);
        let tell = self.told_of_fixes();
        let who = repair::Worker { actor: repair::OURSELVES, tell: &tell };
        for before in due {
            let about = format!("fix {}", repair::short(&before.id));
            match repair::work_on(&self.watch.state, &hands, rules, &before, who).await {
                Ok(after) => {
                    if after.status != before.status {
                        self.tell_of_fix(&after, now);
                        term::say(&format!("{about}: {}: {}", after.status, after.title));
                    }
                    self.troubles.set(&about, None);
                    if after.status == "failed" {
                        self.raised.notify_one();
                    }
                }
                Err(failure) => self.troubles.set(&about, Some(failure.words())),
            }
        }
        Ok(())
    }

    /// Names of those who are told of a fix that fails.
    pub(crate) fn told_of_fixes(&self) -> Vec<String> {
        // Such an alert is of no rule that a target could ask for.
        let wants = |target: &&detect::notify::Target| target.wants("", "", Some(rules::model::Severity::High));
        self.watch.targets.iter().filter(wants).map(|target| target.name.clone()).collect()
    }

    /// Tells pages that are open how a fix stands.
    pub(crate) fn tell_of_fix(&self, fix: &Fix, at: i64) {
        self.events.tell(desk::Event {
            kind: "fix".to_owned(),
            at,
            subject: fix.id.clone(),
            action: fix.status.clone(),
            severity: String::new(),
            title: fix.title.clone(),
        });
    }
}
