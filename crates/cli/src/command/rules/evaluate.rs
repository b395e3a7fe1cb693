//! `spoofwatch rules evaluate`: precision and recall on simulated telemetry, which knows what its events are.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::Arc,
};

use ::rules::{Rule, exclusion::Exclusion};
use clap::Args;
use detect::{
    evaluate::{Evaluation, Kind, Score, Truth, scenarios_of},
    replay::{self, Raised, Range},
};
use serde_json::{Value, json};

use super::Format;
use crate::{
    command::hunt::Running,
    failure::Failure,
    history::{Collect, Done, Job, Past, exclusions::ExclusionFiles, truth},
    output,
    term::{self, Column},
};

/// Arguments of `rules evaluate`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Files and folders of rules; the folder `rules` of the data directory without. A tag `Scenario:NAME` says what a rule is meant to find.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    exclusions: ExclusionFiles,
    /// How the outcome is shown.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    #[command(flatten)]
    running: Running,
}

/// The hits of a rule, by variant.
#[derive(Debug)]
struct Hits(Vec<Evaluation>);

impl Collect for Hits {
    fn take(&mut self, raised: Raised<'_>) {
        if let Some(evaluation) = self.0.get_mut(raised.variant) {
            evaluation.add(raised.rows, (raised.alert.window_from, raised.alert.window_to));
        }
    }
}

/// The most kinds of false hits that are named for a rule.
const NAMED: usize = 5;

pub(crate) async fn run(data: &Path, options: Options) -> Result<(), Failure> {
    let reading = super::load(data, &options.paths)?;
    let given = options.exclusions.load()?;
    let (engine, environment) = options.running.start_with(data, Some(1)).await?;
    let progress = term::Progress::start("reading labels");
    let (truth, span) = truth::load(&engine, &environment).await?;
    let truth = Arc::new(truth);
    let rules = super::runnable(&reading);
    let mut jobs = Vec::new();
    for rule in &rules {
        let scenarios = known(rule, &truth);
        let kinds = truth::kinds(rule, &engine, &environment).await;
        jobs.push(job(rule, span, &truth, scenarios, kinds, &reading.exclusions, given.as_deref()));
    }
    progress.finish();
    let past = Past::new(engine, environment, &options.running.config.load(data)?)?;
    let done = past.run("evaluating", jobs).await?;
    let text = match options.format {
        Format::Json => done.iter().map(|done| format!("{}\n", object(done))).collect(),
        Format::Text => text(&done),
    };
    output::print(&text)?;
    let failed = done.iter().filter(|done| done.tallies.iter().any(|tally| tally.failed > 0)).count() as u64;
    let mut failures: Vec<Failure> = super::tell_faults(&reading).err().into_iter().collect();
    if failed > 0 {
        failures.push(Failure::input(format!("{} had runs that failed", term::count(failed, "rule"))));
    }
    Failure::all(failures)
}

/// The scenarios that a rule names; one that nothing is labelled with is told.
fn known(rule: &Rule, truth: &Truth) -> BTreeSet<String> {
    let (attacks, others) = truth.scenarios();
    let named = scenarios_of(&rule.tags);
    for name in named.iter().filter(|name| !attacks.contains(name.as_str()) && !others.contains(name.as_str())) {
        let near = schema::nearest(name, attacks.iter().copied());
        let help = if near.is_empty() {
            format!("there are {}", Vec::from_iter(attacks.iter().copied()).join(", "))
        } else {
            format!("did you mean {}?", near.join(" or "))
        };
        term::warn(&format!("{}: nothing is labelled with the scenario `{name}`; {help}", rule.name));
    }
    named
}

/// A rule over the whole telemetry: from the first labelled event until every window that holds the last one has been looked at.
fn job(
    rule: &Arc<Rule>,
    (first, last): (i64, i64),
    truth: &Arc<Truth>,
    scenarios: BTreeSet<String>,
    kinds: BTreeSet<Kind>,
    own: &[Exclusion],
    given: Option<&[Exclusion]>,
) -> Job<Hits> {
    let interval = replay::timetable(rule).interval;
    let range = Range { from: first, to: last.saturating_add(interval).saturating_add(1), closing: false };
    let mut variants = vec![own.to_vec()];
    variants.extend(given.map(|given| [own, given].concat()));
    let evaluation = || Evaluation::new(Arc::clone(truth), scenarios.clone(), kinds.clone());
    let collector = Hits(variants.iter().map(|_| evaluation()).collect());
    Job { rule: Arc::clone(rule), variants, range, collector }
}

/// The names of the scenarios a rule is meant to find.
fn meant(rule: &Rule) -> String {
    let named = scenarios_of(&rule.tags);
    if named.is_empty() { "every attack".to_owned() } else { Vec::from_iter(named).join(", ") }
}

fn text(done: &[Done<Hits>]) -> String {
    let columns = [
        Column::text("Rule"),
        Column::text("Meant to find"),
        Column::text(""),
        Column::number("Alerts"),
        Column::number("Hits"),
        Column::number("True"),
        Column::number("Other attacks"),
        Column::number("False"),
        Column::number("Found"),
        Column::number("Missed"),
        Column::number("Precision"),
        Column::number("Recall"),
    ];
    let mut rows = Vec::new();
    let mut details = String::new();
    for done in done {
        let scores: Vec<Score> = done.collector.0.iter().map(Evaluation::score).collect();
        for (place, score) in scores.iter().enumerate() {
            let (name, scenarios) = if place == 0 {
                (term::harmless(&done.rule.name, 60), meant(&done.rule))
            } else {
                (String::new(), String::new())
            };
            let exclusions = match (scores.len(), place) {
                (1, _) => "",
                (_, 0) => "before",
                (_, _) => "after",
            };
            let mut row = vec![name, scenarios, exclusions.to_owned()];
            let numbers = [score.alerts, score.hits, score.right, score.other, score.wrongs(), score.found, score.misses()];
            row.extend(numbers.map(|number| number.to_string()));
            row.extend([score.precision(), score.recall()].map(part));
            rows.push(row);
        }
        details.push_str(&self::details(done, &scores));
    }
    format!("{}{details}", term::grid(&columns, rows))
}

/// What the false hits of a rule are, what it misses, what failed.
fn details(done: &Done<Hits>, scores: &[Score]) -> String {
    let mut text = String::new();
    for (place, score) in scores.iter().enumerate() {
        let when = if place == 0 { "" } else { " after exclusions" };
        for (what, counts) in [("false", &score.wrong), ("missed", &score.missed)] {
            if !counts.is_empty() {
                text.push_str(&format!("  {what}{when}: {}\n", most(counts)));
            }
        }
    }
    for tally in &done.tallies {
        if let Some(failure) = &tally.failure {
            text.push_str(&format!("  {} failed: {failure}\n", term::count(tally.failed, "run")));
            break;
        }
    }
    if let Some(warning) = done.tallies.iter().find_map(|tally| tally.warning.as_ref()) {
        text.push_str(&format!("  warning: {warning}\n"));
    }
    if text.is_empty() { text } else { format!("\n{}\n{text}", term::harmless(&done.rule.name, 200)) }
}

/// The largest counts first.
fn most(counts: &BTreeMap<String, u64>) -> String {
    let mut sorted: Vec<(&String, &u64)> = counts.iter().collect();
    sorted.sort_by(|one, other| other.1.cmp(one.1).then(one.0.cmp(other.0)));
    let rest: u64 = sorted.iter().skip(NAMED).map(|(_, count)| **count).sum();
    let mut words: Vec<String> = sorted.iter().take(NAMED).map(|(name, count)| format!("{count} {name}")).collect();
    if rest > 0 {
        words.push(format!("{rest} others"));
    }
    words.join(", ")
}

fn part(part: Option<f64>) -> String {
    part.map_or_else(|| "-".to_owned(), |part| format!("{part:.3}"))
}

fn object(done: &Done<Hits>) -> Value {
    let scores: Vec<Value> = done.collector.0.iter().map(|evaluation| score(&evaluation.score())).collect();
    let tally = done.tallies.first();
    json!({
        "rule": done.rule.key,
        "name": done.rule.name,
        "file": done.rule.origin.source.path,
        "scenarios": scenarios_of(&done.rule.tags),
        "runs": tally.map(|tally| tally.runs),
        "failed": tally.map(|tally| tally.failed),
        "failure": tally.and_then(|tally| tally.failure.as_ref()),
        "before_exclusions": scores.first(),
        "after_exclusions": scores.get(1),
    })
}

fn score(score: &Score) -> Value {
    json!({
        "alerts": score.alerts,
        "hits": score.hits,
        "true": score.right,
        "other_attacks": score.other,
        "false": score.wrongs(),
        "false_by_scenario": score.wrong,
        "found": score.found,
        "missed": score.misses(),
        "missed_by_scenario": score.missed,
        "precision": score.precision(),
        "recall": score.recall(),
    })
}
