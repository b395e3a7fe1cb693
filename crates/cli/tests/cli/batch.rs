//! `hunt --batch`: a line in, a line out, and nothing stops the rest.

use serde_json::{Value, json};

use crate::common::{ENDLESS, Outcome, Place, messages};

fn answers(place: &Place, lines: &str, more: &[&str]) -> Outcome<Vec<Value>> {
    let run = place.run_with(&[&["hunt", "--batch", "-"], more].concat(), lines.as_bytes())?;
    run.good()?.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
}

#[test]
fn each_line_is_answered_in_its_turn() -> Outcome {
    let place = Place::new()?;
    place.file("mail.ndjson", messages(&["a", "b"]))?;
    let lines = r#"{"id":"count","query":"EmailEvents | count"}
this is no JSON

{"id":2}
{"id":"table","query":"EmailEvent | count"}
{"id":"column","query":"EmailEvents\n| where Subjekt == ''"}
{"id":"syntax","query":"EmailEvents | where"}
{"id":null,"query":"print 'last'"}
"#;
    let found = answers(&place, lines, &["--table", "EmailEvents=mail.ndjson"])?;
    assert_eq!(found.len(), 7);
    assert_eq!((&found[0]["id"], &found[0]["ok"], &found[0]["rows"]), (&json!("count"), &json!(true), &json!([[2]])));
    assert_eq!(found[0]["columns"], json!([{ "name": "Count", "type": "long" }]));
    assert!(found[0]["ms"].as_f64().is_some_and(|ms| ms > 0.0));
    let error = |answer: &Value| {
        assert_eq!(answer["ok"], json!(false));
        (answer["error"]["code"].clone(), answer["error"]["line"].clone(), answer["error"]["column"].clone())
    };
    assert_eq!(error(&found[1]), (json!("B0001"), Value::Null, Value::Null));
    assert_eq!(error(&found[2]).0, json!("B0001"));
    assert_eq!(error(&found[3]), (json!("K0101"), json!(1), json!(1)));
    assert!(found[3]["error"]["message"].as_str().is_some_and(|message| message.contains("EmailEvents")), "{}", found[3]);
    assert_eq!(error(&found[4]), (json!("K0102"), json!(2), json!(9)));
    assert_eq!(error(&found[5]).0, json!("K0002"));
    assert_eq!(found[6]["rows"], json!([["last"]]));
    Ok(())
}

#[test]
fn plan_only_knows_the_tables_and_runs_nothing() -> Outcome {
    let place = Place::new()?;
    let lines = format!(
        "{}\n{}\n{}\n",
        json!({ "id": 1, "query": "EmailEvents | where Timestamp > ago(1d) | project Subject" }),
        json!({ "id": 2, "query": ENDLESS }),
        json!({ "id": 3, "query": "EmailEvents | where toscalar(EmailEvents | count) > Nosuch" }),
    );
    let found = answers(&place, &lines, &["--plan-only"])?;
    assert_eq!((&found[0]["ok"], &found[0]["rows"]), (&json!(true), &json!([])));
    assert_eq!(found[0]["columns"], json!([{ "name": "Subject", "type": "string" }]));
    assert_eq!(found[1]["ok"], json!(true));
    assert_eq!(found[2]["error"]["code"], json!("K0102"));
    Ok(())
}

#[test]
fn a_query_that_runs_too_long_or_too_large_is_one_answer_among_others() -> Outcome {
    let place = Place::new()?;
    let wide =
        "range x from 1 to 300000 step 1 | summarize l = make_list(strcat('padding padding', x)) | project array_length(l)";
    let line = |id: u64, query: &str| format!("{}\n", json!({ "id": id, "query": query }));
    let found = answers(&place, &(line(1, ENDLESS) + &line(2, "print x =")), &["--timeout", "1"])?;
    assert_eq!(found[0]["error"]["code"], json!("E0002"), "{}", found[0]);
    assert_eq!(found[1]["error"]["code"], json!("K0002"), "{}", found[1]);
    let found = answers(&place, &(line(1, wide) + &line(2, "print 2")), &["--memory-limit", "1"])?;
    assert_eq!(found[0]["error"]["code"], json!("E0001"), "{}", found[0]);
    assert_eq!(found[1]["rows"], json!([[2]]));
    Ok(())
}
