//! A dry run: which of the alerts that are kept an exclusion would have taken.

use std::collections::BTreeMap;

use rules::{Rule, exclusion::Exclusion};
use state::{Alert, AlertFilter, State};

use crate::{
    failure::Failure,
    output,
    term::{self, Column},
    watch::NamedLists,
};

/// Titles that are shown as examples.
const EXAMPLES: usize = 10;
/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;

/// What would have become of the alerts of a rule.
#[derive(Debug, Default)]
struct Count {
    name: String,
    alerts: u64,
    /// Every row kept as evidence is taken: there would have been no alert.
    whole: u64,
    /// Some rows are taken.
    part: u64,
}

pub(super) async fn run(
    state: &State,
    rules: &[Rule],
    exclusions: &[Exclusion],
    lists: NamedLists,
    days: u32,
) -> Result<(), Failure> {
    let since = super::now().saturating_sub(i64::from(days).saturating_mul(DAY));
    let (lists, troubles) = lists.of(exclusions);
    troubles.iter().for_each(|trouble| term::warn(trouble));
    let mut counts: BTreeMap<String, Count> = BTreeMap::new();
    let mut examples = Vec::new();
    for alert in state.alerts(&AlertFilter { since: Some(since), ..AlertFilter::default() }).await? {
        let concerned: Vec<&Exclusion> = exclusions.iter().filter(|one| concerns(one, rules, &alert)).collect();
        let takes = |row| concerned.iter().any(|one| one.excludes(row, &lists).unwrap_or(false));
        let taken = alert.detail.evidence.iter().filter(|row| takes(row)).count();
        let count = counts.entry(alert.rule_key.clone()).or_default();
        count.name.clone_from(&alert.rule_name);
        count.alerts += 1;
        if taken > 0 && taken == alert.detail.evidence.len() {
            count.whole += 1;
            examples.push(alert.title);
        } else if taken > 0 {
            count.part += 1;
        }
    }
    output::print(&told(&counts, examples, days))
}

/// Whether an exclusion is for the rule of an alert: as the files have the rule today, else as the alert knows it.
fn concerns(exclusion: &Exclusion, rules: &[Rule], alert: &Alert) -> bool {
    match rules.iter().find(|rule| rule.key == alert.rule_key) {
        Some(rule) => exclusion.concerns(rule),
        None => {
            let scope = &exclusion.rules;
            scope.all || scope.keys.contains(&alert.rule_key) || alert.detail.tags.iter().any(|tag| scope.tags.contains(tag))
        }
    }
}

fn told(counts: &BTreeMap<String, Count>, mut examples: Vec<String>, days: u32) -> String {
    let (alerts, whole) = counts.values().fold((0, 0), |(alerts, whole), count| (alerts + count.alerts, whole + count.whole));
    let mut text =
        format!("it would have taken {whole} of the {} of the last {}\n", term::count(alerts, "alert"), term::count(days, "day"));
    let rows: Vec<Vec<String>> = counts
        .values()
        .filter(|count| count.whole + count.part > 0)
        .map(|count| vec![count.name.clone(), count.alerts.to_string(), count.whole.to_string(), count.part.to_string()])
        .collect();
    if !rows.is_empty() {
        let columns =
            [Column::text("Rule"), Column::number("Alerts"), Column::number("Taken"), Column::number("Some rows taken")];
        text.push_str(&term::grid(&columns, rows));
    }
    examples.dedup();
    if !examples.is_empty() {
        text.push_str("\nsuch as\n");
        examples.iter().take(EXAMPLES).for_each(|title| text.push_str(&format!("  - {title}\n")));
    }
    text
}
