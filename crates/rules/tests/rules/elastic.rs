//! Rules of Elastic's repository, in TOML.

use spoofwatch_rules::model::{EventGrouping, Format, Kind, Language, MissingFields, Severity};

use crate::{Outcome, faults, minutes, rule};

fn toml(rest: &str) -> String {
    format!(
        "[metadata]\ncreation_date = \"2026/01/02\"\nintegration = [\"o365\"]\nmaturity = \"production\"\n\n[rule]\nname = \"Ours\"\nrule_id = \"e1\"\n{rest}"
    )
}

const EVERYTHING: &str = r#"type = "query"
language = "lucene"
from = "now-30m"
interval = "10m"
max_signals = 20
index = ["logs-o365*"]
severity = "medium"
risk_score = 47
author = ["Us"]
license = "Apache-2.0"
tags = ["mail"]
note = "Look."
setup = "Switch it on."
references = ["https://contoso.example/a"]
false_positives = ["Tests."]
timestamp_override = "event.ingested"
rule_name_override = "event.action"
building_block_type = "default"
timeline_id = "t1"
timeline_title = "Mail"
query = '''
event.action:"Set-DkimSigningConfig"
  AND event.outcome:success
'''

[[rule.severity_mapping]]
field = "event.severity"
operator = "equals"
value = "3"
severity = "critical"

[[rule.risk_score_mapping]]
field = "event.risk"
operator = "equals"
value = ""

[[rule.exceptions_list]]
id = "x"
list_id = "ours"
namespace_type = "agnostic"
type = "detection"

[[rule.threat]]
framework = "MITRE ATT&CK"
[rule.threat.tactic]
id = "TA0003"
name = "Persistence"
reference = "https://attack.mitre.org/tactics/TA0003/"
[[rule.threat.technique]]
id = "T1556"
name = "Modify Authentication Process"
reference = "https://attack.mitre.org/techniques/T1556/"
[[rule.threat.technique.subtechnique]]
id = "T1556.006"

[rule.alert_suppression]
group_by = ["user.id"]
missing_fields_strategy = "doNotSuppress"
[rule.alert_suppression.duration]
unit = "h"
value = 6

[rule.investigation_fields]
field_names = ["user.id", "source.ip"]
"#;

#[test]
fn a_query_rule_with_everything_around_it() -> Outcome {
    let text = toml(EVERYTHING);
    let rule = rule("e.toml", &text)?;
    assert_eq!((rule.key.as_str(), rule.format, rule.language), ("e1", Format::ElasticToml, Language::Lucene));
    assert_eq!(rule.kind, Kind::Query);
    assert_eq!((rule.schedule.interval, rule.schedule.look_back), (Some(minutes(10)), Some(minutes(30))));
    assert_eq!((rule.max_signals, rule.risk_score, rule.severity), (Some(20), Some(47.0), Some(Severity::Medium)));
    assert_eq!(rule.event_grouping, EventGrouping::AlertPerResult);
    assert_eq!(rule.timestamp_override.as_deref(), Some("event.ingested"));
    assert_eq!(rule.severity_mapping[0].severity, Severity::Critical);
    assert_eq!(rule.risk_score_mapping[0].field, "event.risk");
    assert_eq!(rule.exception_lists[0].list_id, "ours");
    assert_eq!(rule.attack.techniques[0].name.as_deref(), Some("Modify Authentication Process"));
    assert_eq!(rule.attack.sub_techniques[0].url.as_deref(), Some("https://attack.mitre.org/techniques/T1556/006/"));
    let suppression = rule.suppression.as_ref().ok_or("no suppression")?;
    assert_eq!((suppression.duration, suppression.missing_fields), (Some(minutes(360)), MissingFields::DoNotSuppress));
    assert_eq!((rule.connectors.len(), rule.highlighted_fields.len()), (1, 2));
    assert_eq!((rule.building_block, rule.status.as_deref()), (true, Some("production")));
    assert_eq!(rule.published.pointer("/metadata/creation_date").and_then(|date| date.as_str()), Some("2026/01/02"));
    let place = rule.position(rule.query.text.find("AND").ok_or("no AND")?);
    assert_eq!(text.lines().nth(place.line - 1).and_then(|line| line.find("AND")), Some(place.column - 1));
    Ok(())
}

#[test]
fn kibanas_defaults_hold_where_the_rule_says_nothing() -> Outcome {
    let rule = rule("e.toml", &toml("type = \"query\"\nquery = \"a:b\"\n"))?;
    assert_eq!((rule.schedule.interval, rule.schedule.look_back), (Some(minutes(5)), Some(minutes(6))));
    assert_eq!((rule.language, rule.max_signals, rule.enabled), (Language::Kuery, None, None));
    Ok(())
}

#[test]
fn thresholds_and_new_terms_are_read_as_toml_nests_them() -> Outcome {
    let threshold = "type = \"threshold\"\nquery = \"a:b\"\n[rule.threshold]\nfield = [\"user.id\"]\nvalue = 25\n[[rule.threshold.cardinality]]\nfield = \"source.ip\"\nvalue = 3\n";
    match rule("t.toml", &toml(threshold))?.kind {
        Kind::Threshold { fields, value, cardinality } => {
            assert_eq!((fields, value), (vec!["user.id".to_owned()], 25));
            assert_eq!((cardinality[0].field.as_str(), cardinality[0].value), ("source.ip", 3));
        }
        other => return Err(format!("{other:?}").into()),
    }
    let terms = "type = \"new_terms\"\nquery = \"a:b\"\n[rule.new_terms]\nfield = \"new_terms_fields\"\nvalue = [\"user.id\", \"source.ip\"]\n[[rule.new_terms.history_window_start]]\nfield = \"history_window_start\"\nvalue = \"now-14d\"\n";
    assert_eq!(
        rule("n.toml", &toml(terms))?.kind,
        Kind::NewTerms {
            fields: vec!["user.id".to_owned(), "source.ip".to_owned()],
            history_window_start: minutes(14 * 24 * 60)
        }
    );
    Ok(())
}

#[test]
fn what_cannot_be_run_yet_is_kept_with_the_reason() -> Outcome {
    for (ty, reason) in [
        ("type = \"eql\"\nlanguage = \"eql\"\nquery = \"any where true\"\n", "Event Query Language"),
        ("type = \"esql\"\nlanguage = \"esql\"\nquery = \"from x\"\n", "ES|QL"),
        ("type = \"machine_learning\"\nmachine_learning_job_id = [\"j\"]\n", "machine learning"),
        ("type = \"threat_match\"\nquery = \"a:b\"\n", "threat_match"),
        ("type = \"saved_query\"\nsaved_id = \"s\"\n", "saved in Kibana"),
        ("type = \"brand_new\"\n", "`brand_new`"),
    ] {
        let rule = rule("e.toml", &toml(ty))?;
        assert!(rule.not_runnable().is_some_and(|told| told.contains(reason)), "{reason}: {:?}", rule.kind);
    }
    Ok(())
}

#[test]
fn what_is_wrong_is_told_with_its_line() {
    let text = toml("type = \"new_terms\"\nquery = \"a:b\"\nfrom = \"now-1d/d\"\ninterval = \"5x\"\n");
    let told = faults("e.toml", &text);
    assert_eq!(told.len(), 4, "{told:?}");
    assert!(told.iter().any(|fault| fault.starts_with("e.toml:11: `from`")), "{told:?}");
    assert!(told.iter().any(|fault| fault.starts_with("e.toml:12: `interval`")), "{told:?}");
    let broken = faults("e.toml", "[rule]\nname = \"x\n");
    assert!(broken.len() == 1 && broken[0].starts_with("e.toml:2: this is no TOML"), "{broken:?}");
    assert!(faults("Cargo.toml", "[package]\nname = 1x\n").is_empty(), "other TOML is no business of ours");
}
