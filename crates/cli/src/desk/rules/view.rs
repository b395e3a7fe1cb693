//! One rule, whole.

use desk::{Fault, RuleLine, RuleVersion, RuleView};
use rules::{
    Rule,
    model::{Comparison, EventGrouping, Kind},
};

use super::{Context, list::reference, trial};
use crate::{
    command::rules::{length, schedule as words},
    desk::{exclusions, guide, hunts::colours},
    query::Language,
    watch::found_text,
};

/// Runs that are shown: the last ones.
const RUNS: i64 = 50;

/// The rule.
pub(super) async fn of(desk: &Context, rule: &Rule, line: RuleLine) -> Result<RuleView, Fault> {
    let source = &rule.origin.source;
    let (problems, _) = trial::checked(desk, rule).await?;
    Ok(RuleView {
        line,
        description: rule.description.clone(),
        query: rule.query.text.clone(),
        colours: Language::of_rule(rule.language).map_or_else(Vec::new, |language| colours(&rule.query.text, language)),
        text: source.text.clone(),
        text_form: form(&source.path).to_owned(),
        guide: guide::of_rule(rule),
        false_positives: rule.false_positives.clone(),
        references: rule.references.clone(),
        tactics: rule.attack.tactics.iter().map(reference).collect(),
        problems,
        versions: versions(desk, rule).await?,
        runs: desk.state().runs(Some(&rule.key), RUNS).await?,
        exclusions: exclusions::Here::of_rule(desk, rule).await?,
        schedule: schedule(rule),
        next_steps: detect::raise::next_steps(rule),
    })
}

/// What a text is written in.
fn form(path: &str) -> &'static str {
    match trial::ending(Some(path), "") {
        "yaml" | "yml" => "yaml",
        "toml" => "toml",
        "json" | "ndjson" | "jsonl" => "json",
        _ => "kql",
    }
}

/// Its texts, the latest first; the first is the present one, kept or not.
pub(super) async fn versions(desk: &Context, rule: &Rule) -> Result<Vec<RuleVersion>, Fault> {
    let number = |number: i64| u64::try_from(number).unwrap_or_default();
    let kept = desk.state().rule_texts(&rule.key).await?;
    let mut versions: Vec<RuleVersion> = kept
        .into_iter()
        .map(|text| RuleVersion {
            number: number(text.number),
            at: text.at,
            who: text.actor,
            comment: text.comment,
            version: text.version,
            text: text.body,
        })
        .collect();
    if versions.first().is_none_or(|latest| latest.text != rule.origin.source.text) {
        let found = found_text(rule, desk.house.started);
        versions.insert(
            0,
            RuleVersion {
                number: versions.first().map_or(0, |latest| latest.number) + 1,
                at: found.at,
                version: found.version,
                text: found.body,
                ..RuleVersion::default()
            },
        );
    }
    Ok(versions)
}

/// When it runs and what it raises, in words.
fn schedule(rule: &Rule) -> Vec<(String, String)> {
    let mut said: Vec<(String, String)> = Vec::new();
    let mut say = |what: &str, words: String| said.push((what.to_owned(), words));
    say("Runs", words(&rule.schedule));
    if rule.schedule.delay > 0 {
        say("Looks up to", format!("{} before the run", length(rule.schedule.delay)));
    }
    let rows = rule.trigger.threshold;
    let fires = match rule.trigger.operator {
        Comparison::GreaterThan => format!("more than {rows} rows"),
        Comparison::LessThan => format!("fewer than {rows} rows"),
        Comparison::Equal => format!("{rows} rows"),
        Comparison::NotEqual => format!("any number of rows but {rows}"),
    };
    say("Fires on", fires);
    match &rule.kind {
        Kind::Threshold { fields, value, .. } if fields.is_empty() => say("Hit", format!("{value} events")),
        Kind::Threshold { fields, value, .. } => say("Hit", format!("{value} events of the same {}", fields.join(", "))),
        Kind::NewTerms { fields, history_window_start } => {
            say("Hit", format!("a combination of {} not seen for {}", fields.join(", "), length(*history_window_start)));
        }
        Kind::Query | Kind::NotRunnable { .. } => {}
    }
    let alerts = match rule.event_grouping {
        EventGrouping::AlertPerResult => "one for each row",
        EventGrouping::SingleAlert => "one for all rows of a run",
    };
    say("Alerts", alerts.to_owned());
    if rule.event_grouping == EventGrouping::AlertPerResult {
        let limit = rule.max_signals.unwrap_or(detect::raise::DEFAULT_LIMIT).clamp(1, detect::raise::HIGHEST_LIMIT);
        say("Limit", format!("{limit} alerts a run"));
    }
    if let Some(suppression) = &rule.suppression {
        let by = if suppression.group_by.is_empty() { "the rule's fields".to_owned() } else { suppression.group_by.join(", ") };
        let time = suppression.duration.map_or_else(|| "within a run".to_owned(), |duration| format!("for {}", length(duration)));
        say("Suppression", format!("one alert by {by} {time}"));
    }
    if let Some(pause) = rule.pause.filter(|pause| pause.enabled) {
        say("Rests", format!("{} after an alert", length(pause.duration)));
    }
    if let Some(incident) = &rule.incident {
        say("Incidents", if incident.create { "alerts become incidents" } else { "alerts become none" }.to_owned());
    }
    said
}
