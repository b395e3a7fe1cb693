//! The rules that come with the project, in `content/rules`: every one says what the person who gets its alert needs to know, none has
//! a fault or a lint, and the exclusions are of rules that are there.

use std::{collections::BTreeSet, fs, path::PathBuf};

use spoofwatch_rules::{Reading, Rule, lint, model::Format};

use super::{Outcome, minutes};

/// The headings of the page beside a rule of Sentinel; in the note of an Elastic rule the second is a field of its own.
const HEADINGS: [&str; 5] = ["Investigation guide", "False positives", "Response playbook", "Hunting queries", "Tuning guidance"];

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../content/rules")
}

fn pack() -> Reading {
    spoofwatch_rules::load(&[folder()])
}

fn file(rule: &Rule) -> PathBuf {
    PathBuf::from(&rule.origin.source.path)
}

/// The headings of a page in their order.
fn headings(page: &str) -> Vec<&str> {
    page.lines().filter_map(|line| line.strip_prefix("## ")).collect()
}

#[test]
fn every_rule_is_read_without_fault_and_without_lint() {
    let reading = pack();
    assert!(reading.faults.is_empty(), "{:?}", reading.faults);
    assert!(reading.rules.len() >= 23, "{}", reading.rules.len());
    for rule in &reading.rules {
        let findings = lint::check(rule, &lint::Settings::default());
        assert!(findings.is_empty(), "{}: {findings:?}", rule.name);
    }
}

#[test]
fn every_rule_says_how_bad_it_is_what_it_finds_and_whom_it_is_about() {
    for rule in pack().rules {
        let name = &rule.name;
        assert!(rule.severity.is_some(), "{name} has no severity");
        assert!(!rule.attack.tactics.is_empty() && !rule.attack.techniques.is_empty(), "{name} is in no matrix");
        assert!(rule.attack.tactics.iter().all(|tactic| !tactic.id.is_empty()), "{name} has a tactic of its own");
        assert!(rule.version.is_some() && rule.description.len() > 80, "{name} says too little of itself");
        if matches!(rule.format, Format::SentinelAnalytics | Format::SentinelHunting) {
            assert!(!rule.entity_mappings.is_empty(), "{name} is about nobody");
        }
        if rule.format == Format::SentinelAnalytics {
            assert!(!rule.custom_details.is_empty() && rule.alert_override.is_some(), "{name} tells nothing of its row");
        }
    }
}

#[test]
fn no_window_has_a_gap_and_none_is_longer_than_sentinel_allows() {
    for rule in pack().rules {
        let (Some(interval), Some(look_back)) = (rule.schedule.interval, rule.schedule.look_back) else {
            assert!(rule.schedule.continuous || rule.format == Format::SentinelHunting, "{} has no schedule", rule.name);
            continue;
        };
        assert!(look_back >= interval, "{}", rule.name);
        assert!(look_back <= minutes(14 * 24 * 60), "{}: Sentinel looks back 14 days at most", rule.name);
    }
}

#[test]
fn every_rule_has_its_cases_and_its_guide() -> Outcome {
    for rule in pack().rules {
        let path = file(&rule);
        let cases = fs::read_to_string(path.with_extension("tests.yaml"))?;
        let count = |text: &str| cases.lines().filter(|line| line.trim() == text).count();
        let (fires, silent) = (cases.matches("      alerts: 1\n").count(), count("alerts: 0"));
        assert!(fires >= 1 && silent >= 2, "{}: {fires} cases that fire, {silent} that do not", rule.name);
        if rule.format == Format::ElasticToml {
            let note = &rule.note;
            assert_eq!(headings(note), [HEADINGS[0], HEADINGS[2], HEADINGS[3], HEADINGS[4]], "{}", rule.name);
            assert!(!rule.false_positives.is_empty(), "{} has no false positives", rule.name);
        } else {
            assert_eq!(headings(&fs::read_to_string(path.with_extension("md"))?), HEADINGS, "{}", rule.name);
        }
    }
    Ok(())
}

#[test]
fn the_readme_lists_every_rule() -> Outcome {
    let readme = fs::read_to_string(folder().join("README.md"))?;
    for rule in pack().rules {
        let path = file(&rule);
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let folder = path.parent().and_then(|folder| folder.file_name()).unwrap_or_default().to_string_lossy();
        assert!(readme.contains(&format!("]({folder}/{name})")), "{folder}/{name} is not in content/rules/README.md");
        let technique = rule.attack.techniques.iter().all(|technique| readme.contains(&technique.id));
        assert!(technique, "a technique of {name} is not in content/rules/README.md");
    }
    Ok(())
}

#[test]
fn no_key_is_given_twice_and_every_key_is_a_guid() {
    let keys: Vec<String> = pack().rules.into_iter().map(|rule| rule.key).collect();
    assert_eq!(keys.iter().collect::<BTreeSet<_>>().len(), keys.len());
    for key in &keys {
        assert!(key.len() == 36 && key.split('-').map(str::len).eq([8, 4, 4, 4, 12]), "{key}");
    }
}
