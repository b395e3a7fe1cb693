//! The list of rules with how each fares: figures of all of them by a handful of statements, and what texts say found out once.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
};

use desk::{Fault, RuleLine};
use rules::{
    Rule,
    lint::{self, Level, Settings},
    model::{Format, Language, Reference},
};
use schema::Registry;
use state::{Attack, RuleHealth, RuleState, Since};

use super::Context;
use crate::{command::rules::length, desk::replay::DAY, watch::Live};

/// Days of hits and alerts.
const DAYS: i64 = 30;
/// Days of verdicts.
const VERDICTS: i64 = 90;

/// What is found out about a rule's text.
#[derive(Debug, Clone, Default)]
struct About {
    /// Errors and warnings of lints.
    lint: (u32, u32),
    tables: Vec<String>,
    /// Whether its file stands below the folder in which rules can be changed: the file system is asked once, and not for each page.
    below: bool,
}

/// The rule that something was found out about, and what.
type FoundOut = (Arc<Rule>, Arc<About>);

/// What is known of rules' texts.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// By key.
    about: Mutex<BTreeMap<String, FoundOut>>,
    /// The lints that were left out then.
    settings: Mutex<Settings>,
}

impl Known {
    /// What is known of every rule; what is not yet is found out on a thread that may compute.
    async fn of(&self, desk: &Context, live: &Live) -> Result<BTreeMap<String, Arc<About>>, Fault> {
        let settings = settings(desk)?;
        {
            let mut before = self.settings.lock().unwrap_or_else(PoisonError::into_inner);
            if *before != settings {
                self.about.lock().unwrap_or_else(PoisonError::into_inner).clear();
                before.clone_from(&settings);
            }
        }
        let fresh: Vec<Arc<Rule>> = {
            let about = self.about.lock().unwrap_or_else(PoisonError::into_inner);
            let known = |rule: &&Arc<Rule>| about.get(&rule.key).is_some_and(|(known, _)| Arc::ptr_eq(known, rule));
            live.all.iter().filter(|rule| !known(rule)).cloned().collect()
        };
        if !fresh.is_empty() {
            let house = Arc::clone(&desk.house);
            let found = tokio::task::spawn_blocking(move || {
                let about = fresh.into_iter().map(|rule| {
                    let below = house.rules.below(&rule.origin.source.path).is_some();
                    let about = Arc::new(About { below, ..About::of(&rule, &settings) });
                    (rule, about)
                });
                about.collect::<Vec<_>>()
            });
            let found = found.await.map_err(Fault::internal)?;
            let mut about = self.about.lock().unwrap_or_else(PoisonError::into_inner);
            about.retain(|key, _| live.rule(key).is_some());
            about.extend(found.into_iter().map(|(rule, found)| (rule.key.clone(), (rule, found))));
        }
        let about = self.about.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(about.iter().map(|(key, (_, about))| (key.clone(), Arc::clone(about))).collect())
    }
}

impl About {
    fn of(rule: &Rule, settings: &Settings) -> Self {
        let mut counts = (0, 0);
        for finding in lint::check(rule, settings) {
            match finding.level {
                Level::Error => counts.0 += 1,
                Level::Warning => counts.1 += 1,
                Level::Note => {}
            }
        }
        Self { lint: counts, tables: tables(rule), below: false }
    }
}

/// The tables a rule's query names.
fn tables(rule: &Rule) -> Vec<String> {
    if rule.language != Language::Kusto {
        return rule.indices.clone();
    }
    let text = &rule.query.text;
    let names = kql::lexical::words(text).into_iter().filter_map(|word| text.get(word.span.start..word.span.end));
    let known: BTreeSet<&str> =
        names.filter(|name| Registry::builtin().table(name).is_some_and(|table| table.name == *name)).collect();
    known.into_iter().map(str::to_owned).collect()
}

/// Which lints the configuration leaves out.
pub(super) fn settings(desk: &Context) -> Result<Settings, Fault> {
    Ok(Settings { allow: desk.config()?.allow_lints.into_iter().map(|(lint, set)| (lint, set.value)).collect() })
}

/// Every rule.
pub(super) async fn lines(desk: &Context, known: &Known) -> Result<Vec<RuleLine>, Fault> {
    let live = desk.house.rules.live();
    let about = known.of(desk, &live).await?;
    let mut health = desk.state().rule_health(since(desk.now()), None).await?;
    let states: BTreeMap<String, RuleState> =
        desk.state().rules().await?.into_iter().map(|state| (state.rule_key.clone(), state)).collect();
    let nothing = Arc::new(About::default());
    let place = Place::of(desk, &live);
    let lines = live.all.iter().map(|rule| {
        let health = health.remove(&rule.key).unwrap_or_default();
        let about = about.get(&rule.key).unwrap_or(&nothing);
        place.line(rule, about, states.get(&rule.key), &health)
    });
    Ok(lines.collect())
}

/// One rule: nothing is read of the others.
pub(super) async fn line(desk: &Context, known: &Known, rule: &Rule) -> Result<RuleLine, Fault> {
    let live = desk.house.rules.live();
    let about = known.of(desk, &live).await?.remove(&rule.key).unwrap_or_default();
    let health = desk.state().rule_health(since(desk.now()), Some(&rule.key)).await?.remove(&rule.key).unwrap_or_default();
    let state = desk.state().rule(&rule.key).await?;
    Ok(Place::of(desk, &live).line(rule, &about, state.as_ref(), &health))
}

/// From when on figures count, seen from `now`.
fn since(now: i64) -> Since {
    Since { day: now.div_euclid(DAY) - DAYS + 1, verdicts: now.saturating_sub(VERDICTS * DAY) }
}

/// Where rules stand: what a line says of a rule that neither its text nor its past does.
struct Place<'a> {
    desk: &'a Context,
    /// Keys of rules that run.
    watched: BTreeSet<&'a str>,
    /// Rules of each file.
    shared: BTreeMap<&'a str, usize>,
    /// Counted since 1970 (UTC).
    today: i64,
}

impl<'a> Place<'a> {
    fn of(desk: &'a Context, live: &'a Live) -> Self {
        let mut shared: BTreeMap<&str, usize> = BTreeMap::new();
        for rule in &live.all {
            *shared.entry(&rule.origin.source.path).or_default() += 1;
        }
        let watched = live.watched.iter().map(|rule| rule.key.as_str()).collect();
        Self { desk, watched, shared, today: desk.now().div_euclid(DAY) }
    }

    fn line(&self, rule: &Rule, about: &About, state: Option<&RuleState>, health: &RuleHealth) -> RuleLine {
        let days = (self.today - DAYS + 1..=self.today).map(|day| health.days.get(&day).copied().unwrap_or_default());
        let line = RuleLine {
            enabled: self.watched.contains(rule.key.as_str()),
            editable: about.below && self.shared.get(rule.origin.source.path.as_str()) == Some(&1),
            days: days.collect(),
            lint: about.lint,
            tables: about.tables.clone(),
            ..said(self.desk, rule)
        };
        fared(line, state, health)
    }
}

/// What a rule itself says.
fn said(desk: &Context, rule: &Rule) -> RuleLine {
    let attack = &rule.attack;
    RuleLine {
        key: rule.key.clone(),
        name: rule.name.clone(),
        format: format(rule.format).to_owned(),
        language: rule.language.name().to_owned(),
        severity: rule.severity.map_or("medium", rules::model::Severity::name).to_owned(),
        kind: match (rule.schedule.continuous, rule.schedule.interval) {
            (true, _) => "continuous",
            (false, Some(_)) => "scheduled",
            (false, None) => "hunting",
        }
        .to_owned(),
        every: rule.schedule.interval.filter(|_| !rule.schedule.continuous).map(length).unwrap_or_default(),
        file: desk.house.rules.shown(&rule.origin.source.path),
        techniques: attack.techniques.iter().chain(&attack.sub_techniques).map(reference).collect(),
        tags: rule.tags.clone(),
        ..RuleLine::default()
    }
}

/// The publisher of a form.
fn format(format: Format) -> &'static str {
    match format {
        Format::SentinelHunting | Format::SentinelAnalytics | Format::SentinelArm => "sentinel",
        Format::DefenderDetection => "defender",
        Format::Kql => "kql",
        Format::ElasticToml | Format::ElasticJson => "elastic",
    }
}

/// A tactic or technique as alerts have it.
pub(super) fn reference(reference: &Reference) -> Attack {
    Attack {
        id: reference.id.clone(),
        name: reference.name.clone().unwrap_or_default(),
        url: reference.url.clone().unwrap_or_default(),
    }
}

/// What its runs and alerts came to.
fn fared(line: RuleLine, state: Option<&RuleState>, health: &RuleHealth) -> RuleLine {
    let count = |verdict: &str| health.verdicts.get(verdict).copied().unwrap_or_default();
    let closed = count("true_positive") + count("benign_positive") + count("false_positive");
    #[expect(clippy::cast_precision_loss, reason = "a share, for people")]
    let precision = (closed > 0).then(|| count("true_positive") as f64 / closed as f64);
    RuleLine {
        last_run: state.and_then(|state| state.last_run),
        last_status: state.and_then(|state| state.last_status.clone()).unwrap_or_default(),
        last_message: state.and_then(|state| state.last_message.clone()).unwrap_or_default(),
        duration_us: health.duration_us,
        hits: health.hits,
        open: health.open,
        precision,
        ..line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(query: &str) -> Arc<Rule> {
        let text = format!("id: a\nname: A\nquery: |\n  {query}\n");
        Arc::new(rules::read("a.yaml", text.as_bytes()).rules.pop().unwrap())
    }

    #[test]
    fn tables_are_those_that_the_query_names() {
        assert_eq!(
            tables(&rule("EmailEvents | join UrlClickEvents on NetworkMessageId // EmailUrlInfo")),
            ["EmailEvents", "UrlClickEvents"]
        );
    }

    #[test]
    fn precision_is_of_those_that_were_decided() {
        let verdicts = [("true_positive", 3), ("false_positive", 1), ("undetermined", 5)];
        let verdicts = verdicts.into_iter().map(|(verdict, count)| (verdict.to_owned(), count)).collect();
        let line = fared(RuleLine::default(), None, &RuleHealth { verdicts, ..RuleHealth::default() });
        assert_eq!(line.precision, Some(0.75));
        assert_eq!(fared(RuleLine::default(), None, &RuleHealth::default()).precision, None);
    }
}
