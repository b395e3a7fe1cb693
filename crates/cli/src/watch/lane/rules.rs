//! Rules that change while they are watched: a file was written, or somebody switched one on or off.

use std::{collections::BTreeMap, sync::Arc};

use desk::Event;
use detect::{
    continuous::{Memory, Seen},
    telemetry::{Clock as _, Failed},
};
use rules::Rule;
use state::RuleText;

use crate::{
    failure::Failure,
    term,
    watch::{House, rule_set::Live},
};

/// What troubles with files of rules are told under.
const ABOUT: &str = "rules: ";

impl House {
    /// Reads the rules anew where a file of them has changed.
    pub(crate) async fn look_at_rules(&self) -> Result<(), Failure> {
        if self.rules.has_changed().await? { self.read_rules().await } else { Ok(()) }
    }

    /// Reads the rules anew, and goes on with what they are now.
    pub(crate) async fn read_rules(&self) -> Result<(), Failure> {
        let _changing = self.rules.changing.lock().await;
        self.read_rules_held().await
    }

    /// The same for who holds `rules.changing`.
    pub(crate) async fn read_rules_held(&self) -> Result<(), Failure> {
        let settings = self.watch.state.rule_settings().await?;
        let fresh = self.rules.read(&settings).await?;
        let before = self.rules.live();
        self.keep_found(&before, &fresh).await?;
        let versions = self.watch.telemetry.tables.versions().await.map_err(|Failed(reason)| Failure::internal(reason))?;
        self.begin(&fresh, &versions).await?;
        self.exclusions.set_beside(fresh.exclusions.clone());
        let live = self.rules.put(fresh);
        self.let_go(&before, &live);
        self.tell_faults(&before, &live);
        self.metrics.rules(i64::try_from(live.watched.len()).unwrap_or(i64::MAX));
        for (rule, action) in changes(&before, &live) {
            self.events.tell(Event {
                kind: "rule".to_owned(),
                at: self.watch.clock.now(),
                subject: rule.key.clone(),
                action: action.to_owned(),
                severity: String::new(),
                title: rule.name.clone(),
            });
            term::say(&format!("rule {action}: {}", term::harmless(&rule.name, 100)));
        }
        Ok(())
    }

    /// Keeps the texts before and after of rules whose file was found changed. A text that was saved here is kept already.
    async fn keep_found(&self, before: &Live, fresh: &Live) -> Result<(), Failure> {
        for rule in &fresh.all {
            let Some(old) = before.rule(&rule.key).filter(|old| old.origin.source.text != rule.origin.source.text) else {
                continue;
            };
            let state = &self.watch.state;
            let latest = state.rule_texts(&rule.key).await?.into_iter().next();
            // What was just saved here is the latest, and what was there before stands behind it.
            if latest.is_some_and(|latest| latest.body == rule.origin.source.text) {
                continue;
            }
            state.keep_rule_text(&found_text(old, self.started)).await?;
            state.keep_rule_text(&found_text(rule, self.watch.clock.now())).await?;
        }
        Ok(())
    }

    /// Rules that begin: what arrived before now is not news to them. What they look back over they look at all the same.
    async fn begin(&self, fresh: &Live, versions: &Seen) -> Result<(), Failure> {
        for rule in fresh.watched.iter().filter(|rule| rule.schedule.continuous && !self.continuous.knows(rule)) {
            let known = self.watch.state.rule(&rule.key).await?;
            let ran = known.is_some_and(|known| known.evaluated_to.is_some());
            self.continuous.begin(rule, Memory::new(versions.clone(), !ran));
        }
        Ok(())
    }

    /// Forgets what is remembered of rules that are not watched any more, and what queries read that may be others now.
    fn let_go(&self, before: &Live, live: &Live) {
        self.continuous.keep_only(|key| live.watched.iter().any(|rule| rule.key == key && rule.schedule.continuous));
        self.late.keep_only(|key| live.runs(key));
        self.forget_readings();
        for gone in before.watched.iter().filter(|rule| !live.runs(&rule.key)) {
            self.troubles.set(&gone.name, None);
        }
    }

    /// Tells what is wrong with files at the start, where each has been warned of.
    pub(crate) fn set_faults(&self, live: &Live) {
        for fault in live.faults.iter().filter(|fault| fault.is_error()) {
            self.troubles.set(&format!("{ABOUT}{}", fault.file), Some(format!("line {}: {}", fault.line, fault.reason)));
        }
    }

    /// Tells what is wrong with files, and that what was wrong is not any more.
    fn tell_faults(&self, before: &Live, live: &Live) {
        let told = |live: &Live| -> BTreeMap<String, String> {
            let errors = live.faults.iter().filter(|fault| fault.is_error());
            errors.map(|fault| (format!("{ABOUT}{}", fault.file), format!("line {}: {}", fault.line, fault.reason))).collect()
        };
        let (was, is) = (told(before), told(live));
        was.keys().filter(|about| !is.contains_key(*about)).for_each(|about| self.troubles.set(about, None));
        for (about, reason) in is {
            if was.get(&about) != Some(&reason) {
                term::warn(&format!("{about}: {reason}"));
            }
            self.troubles.set(&about, Some(reason));
        }
    }
}

/// The text of a rule that was found in its file.
pub(crate) fn found_text(rule: &Rule, at: i64) -> RuleText {
    RuleText {
        rule_key: rule.key.clone(),
        at,
        version: rule.version.clone().unwrap_or_default(),
        body: rule.origin.source.text.clone(),
        ..RuleText::default()
    }
}

/// What became of rules, each with a word for it.
fn changes<'a>(before: &'a Live, live: &'a Live) -> Vec<(&'a Rule, &'static str)> {
    let mut changes: Vec<(&Rule, &'static str)> = Vec::new();
    for rule in &live.all {
        let action = match before.rule(&rule.key) {
            None => "added",
            Some(old) if !Arc::ptr_eq(old, rule) && old != rule => "changed",
            Some(_) => match (before.runs(&rule.key), live.runs(&rule.key)) {
                (false, true) => "enabled",
                (true, false) => "disabled",
                _ => continue,
            },
        };
        changes.push((rule, action));
    }
    let gone = before.all.iter().filter(|old| live.rule(&old.key).is_none());
    changes.extend(gone.map(|old| (old.as_ref(), "removed")));
    changes
}
