//! `rules` and `hunt --file`: published rules from files.

use serde_json::{Value, json};

use crate::common::{Outcome, Place, messages};

const GOOD: &str = "id: g1\nname: Own domain\nkind: Scheduled\nseverity: High\nqueryFrequency: 1h\nqueryPeriod: 2h\ntriggerOperator: gt\ntriggerThreshold: 0\ntactics: [InitialAccess]\nquery: |\n  let Own = dynamic(['example.org']);\n  EmailEvents\n  | where SenderFromDomain in (Own)\n  | project Subject\n";
const WRONG: &str = "id: w1\nname: Misspelt\nquery: |\n  EmailEvents\n  | where Subjekt == ''\n";
const ELASTIC: &str = "[rule]\nname = \"Ours\"\nrule_id = \"e1\"\ntype = \"query\"\nquery = '''\na:b and (c\n'''\n";
const EQL: &str = "[rule]\nname = \"Later\"\nrule_id = \"e2\"\ntype = \"eql\"\nlanguage = \"eql\"\nquery = \"any where true\"\n";

fn place() -> Outcome<Place> {
    let place = Place::new()?;
    place.file("rules/a.yaml", GOOD)?;
    place.file("rules/b.yaml", WRONG)?;
    place.file("rules/c.yaml", "id: c1\nname: Broken\nqueryFrequency: often\nquery: T\n")?;
    place.file("rules/d.toml", ELASTIC)?;
    place.file("rules/e.toml", EQL)?;
    place.file("rules/notes.yaml", "colour: blue\n")?;
    Ok(place)
}

#[test]
fn every_rule_is_checked_and_answered_with_a_line() -> Outcome {
    let run = place()?.run(&["rules", "check", "--format", "json", "rules"])?;
    assert_eq!(run.status, Some(1), "{run:?}");
    let lines: Vec<Value> = run.out.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let found: Vec<(&Value, &Value, &Value)> =
        lines.iter().map(|line| (&line["id"], &line["ok"], &line["errors"][0]["code"])).collect();
    let (yes, no, none) = (json!(true), json!(false), Value::Null);
    assert_eq!(
        found,
        [
            (&none, &no, &json!("R0001")),
            (&json!("g1"), &yes, &none),
            (&json!("w1"), &no, &json!("K0102")),
            (&json!("e1"), &no, &lines[3]["errors"][0]["code"]),
            (&json!("e2"), &no, &json!("R0002")),
        ]
    );
    let at = |line: &Value| (line["errors"][0]["line"].clone(), line["errors"][0]["column"].clone());
    assert_eq!(at(&lines[0]), (json!(3), none.clone()), "the line of the file");
    assert_eq!(at(&lines[2]), (json!(5), json!(11)), "the place in the file");
    assert_eq!(lines[1]["format"], json!("sentinel-analytics"));
    assert_eq!((&lines[1]["language"], &lines[1]["findings"][0]["lint"]), (&json!("kusto"), &json!("missing-entity-mapping")));
    assert_eq!((&lines[4]["runnable"], &lines[3]["language"]), (&no, &json!("kuery")));
    Ok(())
}

#[test]
fn a_rule_that_cannot_be_run_yet_is_nobodys_fault() -> Outcome {
    let place = Place::new()?;
    place.file("e.toml", EQL)?;
    let out = place.run(&["rules", "check", "e.toml"])?.good()?;
    assert!(out.starts_with("not run  e2") && out.contains("EQL"), "{out}");
    Ok(())
}

#[test]
fn rules_are_listed_and_shown() -> Outcome {
    let place = place()?;
    let run = place.run(&["rules", "list", "rules"])?;
    assert_eq!(run.out.lines().count(), 4);
    assert!(run.out.contains("g1") && run.out.contains("every 1h over 2h") && run.err.contains("c.yaml:3"), "{run:?}");
    let text = place.run(&["rules", "show", "own domain", "--rules", "rules"])?.good()?;
    assert!(
        text.contains("TA0001 Initial Access") && text.contains("parameters       Own") && text.contains("| project Subject"),
        "{text}"
    );
    let shown: Value = serde_json::from_str(&place.run(&["rules", "show", "rules/a.yaml", "--format", "json"])?.good()?)?;
    assert_eq!(shown["published"]["queryPeriod"], json!("2h"));
    assert_eq!(shown["schedule"]["look_back"], json!(7_200_000_000_i64));
    let err = place.run(&["rules", "show", "g2", "--rules", "rules"])?.failed(1)?;
    assert!(err.contains("there is no rule `g2`; did you mean "), "{err}");
    Ok(())
}

#[test]
fn a_hunt_runs_the_query_of_a_rule_with_values_of_ones_own() -> Outcome {
    let place = place()?;
    place.file("mail.ndjson", messages(&["a", "b"]))?;
    place.file("own.toml", "[parameters.g1]\nOwn = [\"nowhere.example\"]\n")?;
    place.file("bad.toml", "[parameters.g1]\nOwnn = [\"x\"]\n")?;
    let hunt = ["hunt", "--file", "rules/a.yaml", "--format", "json", "--table", "EmailEvents=mail.ndjson"];
    place.run(&hunt)?.good()?;
    let rows: Value = serde_json::from_str(&place.run(&[&hunt[..], &["--config", "own.toml"]].concat())?.good()?)?;
    assert_eq!(rows["rows"], json!([]));
    let err = place.run(&[&hunt[..], &["--config", "bad.toml"]].concat())?.failed(1)?;
    assert!(err.contains("no parameter `Ownn`; did you mean `Own`?"), "{err}");
    let err = place.run(&["hunt", "--file", "rules/b.yaml"])?.failed(1)?;
    assert!(err.contains("rules/b.yaml:5:11"), "{err}");
    let err = place.run(&["hunt", "--file", "rules/e.toml"])?.failed(1)?;
    assert!(err.contains("EQL"), "{err}");
    Ok(())
}

const FLAG: &str = "EmailEvents\n| extend Failed = AuthenticationDetails has 'fail'\n| summarize count()\n";

#[test]
fn lints_draw_what_they_find_and_an_error_is_told_by_the_status() -> Outcome {
    let place = Place::new()?;
    place.file("a.kql", FLAG)?;
    let run = place.run(&["rules", "lint", "a.kql"])?;
    assert!(run.out.contains("error[unused-flag]") && run.out.contains("a.kql:2:10"), "{}", run.out);
    assert!(run.failed(1)?.contains("1 rule: 1 error"));
    place.run(&["rules", "lint", "--allow", "unused-flag", "a.kql"])?.good()?;
    let err = place.run(&["rules", "lint", "--allow", "unused-flagg", "a.kql"])?.failed(1)?;
    assert!(err.contains("did you mean unused-flag"), "{err}");
    Ok(())
}

#[test]
fn findings_are_told_to_programs() -> Outcome {
    let place = Place::new()?;
    place.file("a.kql", FLAG)?;
    place.file("b.kql", "EmailEvents | where Adress == 1")?;
    let run = place.run(&["rules", "lint", "--format", "json", "a.kql", "b.kql"])?;
    let lines: Vec<Value> = run.out.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let lints: Vec<&Value> = lines.iter().map(|line| &line["findings"][0]["lint"]).collect();
    assert_eq!(lints, [&json!("unused-flag"), &json!("K0102")], "what the engine says is among them");
    let log: Value = serde_json::from_str(&place.run(&["rules", "lint", "--format", "sarif", "a.kql"])?.out)?;
    assert_eq!(log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"], json!(2));
    Ok(())
}

#[test]
fn rows_tell_which_branch_is_dead() -> Outcome {
    let place = Place::new()?;
    place.file("mail.ndjson", messages(&["a", "b"]))?;
    place.run(&["ingest", "--table", "EmailEvents", "mail.ndjson"])?.good()?;
    place.file("a.kql", "EmailEvents\n| where Subject == 'About a' or Subject == 'nobody'\n")?;
    let out = place.run(&["rules", "lint", "--rows", "--format", "json", "a.kql"])?.good()?;
    let line: Value = serde_json::from_str(&out)?;
    let rows: Vec<&Value> = line["conditions"].as_array().into_iter().flatten().map(|condition| &condition["rows"]).collect();
    assert_eq!(rows, [&json!(1), &json!(1), &json!(0)]);
    Ok(())
}

#[test]
fn a_lint_is_explained() -> Outcome {
    let place = Place::new()?;
    let page = place.run(&["explain", "unused-flag"])?.good()?;
    assert!(page.starts_with("unused-flag: ") && page.contains("| where Flag"), "{page}");
    let err = place.run(&["explain", "unused-flags"])?.failed(1)?;
    assert!(err.contains("did you mean unused-flag"), "{err}");
    Ok(())
}
