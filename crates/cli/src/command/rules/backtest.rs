//! `spoofwatch rules backtest`: history replayed, as rules would have run it.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use ::rules::{Rule, exclusion::Exclusion};
use clap::Args;
use detect::{
    difference::{Collected, Difference},
    replay::{Raised, Range, Tally},
};
use schema::text::datetime;
use serde_json::{Value, json};

use super::Format;
use crate::{
    clock,
    command::hunt::Running,
    failure::Failure,
    history::{Collect, Done, Job, Past, compared, days::Days, exclusions::ExclusionFiles},
    output,
    term::{self, Column},
};

/// Arguments of `rules backtest`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Files and folders of rules; the folder `rules` of the data directory without.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The moment the replay begins, such as 2026-10-20 or 2026-10-20T06:00:00Z.
    #[arg(long, value_name = "TIME")]
    from: String,
    /// The moment it ends; now without.
    #[arg(long, value_name = "TIME")]
    to: Option<String>,
    #[command(flatten)]
    exclusions: ExclusionFiles,
    /// Also run the rules of this file or folder, and show what the others add to them and remove.
    #[arg(long, value_name = "PATH")]
    compare: Option<PathBuf>,
    /// Show so many alerts of each rule, and of what is added and removed.
    #[arg(long, value_name = "COUNT")]
    alerts: Option<usize>,
    /// How the outcome is shown.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    #[command(flatten)]
    running: Running,
}

/// Alerts added or removed that are shown where nothing else is said.
const SHOWN: usize = 10;

/// The alerts of a rule, by variant.
#[derive(Debug)]
struct Alerts(Vec<(Days, Collected)>);

impl Alerts {
    fn new(variants: usize) -> Self {
        Self((0..variants).map(|_| (Days::default(), Collected::default())).collect())
    }
}

impl Collect for Alerts {
    fn take(&mut self, raised: Raised<'_>) {
        if let Some((days, collected)) = self.0.get_mut(raised.variant) {
            days.add(raised.alert.window_to);
            collected.add(raised.alert, raised.rows);
        }
    }
}

pub(crate) async fn run(data: &Path, options: Options) -> Result<(), Failure> {
    let range = range(&options)?;
    let reading = super::load(data, &options.paths)?;
    let given = options.exclusions.load()?;
    let old = options.compare.as_ref().map(|path| ::rules::load(std::slice::from_ref(path)));
    let (engine, environment) = options.running.start_with(data, Some(1)).await?;
    let past = Past::new(engine, environment, &options.running.config.load(data)?)?;
    let rules = super::runnable(&reading);
    let mut jobs: Vec<Job<Alerts>> = rules
        .iter()
        .map(|rule| {
            let variants = variants(&reading.exclusions, given.as_deref());
            let collector = Alerts::new(variants.len());
            Job { rule: Arc::clone(rule), variants, range, collector }
        })
        .collect();
    let mut befores: Vec<Before> = Vec::new();
    if let Some(old) = &old {
        let known = super::runnable(old);
        for rule in &rules {
            let mut before = Before::of(rule, &known);
            if let Before::Changed { rule, place } = &mut before {
                *place = jobs.len() - rules.len();
                let variants = vec![old.exclusions.clone()];
                jobs.push(Job { rule: Arc::clone(rule), variants, range, collector: Alerts::new(1) });
            }
            befores.push(before);
        }
    }
    let done = past.run("replaying", jobs).await?;
    let (new, old_done) = done.split_at(rules.len());
    let outcomes: Vec<Outcome<'_>> =
        new.iter().enumerate().map(|(place, done)| Outcome::of(done, befores.get(place), old_done, given.is_some())).collect();
    let text = match options.format {
        Format::Json => outcomes.iter().map(|outcome| format!("{}\n", outcome.json(range))).collect(),
        Format::Text => text(&outcomes, range, &options, given.is_some()),
    };
    output::print(&text)?;
    drop(outcomes);
    let told = super::tell_faults(&reading);
    let old_told = old.as_ref().map_or(Ok(()), super::tell_faults);
    let failed = done.iter().filter(|done| done.tallies.iter().any(|tally| tally.failed > 0)).count() as u64;
    let mut failures: Vec<Failure> = [told, old_told].into_iter().filter_map(Result::err).collect();
    if failed > 0 {
        failures.push(Failure::input(format!("{} had runs that failed", term::count(failed, "rule"))));
    }
    Failure::all(failures)
}

/// The stretch of time that is replayed.
fn range(options: &Options) -> Result<Range, Failure> {
    let moment = |name: &str, text: &str| {
        let ticks = datetime::parse(text);
        let wrong = || Failure::input(format!("error: {name}: `{text}` is no time; write one such as 2026-11-20T23:00:00Z"));
        ticks.map(clock::micros).ok_or_else(wrong)
    };
    let from = moment("--from", &options.from)?;
    let to = match &options.to {
        Some(text) => moment("--to", text)?,
        None => clock::micros(clock::as_of(options.running.as_of())?),
    };
    if from >= to {
        return Err(Failure::input("error: --from must be before --to"));
    }
    Ok(Range { from, to, closing: false })
}

/// Without and, where some are given, with exclusions beside those that belong to the rules.
fn variants(own: &[Exclusion], given: Option<&[Exclusion]>) -> Vec<Vec<Exclusion>> {
    let mut variants = vec![own.to_vec()];
    variants.extend(given.map(|given| [own, given].concat()));
    variants
}

/// What a rule was before.
enum Before {
    /// It was not there.
    Absent,
    /// It was the same.
    Same,
    /// It was this one, which runs as the job at this place after those of the new rules.
    Changed { rule: Arc<Rule>, place: usize },
}

impl Before {
    /// The rule with the same key before, else the one with the same name.
    fn of(rule: &Rule, known: &[Arc<Rule>]) -> Self {
        let found = known.iter().find(|other| other.key == rule.key);
        match found.or_else(|| known.iter().find(|other| other.name.eq_ignore_ascii_case(&rule.name))) {
            None => Self::Absent,
            Some(old) if old.published == rule.published && old.query.text == rule.query.text && old.key == rule.key => {
                Self::Same
            }
            Some(old) => Self::Changed { rule: Arc::clone(old), place: 0 },
        }
    }
}

/// What came out for a rule.
struct Outcome<'a> {
    rule: &'a Rule,
    tally: &'a Tally,
    days: &'a Days,
    alerts: &'a Collected,
    took: i64,
    /// With the exclusions that were given: the tally, and what they take away.
    excluded: Option<(&'a Tally, Difference)>,
    /// The rule as it was, and what differs; the rule is `None` where it was not there.
    compared: Option<(Option<&'a Tally>, Difference)>,
}

impl<'a> Outcome<'a> {
    fn of(done: &'a Done<Alerts>, before: Option<&Before>, old: &'a [Done<Alerts>], excluding: bool) -> Self {
        static NONE: std::sync::LazyLock<(Tally, (Days, Collected))> = std::sync::LazyLock::new(Default::default);
        let tally = |place: usize| done.tallies.get(place).unwrap_or(&NONE.0);
        let (days, alerts) = done.collector.0.first().unwrap_or(&NONE.1);
        let excluded = done.collector.0.get(1).filter(|_| excluding).map(|(_, after)| (tally(1), after.against(alerts)));
        let nothing = Collected::default();
        let compared = before.map(|before| match before {
            Before::Absent => (None, alerts.against(&nothing)),
            Before::Same => (Some(tally(0)), alerts.against(alerts)),
            Before::Changed { place, .. } => match old.get(*place) {
                Some(old) => {
                    let before = old.collector.0.first().map_or(&nothing, |(_, collected)| collected);
                    (old.tallies.first(), alerts.against(before))
                }
                None => (None, alerts.against(&nothing)),
            },
        });
        Self { rule: &done.rule, tally: tally(0), days, alerts, took: done.took, excluded, compared }
    }

    fn json(&self, range: Range) -> Value {
        let tally = self.tally;
        let told: Vec<Value> = self.alerts.alerts().map(compared::alert).collect();
        json!({
            "rule": self.rule.key,
            "name": self.rule.name,
            "file": self.rule.origin.source.path,
            "from": ::rules::exclusion::moment::write(range.from),
            "to": ::rules::exclusion::moment::write(range.to),
            "runs": tally.runs,
            "rested": tally.rested,
            "failed": tally.failed,
            "failure": tally.failure,
            "given_up": tally.given_up.map(::rules::exclusion::moment::write),
            "warning": tally.warning,
            "rows": tally.rows,
            "hits": tally.hits,
            "alerts": tally.alerts,
            "alerts_per_day": self.days.mean(range),
            "days": self.days.json(range),
            "excluded": tally.excluded,
            "suppressed": tally.suppressed,
            "held": tally.held,
            "raised": told,
            "not_listed": self.alerts.beyond,
            "seconds": seconds(self.took),
            "with_exclusions": self.excluded.as_ref().map(|(tally, difference)| {
                json!({ "alerts": tally.alerts, "excluded": tally.excluded, "difference": compared::object(difference) })
            }),
            "compared": self.compared.as_ref().map(|(old, difference)| {
                json!({ "alerts": old.map(|tally| tally.alerts), "difference": compared::object(difference) })
            }),
        })
    }

    /// What does not fit into a row of the grid.
    fn details(&self, options: &Options) -> String {
        let (tally, name) = (self.tally, &self.rule.name);
        let most = options.alerts.unwrap_or(SHOWN);
        let mut lines: Vec<String> = Vec::new();
        if let Some(failure) = &tally.failure {
            lines.push(format!("{} failed: {failure}", term::count(tally.failed, "run")));
        }
        if let Some(moment) = tally.given_up {
            let moment = ::rules::exclusion::moment::write(moment);
            lines.push(format!("given up at {moment}: runs failed one after the other"));
        }
        lines.extend(tally.warning.iter().map(|warning| format!("warning: {warning}")));
        for (number, words) in [
            (tally.rested, "run was not made: the rule rests after an alert"),
            (tally.suppressed, "hit was taken by an alert already there"),
            (tally.held, "hit was beyond the rule's limit of alerts and never raised"),
        ] {
            if number > 0 {
                let words = if number == 1 {
                    words.to_owned()
                } else {
                    words.replacen("run was", "runs were", 1).replacen("hit was", "hits were", 1)
                };
                lines.push(format!("{number} {words}"));
            }
        }
        lines.extend(tally.excluded.iter().map(|(id, hits)| format!("{} taken by exclusion {id}", term::count(*hits, "hit"))));
        let mut text: String = lines.into_iter().map(|line| format!("  {line}\n")).collect();
        if options.alerts.is_some() {
            text.extend(self.alerts.alerts().take(most).map(|told| format!("    {}\n", compared::line(told))));
        }
        if let Some((after, difference)) = &self.excluded {
            let taken: Vec<String> = by_id(&after.excluded, &tally.excluded);
            let words = if taken.is_empty() { "take nothing away".to_owned() } else { format!("take {}", taken.join(", ")) };
            text.push_str(&format!("  the exclusions {words}; {} → {}\n", tally.alerts, term::count(after.alerts, "alert")));
            text.push_str(&compared::text(difference, most));
        }
        if let Some((old, difference)) = &self.compared {
            let words = match old {
                None => "a new rule".to_owned(),
                Some(old) => format!("before {}", term::count(old.alerts, "alert")),
            };
            let (added, removed) = (difference.added.len(), difference.removed.len());
            text.push_str(&format!("  {words}: {added} added, {removed} removed, {} the same\n", difference.same));
            text.push_str(&compared::text(difference, most));
        }
        if text.is_empty() { text } else { format!("\n{}\n{text}", term::harmless(name, 200)) }
    }
}

/// Hits of the exclusions that the first has and the second has not, in words.
fn by_id(with: &BTreeMap<String, u64>, without: &BTreeMap<String, u64>) -> Vec<String> {
    let fresh = with.iter().filter(|(id, _)| !without.contains_key(*id));
    fresh.map(|(id, hits)| format!("{} by {id}", term::count(*hits, "hit"))).collect()
}

fn text(outcomes: &[Outcome<'_>], range: Range, options: &Options, excluding: bool) -> String {
    let mut columns = vec![Column::text("Rule"), Column::number("Runs"), Column::number("Hits"), Column::number("Alerts")];
    columns.push(Column::number("A day"));
    if excluding {
        columns.push(Column::number("After exclusions"));
    }
    columns.extend([Column::number("Excluded"), Column::number("Failed"), Column::number("Seconds"), Column::text("By day")]);
    let rows = outcomes.iter().map(|outcome| {
        let tally = outcome.tally;
        let after = outcome.excluded.as_ref().map(|(after, _)| *after);
        let mut row = vec![
            term::harmless(&outcome.rule.name, 60),
            tally.runs.to_string(),
            tally.hits.to_string(),
            tally.alerts.to_string(),
            format!("{:.2}", outcome.days.mean(range)),
        ];
        if excluding {
            row.push(after.map_or_else(String::new, |after| after.alerts.to_string()));
        }
        row.extend([
            after.unwrap_or(tally).excluded.values().sum::<u64>().to_string(),
            tally.failed.to_string(),
            format!("{:.1}", seconds(outcome.took)),
            outcome.days.line(range),
        ]);
        row
    });
    let details: String = outcomes.iter().map(|outcome| outcome.details(options)).collect();
    format!("{}{details}", term::grid(&columns, rows))
}

#[expect(clippy::cast_precision_loss, reason = "a duration, for people")]
fn seconds(micros: i64) -> f64 {
    micros as f64 / 1e6
}
