//! `explain`: what is printed, as files beside this one. To write them anew run with `BLESS=1`, then read them.
#![expect(clippy::disallowed_methods, reason = "the pages are files, and BLESS says to write them")]

use std::{env, fs, path::Path};

use serde_json::{Value, json};

use crate::common::{Outcome, Place, messages};

/// Compares what a run prints with the file of that name.
fn current(name: &str, printed: &str) -> Outcome {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/explained").join(name);
    if env::var_os("BLESS").is_some() {
        fs::write(&path, printed)?;
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(written == printed, "{} is not what is printed:\n{printed}", path.display());
    Ok(())
}

/// A place with a stored table of two messages.
fn stored() -> Outcome<Place> {
    let place = Place::new()?;
    place.file("mail.ndjson", messages(&["a", "b"]))?;
    place.run(&["ingest", "--table", "EmailEvents", "mail.ndjson"])?.good()?;
    Ok(place)
}

/// The steps and scans of a query; how it runs is the query engine's affair, and depends on the number of processors.
fn steps(query: &str, more: &[&str]) -> Outcome<String> {
    let out = stored()?.run(&[&["explain", query, "--as-of", "2026-11-21"], more].concat())?.good()?;
    let (steps, plan) = out.split_once("\nHow it runs").ok_or("no plan")?;
    assert!(plan.lines().count() > 1, "{plan}");
    Ok(steps.to_owned())
}

#[test]
fn each_step_says_what_it_adds_removes_and_retypes() -> Outcome {
    let query = "let Since = ago(7d); let Mine = (d: string) { EmailEvents | where SenderFromDomain == d }; \
                 let Old = EmailEvents | where Timestamp < Since; \
                 Mine('a.example') | extend Kilobytes = EmailSize / 1024, Subject = strlen(Subject) \
                 | join kind=leftanti (Old | project NetworkMessageId) on NetworkMessageId \
                 | project-away EmailSize | sort by Timestamp asc | summarize count() by bin(Timestamp, 1d) | project-reorder count_ \
                 | top 3 by count_";
    current("steps.txt", &steps(query, &[])?)
}

#[test]
fn everything_is_shown_with_full() -> Outcome {
    current("full.txt", &steps("EmailEvents | where SenderFromDomain == 'a.example' | count", &["--full"])?)
}

#[test]
fn saved_functions_are_opened() -> Outcome {
    let place = stored()?;
    place.file("spoofwatch-data/functions/Recent.kql", "EmailEvents\n| where Timestamp > ago(1d)\n")?;
    let out = place.run(&["explain", "Recent | count"])?.good()?;
    current("saved.txt", out.split("\nWhat stored").next().unwrap_or_default())
}

#[test]
fn json_has_steps_scans_and_plans() -> Outcome {
    let out = stored()?.run(&["explain", "--format", "json", "EmailEvents | where EmailSize > 7 | project Subject"])?.good()?;
    let found: Value = serde_json::from_str(&out)?;
    assert_eq!(found["steps"][1]["kind"], "operator");
    assert_eq!(found["steps"][2]["columns"], json!([{ "name": "Subject", "type": "string" }]));
    assert_eq!(found["steps"][2]["added"], json!([]));
    assert_eq!(found["scans"][0]["table"], "EmailEvents");
    assert_eq!(found["scans"][0]["columns"], json!(["Subject", "EmailSize"]));
    assert_eq!(found["scans"][0]["conditions"], json!(["EmailSize > 7"]));
    assert!(found["plans"][0]["name"].is_string());
    Ok(())
}

#[test]
fn a_code_gives_its_page_and_an_error_is_drawn_as_hunt_draws_it() -> Outcome {
    let place = Place::new()?;
    let page = place.run(&["explain", "K0101"])?.good()?;
    assert!(page.starts_with("K0101: there is no table `<name>`\n"), "{page}");
    assert!(place.run(&["explain", "K9999"])?.failed(1)?.contains("no error code K9999"));
    let query = "EmailEvents | where Subjct == ''";
    let told = place.run(&["explain", query])?.failed(1)?;
    assert!(told.contains("did you mean `Subject`?"), "{told}");
    assert_eq!(told, place.run(&["hunt", query])?.failed(1)?);
    place.run(&["explain"])?.failed(2)?;
    Ok(())
}

/// Audit records as Elastic's integration writes them.
const AUDIT: &str = r#"{"@timestamp":"2026-11-20T00:00:00Z","event.action":"Set-DkimSigningConfig","user.id":"anna"}
{"@timestamp":"2026-11-20T01:00:00Z","event.action":"New-InboxRule","user.id":"svc-1"}
"#;

#[test]
fn a_query_of_kibana_is_explained() -> Outcome {
    let place = Place::new()?;
    place.file("audit.ndjson", AUDIT)?;
    let search = ["--table", "o365.audit=audit.ndjson", "--language", "kuery", "--index", "logs-o365*"];
    let text = place.run(&[&["explain", "event.action:Set* and not user.id:svc-*"][..], &search].concat())?.good()?;
    for line in ["  o365.audit: a table", "  | event.action:Set* and not user.id:svc-*", "    in order: @timestamp asc"] {
        assert!(text.contains(line), "{line}: {text}");
    }
    let json = place.run(&[&["explain", "--format", "json", "Set*"][..], &search].concat())?.good()?;
    let found: Value = serde_json::from_str(&json)?;
    assert_eq!(found["steps"][0]["text"], "o365.audit");
    assert_eq!(found["scans"][0]["table"], "o365.audit");
    // A word that is the name of a lint or a code is a query here.
    place.run(&[&["explain", "K0101"][..], &search].concat())?.good()?;
    let told = place.run(&[&["explain", "event.action:("][..], &search].concat())?.failed(1)?;
    assert!(told.contains("Q0002"), "{told}");
    Ok(())
}

#[test]
fn where_to_look_is_for_queries_of_kibana() -> Outcome {
    for command in ["hunt", "explain"] {
        let told = Place::new()?.run(&[command, "--index", "o365.audit", "EmailEvents"])?.failed(1)?;
        assert!(told.contains("--language kuery"), "{told}");
    }
    Ok(())
}
