//! Clients of Elasticsearch send records of the audit log, and the published rule on them alerts: the wire format as Filebeat and others
//! write it, and elasticsearch-py itself where a Python has it.

use std::{
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};

use serde_json::{Value, json};

use super::{Answer, Serve, python_with, request, tenant::record, until, watched};
use crate::common::{Outcome, Place};

/// The rule that Elastic publishes as "Microsoft 365 Exchange DKIM Signing Configuration Disabled", with its query, its indices and its times.
const RULE: &str = "[rule]\nname = \"DKIM signing disabled\"\nrule_id = \"514121ce-c7b6-474a-8237-68ff71672379\"\ntype = \"query\"\nlanguage = \"kuery\"\nindex = [\"filebeat-*\", \"logs-o365*\"]\ninterval = \"5m\"\nfrom = \"now-30m\"\nmax_signals = 100\nrisk_score = 47\nseverity = \"medium\"\nquery = '''\nevent.dataset:o365.audit and event.provider:Exchange and event.category:web and event.action:\"Set-DkimSigningConfig\" and o365.audit.Parameters.Enabled:False and event.outcome:success\n'''\n";

/// Puts the published rule beside the others, while they are watched: it looks back as soon as it is there.
fn publish(place: &Place) -> Outcome {
    place.file("spoofwatch-data/rules/dkim.toml", RULE)
}

pub(super) fn token(place: &Place) -> Outcome<String> {
    Ok(std::fs::read_to_string(place.path("spoofwatch-data/token"))?.trim().to_owned())
}

/// Asks as a client does.
fn call(serve: &Serve, method: &str, path: &str, headers: &str, body: &[u8]) -> Outcome<Answer> {
    let head = format!(
        "{method} /elastic{path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}Content-Length: {}\r\n\r\n",
        body.len()
    );
    request(&serve.address, &head, body)
}

/// The record as Filebeat's module for Microsoft 365 shapes it.
fn shaped(record: &Value) -> Value {
    let text = |member: &str| record[member].as_str().unwrap_or_default().to_owned();
    let parameters = record["Parameters"].as_array().into_iter().flatten();
    let parameters: serde_json::Map<String, Value> =
        parameters.filter_map(|pair| Some((pair["Name"].as_str()?.to_owned(), pair["Value"].clone()))).collect();
    json!({
        "@timestamp": text("CreationTime") + ".000Z",
        "ecs": {"version": "1.12.0"},
        "agent": {"type": "filebeat", "version": "9.0.0", "ephemeral_id": "b1"},
        "input": {"type": "o365audit"}, "fileset": {"name": "audit"}, "service": {"type": "o365"}, "tags": ["forwarded"],
        "event": {
            "dataset": "o365.audit", "module": "o365", "kind": "event", "provider": text("Workload"), "action": text("Operation"),
            "category": ["web"], "type": ["info"], "outcome": "success", "id": text("Id"), "code": "ExchangeAdmin",
        },
        "user": {"id": text("UserId")}, "organization": {"id": text("OrganizationId")},
        "o365": {"audit": {"Operation": text("Operation"), "Workload": text("Workload"), "ObjectId": text("ObjectId"), "Parameters": parameters}},
    })
}

/// How often an alert names each record.
fn alerts(place: &Place) -> Outcome<Vec<String>> {
    let out = place.run(&["alerts", "list", "--all", "--limit", "1000", "--format", "json"])?.good()?;
    let mut ids = Vec::new();
    for line in out.lines().filter(|line| line.starts_with('{')) {
        let alert: Value = serde_json::from_str(line)?;
        let rows = alert["detail"]["evidence"].as_array().into_iter().flatten();
        ids.extend(rows.filter_map(|row| row["event.id"].as_str()).map(str::to_owned));
    }
    ids.sort();
    Ok(ids)
}

fn until_alerts(place: &Place, wanted: &[&str]) -> Outcome {
    let mut last = Vec::new();
    let waited = until("the alerts are there", || {
        last = alerts(place)?;
        Ok(last.len() >= wanted.len())
    });
    if waited.is_err() || last != wanted { Err(format!("alerts on {wanted:?} were expected: {last:?}").into()) } else { Ok(()) }
}

#[test]
fn records_that_shippers_send_in_their_ways_raise_the_published_rules_alert() -> Outcome {
    let place = watched()?;
    let serve = Serve::start(&place, &[])?;
    let key = format!("Authorization: ApiKey {}\r\nContent-Type: application/x-ndjson\r\n", token(&place)?);
    // A module of Filebeat, its bare input, a file of records read as text, Logstash's text, and a bare record.
    let [module, input, text, original, bare] = ["a-module", "b-input", "c-text", "d-original", "e-bare"].map(|id| record(id, 2));
    let mut lines = String::new();
    add(&mut lines, json!({"create": {"_index": "filebeat-9.0.0", "_id": "a-module"}}), shaped(&module));
    add(
        &mut lines,
        json!({"create": {"_index": "filebeat-9.0.0"}}),
        json!({"@timestamp": module["CreationTime"], "o365audit": input}),
    );
    add(
        &mut lines,
        json!({"index": {"_index": "logs-o365.audit-default"}}),
        json!({"@timestamp": "2026-01-01T00:00:00Z", "message": text.to_string()}),
    );
    add(
        &mut lines,
        json!({"create": {"_index": "logs-generic-default"}}),
        json!({"@timestamp": "2026-01-01T00:00:00Z", "event": {"original": original.to_string()}}),
    );
    add(&mut lines, json!({"index": {}}), json!({"event": {"dataset": "system.auth"}, "@timestamp": "2026-01-01T00:00:00Z"}));
    add(&mut lines, json!({"index": {}}), json!({"@timestamp": "when it rained", "event": {"id": "f"}}));
    lines.push_str("{\"delete\":{\"_id\":\"g\"}}\n");
    add(&mut lines, json!({"index": {}}), bare);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(lines.as_bytes())?;
    let headers = format!("{key}Content-Encoding: gzip\r\n");
    let answer = call(&serve, "POST", "/logs-o365.audit-default/_bulk", &headers, &gzip.finish()?)?;
    assert!(answer.status == 200 && answer.head.to_ascii_lowercase().contains("x-elastic-product: elasticsearch"), "{answer:?}");
    let told = answer.json()?;
    let items = told["items"].as_array().ok_or("no items")?;
    let fates: Vec<(&str, u64)> = items
        .iter()
        .flat_map(|item| item.as_object().into_iter().flatten())
        .map(|(name, item)| (name.as_str(), item["status"].as_u64().unwrap_or_default()))
        .collect();
    let expected = [
        ("create", 201),
        ("create", 201),
        ("index", 201),
        ("create", 201),
        ("index", 201),
        ("index", 400),
        ("delete", 400),
        ("index", 201),
    ];
    assert_eq!(fates, expected, "{told}");
    let reason = |place: usize| items[place]["index"]["error"]["reason"].as_str().unwrap_or_default().to_owned();
    assert!(reason(5).contains("when it rained"), "{told}");
    let ids = ["a-module", "b-input", "c-text", "d-original", "e-bare"];
    publish(&place)?;
    until_alerts(&place, &ids)?;
    // Sent again, as clients do that saw no answer: nothing is there twice.
    assert_eq!(call(&serve, "PUT", "/logs-o365.audit-default/_bulk", &key, lines.as_bytes())?.status, 200);
    assert_eq!(place.rows("['o365.audit'] | count")?, json!([[6]]));
    // What is not a document of a table's shape is kept with the reason, as of every way in.
    // It was sent twice, in bodies of different length, and is there once.
    assert_eq!(place.rows("Rejects | where Reason has 'when it rained' | count")?, json!([[1]]));
    until_alerts(&place, &ids)
}

#[test]
fn one_document_is_stored_and_whoever_has_no_token_is_told_so() -> Outcome {
    let place = watched()?;
    let serve = Serve::start(&place, &["--max-body", "1"])?;
    let key = format!("Authorization: Bearer {}\r\n", token(&place)?);
    let mail = |id: &str| format!("{{\n\"@timestamp\":\"2026-11-20T00:00:00Z\",\"NetworkMessageId\":\"{id}\"}}");
    assert_eq!(call(&serve, "POST", "/emailevents/_doc", &key, mail("1").as_bytes())?.status, 201);
    assert_eq!(call(&serve, "PUT", "/emailevents-2026.11.20/_create/7", &key, mail("2").as_bytes())?.status, 201);
    let answer = call(&serve, "PUT", "/emailevents/_doc/8", &key, b"{\"NetworkMessageId\":\"3\"}")?;
    assert_eq!((answer.status, &answer.json()?["error"]["type"]), (400, &json!("document_parsing_exception")));
    assert_eq!(place.rows("EmailEvents | project NetworkMessageId | order by NetworkMessageId asc")?, json!([["1"], ["2"]]));
    for headers in ["", "Authorization: Basic bWU6bm90IHRoZSB0b2tlbg==\r\n"] {
        let answer = call(&serve, "POST", "/emailevents/_doc", headers, mail("4").as_bytes())?;
        assert_eq!((answer.status, &answer.json()?["error"]["type"]), (401, &json!("security_exception")));
    }
    assert_eq!(call(&serve, "POST", "/_bulk", &key, &vec![b' '; (1 << 20) + 1])?.status, 413);
    let answer = call(&serve, "POST", "/emailevents/_search", &key, b"{}")?;
    assert!(answer.status == 400 && answer.body.contains("is not supported"), "{answer:?}");
    Ok(())
}

#[test]
fn elasticsearch_py_loads_records_that_the_published_rule_alerts_on() -> Outcome {
    let Some(python) = python_with("elasticsearch") else { return Ok(()) };
    let place = watched()?;
    let serve = Serve::start(&place, &[])?;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/clients/elasticsearch_bulk.py");
    let mut child = Command::new(python)
        .arg(script)
        .args([format!("http://{}/elastic", serve.address), token(&place)?])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let ids: Vec<String> = (10..30).map(|number| format!("r{number}")).collect();
    let lines: String = ids.iter().map(|id| format!("{}\n", record(id, 1))).collect();
    child.stdin.take().ok_or("no standard input")?.write_all(lines.as_bytes())?;
    let run = crate::common::finished(child)?;
    let told: Value = serde_json::from_str(&run.good()?)?;
    assert_eq!(
        (&told["ping"], &told["sent"], &told["again"], &told["mixed"]),
        (&json!(true), &json!(20), &json!(20), &json!(1)),
        "{told}"
    );
    assert_eq!(told["faults"], json!([[400, "document_parsing_exception"]]), "{told}");
    assert_eq!(told["index"], "created");
    assert!(told["search"].as_str().is_some_and(|words| words.contains("is not supported")), "{told}");
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    publish(&place)?;
    until_alerts(&place, &ids)
}

/// A line that says what to do, and a document.
fn add(lines: &mut String, action: Value, document: Value) {
    lines.push_str(&format!("{action}\n{document}\n"));
}
