//! `rules backtest` and `rules evaluate`: rules over history.

use serde_json::{Value, json};

use crate::common::{Outcome, Place, messages};

/// A rule that runs every hour over the last two.
fn rule(key: &str, name: &str, query: &str) -> String {
    format!(
        "id: {key}\nname: {name}\nkind: Scheduled\nseverity: High\nqueryFrequency: 1h\nqueryPeriod: 2h\ntriggerOperator: gt\ntriggerThreshold: 0\n\
         query: |\n  {query}\neventGroupingSettings: {{ aggregationKind: AlertPerResult }}\n"
    )
}

/// Six messages, one an hour of 20 November 2026: a to f.
fn place() -> Outcome<Place> {
    let place = Place::new()?;
    place.file("mail.ndjson", messages(&["a", "b", "c", "d", "e", "f"]))?;
    place.run(&["ingest", "--table", "EmailEvents", "mail.ndjson"])?.good()?;
    Ok(place)
}

fn backtest(place: &Place, arguments: &[&str]) -> Outcome<Value> {
    let all =
        [&["rules", "backtest", "--format", "json", "--from", "2026-11-19T12:00:00Z", "--to", "2026-11-21"], arguments].concat();
    Ok(serde_json::from_str(&place.run(&all)?.good()?)?)
}

#[test]
fn every_run_of_the_time_is_made_and_each_event_is_alerted_once() -> Outcome {
    let place = place()?;
    place.file("a.yaml", rule("a", "Ours", "EmailEvents | where Subject !has 'd'"))?;
    let found = backtest(&place, &["a.yaml"])?;
    assert_eq!(
        (&found["runs"], &found["hits"], &found["alerts"], &found["failed"]),
        (&json!(36), &json!(5), &json!(5), &json!(0))
    );
    assert_eq!(found["days"], json!({ "2026-11-19": 0, "2026-11-20": 5 }));
    assert_eq!(found["raised"].as_array().map(Vec::len), Some(5));
    assert!(!place.path("spoofwatch-data/state.db").exists(), "nothing of the real state changes");
    // A query that gives away nothing about its rows is run in every window, and finds the same.
    place.file("b.yaml", rule("a", "Ours", "union EmailEvents | where Subject !has 'd'"))?;
    let other = backtest(&place, &["b.yaml"])?;
    assert_eq!((&found["raised"], &found["runs"], &found["rows"]), (&other["raised"], &other["runs"], &other["rows"]));
    Ok(())
}

#[test]
fn a_row_of_the_future_is_not_seen() -> Outcome {
    let place = place()?;
    // A hunting query without a window of its own runs once a day and would see all of the table.
    place.file("count.kql", "EmailEvents | summarize Messages = count() by SenderFromDomain")?;
    let arguments = ["rules", "backtest", "--format", "json", "--from", "2026-11-20", "--to", "2026-11-21", "count.kql"];
    let found: Value = serde_json::from_str(&place.run(&arguments)?.good()?)?;
    assert_eq!(found["runs"], json!(1));
    let later = ["rules", "backtest", "--format", "json", "--from", "2026-11-18", "--to", "2026-11-19", "count.kql"];
    let found: Value = serde_json::from_str(&place.run(&later)?.good()?)?;
    assert_eq!((&found["runs"], &found["alerts"]), (&json!(1), &json!(0)));
    Ok(())
}

#[test]
fn a_change_and_an_exclusion_show_what_they_add_and_remove() -> Outcome {
    let place = place()?;
    place.file("old/a.yaml", rule("a", "Ours", "EmailEvents | where Subject has_any ('a', 'b', 'c')"))?;
    place.file("new/a.yaml", rule("a", "Ours", "EmailEvents | where Subject has_any ('b', 'c', 'd', 'e')"))?;
    place.file(
        "ex.yaml",
        "- id: known\n  rules: { keys: [a] }\n  entries: [{ column: Subject, operator: matches, value: '*e' }]\n",
    )?;
    let found = backtest(&place, &["new", "--compare", "old", "--exclusions", "ex.yaml"])?;
    let subjects = |list: &Value| -> Vec<String> {
        let evidence = list.as_array().into_iter().flatten().filter_map(|one| one["evidence"].as_str());
        let mut found: Vec<String> =
            evidence.filter_map(|text| text.split("NetworkMessageId: ").nth(1)?.get(..1).map(str::to_owned)).collect();
        found.sort();
        found
    };
    let compared = &found["compared"]["difference"];
    assert_eq!(
        (subjects(&compared["added"]), subjects(&compared["removed"])),
        (vec!["d".to_owned(), "e".to_owned()], vec!["a".to_owned()])
    );
    assert_eq!(compared["same"], json!(2));
    let excluded = &found["with_exclusions"];
    assert_eq!((&excluded["alerts"], &excluded["excluded"]), (&json!(3), &json!({ "known": 1 })));
    assert_eq!(subjects(&excluded["difference"]["removed"]), ["e"]);
    let arguments = ["--from", "2026-11-20", "--to", "2026-11-21", "--compare", "old", "--exclusions", "ex.yaml"];
    let text = place.run(&[&["rules", "backtest", "new"], &arguments[..]].concat())?.good()?;
    assert!(text.contains("\n  the exclusions take 1 hit by known; 4 → 3 alerts\n  - 2026-11-20T0"), "{text}");
    assert!(text.contains("\n  before 3 alerts: 2 added, 1 removed, 2 the same\n  + 2026-11-20T0"), "{text}");
    Ok(())
}

#[test]
fn what_is_wrong_is_told() -> Outcome {
    let place = place()?;
    place.file("a.yaml", rule("a", "Ours", "EmailEvents | where Subjekt has 'x'"))?;
    let run = place.run(&["rules", "backtest", "a.yaml", "--from", "2026-11-20", "--to", "2026-11-21"])?;
    assert!(run.out.contains("3 runs failed: a.yaml:10:23: K0102"), "{}", run.out);
    assert!(run.out.contains("given up at 2026-11-20T0"), "{}", run.out);
    assert_eq!(run.failed(1)?, "1 rule had runs that failed\n");
    let told = |arguments: &[&str], words: &str| -> Outcome {
        let err = place.run(&[&["rules", "backtest", "a.yaml"], arguments].concat())?.failed(1)?;
        assert!(err.contains(words), "{err}");
        Ok(())
    };
    told(&["--from", "soon"], "--from: `soon` is no time")?;
    told(&["--from", "2026-11-20", "--to", "2026-11-20"], "--from must be before --to")?;
    place.file("ex.yaml", "- id: x\n")?;
    told(&["--from", "2026-11-20", "--exclusions", "ex.yaml"], "error: ex.yaml:1: missing field `rules`")?;
    place.run(&["rules", "backtest", "a.yaml"])?.failed(2)?;
    let err = place.run(&["rules", "evaluate", "a.yaml"])?.failed(1)?;
    assert!(err.contains("no labels of attacks"), "{err}");
    Ok(())
}

#[test]
fn hits_are_held_against_the_labels() -> Outcome {
    let place = place()?;
    let label = |hour: u32, id: &str, label: &str, scenario: &str| {
        json!({ "Timestamp": format!("2026-11-20T0{hour}:00:00Z"), "NetworkMessageId": id, "Label": label, "Scenario": scenario })
            .to_string()
    };
    let labels = [
        label(0, "a", "attack", "spoof"),
        label(1, "b", "attack", "spoof"),
        label(2, "c", "attack", "other"),
        label(3, "d", "look-alike", "list"),
        label(4, "e", "ordinary", "people"),
        label(5, "f", "ordinary", "people"),
    ];
    place.file("labels.ndjson", labels.join("\n"))?;
    place.run(&["ingest", "--table", "SimulationLabels", "labels.ndjson"])?.good()?;
    let tagged = |query: &str| format!("{}tags: ['Scenario:spoof']\n", rule("a", "Ours", query));
    place.file("a.yaml", tagged("EmailEvents | where Subject has_any ('a', 'c', 'd', 'e')"))?;
    place.file(
        "ex.yaml",
        "- id: known\n  rules: { keys: [a] }\n  entries: [{ column: NetworkMessageId, operator: is_one_of, value: [d, e] }]\n",
    )?;
    let out = place.run(&["rules", "evaluate", "a.yaml", "--exclusions", "ex.yaml", "--format", "json"])?.good()?;
    let found: Value = serde_json::from_str(&out)?;
    assert_eq!(
        found["before_exclusions"],
        json!({
            "alerts": 4, "hits": 4, "true": 1, "other_attacks": 1, "false": 2, "false_by_scenario": { "list": 1, "ordinary": 1 },
            "found": 1, "missed": 1, "missed_by_scenario": { "spoof": 1 }, "precision": 0.5, "recall": 0.5
        })
    );
    let after = &found["after_exclusions"];
    assert_eq!((&after["precision"], &after["recall"], &after["alerts"]), (&json!(1.0), &json!(0.5), &json!(2)));
    // A count stands for the messages of its window.
    place.file("b.yaml", tagged("EmailEvents | summarize count() by bin(Timestamp, 1h)"))?;
    let text = place.run(&["rules", "evaluate", "b.yaml"])?.good()?;
    assert!(text.contains("│ Ours ┆ spoof         ┆"), "{text}");
    place.file("c.yaml", tagged("EmailEvents").replace("Scenario:spoof", "Scenario:spof"))?;
    let run = place.run(&["rules", "evaluate", "c.yaml"])?;
    assert!(run.err.contains("nothing is labelled with the scenario `spof`; did you mean spoof?"), "{}", run.err);
    Ok(())
}
