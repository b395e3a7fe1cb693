//! Sentinel's YAML: hunting queries, analytics rules, exports.

use spoofwatch_rules::model::{Comparison, EventGrouping, Format, Kind, Language, Matching, Severity};

use crate::{Outcome, faults, minutes, rule};

const ANALYTICS: &str = r#"id: 6d1b7a52-9a3f-4c14-8c2e-2f6f7b0f7a11
name: Reply address on a free mailbox
description: |
  'Answers to a message from a partner would go to a mailbox that anybody can open.'
kind: Scheduled
version: 1.10
severity: High
status: Available
queryFrequency: 1h
queryPeriod: 2d
triggerOperator: gt
triggerThreshold: 4
tactics:
- InitialAccess
- Persistence
relevantTechniques:
- T1566.002
- T1534
tags: [mail]
requiredDataConnectors:
- connectorId: OurConnector
  dataTypes:
  - EmailEvents
  - EmailUrlInfo
eventGroupingSettings:
  aggregationKind: AlertPerResult
suppressionEnabled: true
suppressionDuration: PT5H
incidentConfiguration:
  createIncident: true
  groupingConfiguration:
    enabled: true
    reopenClosedIncident: true
    lookbackDuration: 3h
    matchingMethod: Selected
    groupByEntities: [Account]
    groupByAlertDetails: [DisplayName]
    groupByCustomDetails: [Campaign]
entityMappings:
- entityType: MailMessage
  fieldMappings:
  - identifier: NetworkMessageId
    columnName: NetworkMessageId
  - identifier: Recipient
    columnName: RecipientEmailAddress
customDetails:
  Campaign: Subject
alertDetailsOverride:
  alertDisplayNameFormat: Replies to {{SenderFromDomain}}
  alertDescriptionFormat: "{{Count}} messages"
  alertSeverityColumnName: Severity
  alertTacticsColumnName: Tactics
  alertDynamicProperties:
  - alertProperty: ConfidenceLevel
    value: Sureness
query: |
  EmailEvents

    | where SenderFromDomain == "partner.example"
somethingNew: {kept: [1, 2]}
"#;

#[test]
fn an_analytics_rule_loses_nothing() -> Outcome {
    let rule = rule("rules/reply.yaml", ANALYTICS)?;
    assert_eq!(rule.key, "6d1b7a52-9a3f-4c14-8c2e-2f6f7b0f7a11");
    assert_eq!(rule.format, Format::SentinelAnalytics);
    assert_eq!((rule.language, &rule.kind), (Language::Kusto, &Kind::Query));
    assert_eq!(rule.description, "Answers to a message from a partner would go to a mailbox that anybody can open.");
    assert_eq!(rule.version.as_deref(), Some("1.10"), "YAML would make 1.1 of it");
    assert_eq!(rule.severity, Some(Severity::High));
    assert_eq!((rule.schedule.interval, rule.schedule.look_back), (Some(minutes(60)), Some(minutes(2 * 24 * 60))));
    assert_eq!((rule.trigger.operator, rule.trigger.threshold), (Comparison::GreaterThan, 4));
    assert_eq!(rule.event_grouping, EventGrouping::AlertPerResult);
    assert_eq!(rule.pause.map(|pause| (pause.enabled, pause.duration)), Some((true, minutes(300))));
    let grouping = rule.incident.as_ref().and_then(|incident| incident.grouping.as_ref()).ok_or("no grouping")?;
    assert!(grouping.enabled && grouping.reopen_closed);
    assert_eq!((grouping.look_back, grouping.matching), (Some(minutes(180)), Matching::Selected));
    assert_eq!((grouping.entities.len(), grouping.alert_details.len(), grouping.custom_details.len()), (1, 1, 1));
    assert_eq!(rule.attack.tactics[0].url.as_deref(), Some("https://attack.mitre.org/tactics/TA0001/"));
    assert_eq!(rule.attack.techniques[0].id, "T1534");
    assert_eq!(rule.attack.sub_techniques[0].url.as_deref(), Some("https://attack.mitre.org/techniques/T1566/002/"));
    assert_eq!(rule.entity_mappings[0].kind, "MailMessage");
    assert_eq!(rule.entity_mappings[0].fields[1].column, "RecipientEmailAddress");
    assert_eq!((rule.custom_details[0].name.as_str(), rule.custom_details[0].column.as_str()), ("Campaign", "Subject"));
    let told = rule.alert_override.as_ref().ok_or("no override")?;
    assert_eq!(told.name_format.as_deref(), Some("Replies to {{SenderFromDomain}}"));
    assert_eq!(told.dynamic_properties[0].property, "ConfidenceLevel");
    assert_eq!(
        (rule.connectors, rule.tables),
        (vec!["OurConnector".to_owned()], vec!["EmailEvents".to_owned(), "EmailUrlInfo".to_owned()])
    );
    assert_eq!(rule.published.pointer("/somethingNew/kept/1"), Some(&2.into()), "unknown fields are kept");
    Ok(())
}

#[test]
fn the_query_is_where_the_editor_shows_it() -> Outcome {
    let rule = rule("rules/reply.yaml", ANALYTICS)?;
    let at = rule.query.text.find("partner").ok_or("no such word")?;
    let place = rule.position(at);
    let line = ANALYTICS.lines().nth(place.line - 1).ok_or("no such line")?;
    assert_eq!(line.chars().position(|letter| letter == '"').map(|quote| quote + 2), Some(place.column));
    Ok(())
}

#[test]
fn a_hunting_query_has_no_schedule() -> Outcome {
    let rule = rule(
        "h.yaml",
        "id: h1\nname: Messages a day\ndescription: Short.\ndescription-detailed: Longer words.\ntactics: InitialAccess\nquery: EmailEvents | count\n",
    )?;
    assert_eq!(rule.format, Format::SentinelHunting);
    assert!(!rule.schedule.is_scheduled());
    assert_eq!(rule.event_grouping, EventGrouping::AlertPerResult);
    assert_eq!(rule.description, "Longer words.");
    assert_eq!(rule.attack.tactics.len(), 1, "one word counts as a list");
    assert_eq!((rule.severity, rule.enabled), (None, None));
    Ok(())
}

#[test]
fn near_real_time_rules_are_continuous() -> Outcome {
    let rule = rule("n.yml", "id: n1\nname: At once\nkind: NRT\nseverity: low\nquery: EmailEvents\n")?;
    assert!(rule.schedule.continuous && rule.schedule.interval.is_none());
    assert_eq!(rule.event_grouping, EventGrouping::SingleAlert);
    Ok(())
}

#[test]
fn a_rule_of_another_kind_is_kept_and_says_why_it_cannot_run() -> Outcome {
    let rule = rule("f.yml", "id: f1\nname: Fused\nkind: Fusion\nquery: EmailEvents\n")?;
    assert!(rule.not_runnable().is_some_and(|reason| reason.contains("`Fusion`")));
    Ok(())
}

#[test]
fn what_is_wrong_is_told_with_its_line() {
    let broken =
        "id: b1\nname: Broken\nkind: Scheduled\nqueryFrequency: hourly\nqueryPeriod: 1d\ntriggerOperator: '>'\nquery: T\n";
    assert_eq!(
        faults("b.yaml", broken),
        [
            "b.yaml:4: `queryFrequency` should be a length of time such as 5m, 1d or PT1H and is `hourly`",
            "b.yaml:6: `triggerOperator` should be one of gt, lt, eq, ne and is `>`",
        ]
    );
    assert_eq!(faults("q.yaml", "id: q\nname: No query\nqueryFrequency: 1h\n"), ["q.yaml:1: the rule has no `query`"]);
    let told = faults("y.yaml", "id: y\nname: [\nquery: T\n");
    assert!(told.len() == 1 && told[0].contains("this is no YAML"), "{told:?}");
}

#[test]
fn a_field_that_describes_costs_a_warning_and_not_the_rule() {
    let reading =
        spoofwatch_rules::read("w.yaml", b"id: w1\nname: W\nseverity: Grave\nrelevantTechniques: [Phishing]\nquery: T\n");
    assert_eq!(reading.rules.len(), 1);
    let told: Vec<(bool, usize)> = reading.faults.iter().map(|fault| (fault.is_error(), fault.line)).collect();
    assert_eq!(told, [(false, 3), (false, 4)]);
}

#[test]
fn other_yaml_is_passed_over() {
    for text in [
        "",
        "- a\n- b\n",
        "version: 3\nservices: {db: {image: x}}\n",
        "FunctionName: F\nFunctionQuery: T\n",
        "a: [query\n",
        "\u{0}",
    ] {
        let reading = spoofwatch_rules::read("o.yaml", text.as_bytes());
        assert!(reading.rules.is_empty() && reading.faults.is_empty(), "{text:?}: {:?}", reading.faults);
    }
}

#[test]
fn an_exported_rule_is_an_arm_template() -> Outcome {
    let template = r#"{"$schema": "https://schema.example/deploymentTemplate.json#", "resources": [{
        "id": "[concat(resourceId('x', parameters('w')),'/alertRules/7f3c2a10-5b77-4c7e-9a55-0d2f7a9b6c21')]",
        "type": "Microsoft.OperationalInsights/workspaces/providers/alertRules", "kind": "Scheduled",
        "properties": {"displayName": "Exported", "enabled": true, "severity": "Low", "query": "EmailEvents\n| take 5",
            "queryFrequency": "PT5M", "queryPeriod": "PT1H", "triggerOperator": "GreaterThan", "triggerThreshold": 0,
            "tactics": ["Impact"], "techniques": ["T1565"], "subTechniques": ["T1565.001"]}}]}"#;
    let rule = rule("export.json", template)?;
    assert_eq!((rule.key.as_str(), rule.name.as_str()), ("7f3c2a10-5b77-4c7e-9a55-0d2f7a9b6c21", "Exported"));
    assert_eq!((rule.format, rule.enabled), (Format::SentinelArm, Some(true)));
    assert_eq!((rule.schedule.interval, rule.schedule.look_back), (Some(minutes(5)), Some(minutes(60))));
    assert_eq!((rule.attack.techniques.len(), rule.attack.sub_techniques.len()), (1, 1));
    Ok(())
}
