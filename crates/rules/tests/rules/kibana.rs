//! Kibana's exports in NDJSON, the rule package, exception lists.

use serde_json::{Map, Value, json};
use spoofwatch_rules::{
    exclusion::Lists,
    model::{Format, Kind},
    read,
};

use crate::{Outcome, minutes, rule};

const RULE: &str = r#"{"id":"1","rule_id":"k1","name":"Failed sign-ins","type":"threshold","language":"kuery","query":"event.outcome:failure","enabled":true,"version":3,"threshold":{"field":["user.id"],"value":5,"cardinality":[]},"from":"now-7m","interval":"5m","related_integrations":[{"package":"o365"}],"exceptions_list":[{"id":"l","list_id":"ours","type":"detection","namespace_type":"single"}],"tags":["mail"],"filters":[{"query":{"match_phrase":{"a":"b"}}}]}"#;
const LIST: &str = r#"{"list_id":"ours","type":"detection","name":"Ours","description":"Known senders"}"#;
const ITEM: &str = r#"{"item_id":"i1","list_id":"ours","type":"simple","name":"The scanner","description":"It signs in all night","created_by":"lea","expire_time":"2027-01-01T00:00:00.000Z","entries":[{"field":"user.name","operator":"included","type":"match_any","value":["scanner","probe"]},{"field":"source.ip","operator":"excluded","type":"match","value":"192.0.2.0/24"},{"field":"event.reason","operator":"included","type":"exists"}]}"#;
const SUMMARY: &str = r#"{"exported_count":3,"exported_rules_count":1,"missing_rules":[],"missing_rules_count":0,"exported_exception_list_count":1,"exported_exception_list_item_count":1}"#;

fn row(value: Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

#[test]
fn an_export_holds_rules_lists_and_items() -> Outcome {
    let reading = read("export.ndjson", [RULE, LIST, ITEM, SUMMARY, ""].join("\n").as_bytes());
    assert_eq!(reading.faults, []);
    let rule = reading.rules.first().ok_or("no rule")?;
    assert_eq!(
        (rule.key.as_str(), rule.format, rule.enabled, rule.version.as_deref()),
        ("k1", Format::ElasticJson, Some(true), Some("3"))
    );
    assert_eq!(rule.kind, Kind::Threshold { fields: vec!["user.id".to_owned()], value: 5, cardinality: Vec::new() });
    assert_eq!((rule.schedule.look_back, rule.filters.len(), rule.connectors.len()), (Some(minutes(7)), 1, 1));
    assert_eq!(reading.lists[0].name, "Ours");

    let exclusion = reading.exclusions.first().ok_or("no exclusion")?;
    assert!(exclusion.concerns(rule));
    assert_eq!((exclusion.owner.as_str(), exclusion.reason.as_str()), ("lea", "It signs in all night"));
    assert!(exclusion.counts_at(0) && !exclusion.counts_at(1_798_761_600_000_000), "it ends with the year 2026");
    let lists = Lists::default();
    let hit = json!({"user": {"name": "probe"}, "source": {"ip": "198.51.100.1"}, "event": {"reason": "bad password"}});
    assert!(exclusion.excludes(&row(hit), &lists)?);
    let inside = json!({"user": {"name": "probe"}, "source": {"ip": "192.0.2.9"}, "event": {"reason": "bad password"}});
    assert!(!exclusion.excludes(&row(inside), &lists)?, "the network is the one place it does not count");
    let other_case = json!({"user": {"name": "Probe"}, "source": {"ip": "198.51.100.1"}, "event": {"reason": "x"}});
    assert!(!exclusion.excludes(&row(other_case), &lists)?, "Elastic's keywords differ by case");
    Ok(())
}

#[test]
fn a_broken_line_costs_that_line() {
    let text =
        [RULE, "{\"rule_id\": ", &RULE.replace("k1", "k2").replace("\"5m\"", "\"often\""), &RULE.replace("k1", "k3")].join("\n");
    let reading = read("export.ndjson", text.as_bytes());
    assert_eq!(
        reading.rules.iter().map(|rule| (rule.key.as_str(), rule.origin.line)).collect::<Vec<_>>(),
        [("k1", 1), ("k3", 4)]
    );
    assert_eq!(reading.faults.iter().map(|fault| fault.line).collect::<Vec<_>>(), [2, 3]);
}

#[test]
fn the_last_line_tells_what_was_lost() {
    let summary =
        SUMMARY.replace("\"exported_rules_count\":1", "\"exported_rules_count\":2").replace("[]", "[{\"rule_id\":\"k9\"}]");
    let reading = read("export.ndjson", [RULE, &summary].join("\n").as_bytes());
    let told: Vec<&str> = reading.faults.iter().map(|fault| fault.reason.as_str()).collect();
    assert_eq!(
        told,
        [
            "the export says it holds 2 rules, and the file has 1",
            "the export says it holds 1 exceptions, and the file has 0",
            "the rule `k9` was not exported",
        ]
    );
    assert!(reading.faults.iter().all(|fault| !fault.is_error()));
}

#[test]
fn an_item_that_cannot_be_read_is_not_taken_by_halves() {
    let item = ITEM.replace("\"exists\"", "\"resembles\"");
    let reading = read("export.ndjson", [RULE, &item].join("\n").as_bytes());
    assert!(reading.exclusions.is_empty());
    assert!(reading.faults[0].reason.contains("`resembles`"), "{:?}", reading.faults);
}

#[test]
fn a_rule_of_the_package_is_wrapped() -> Outcome {
    let wrapped = format!(r#"{{"attributes": {}, "id": "k1_3", "type": "security-rule"}}"#, RULE.replace("k1", "p1"));
    let rule = rule("p1.json", &wrapped)?;
    assert_eq!(rule.key, "p1");
    assert!(rule.published.pointer("/attributes/rule_id").is_some());
    Ok(())
}

#[test]
fn new_terms_are_two_fields_in_json() -> Outcome {
    let text = r#"{"rule_id":"n1","name":"New","type":"new_terms","query":"a:b","new_terms_fields":["user.id"],"history_window_start":"now-7d"}"#;
    assert_eq!(
        rule("n.json", text)?.kind,
        Kind::NewTerms { fields: vec!["user.id".to_owned()], history_window_start: minutes(7 * 24 * 60) }
    );
    Ok(())
}

#[test]
fn telemetry_is_passed_over() {
    for text in ["{\"Timestamp\":\"2026-11-20\",\"Subject\":\"x\"}\n{\"Timestamp\":", "[1,2", "{}", ""] {
        let reading = read("mail.ndjson", text.as_bytes());
        assert!(reading.rules.is_empty() && reading.faults.is_empty(), "{text}");
    }
}
