//! Custom detections of Defender: Graph's `detectionRule` in both of its shapes, and the same beside a hunting query.

use spoofwatch_rules::model::{EventGrouping, Format, Severity};

use crate::{Outcome, minutes, rule};

#[test]
fn graphs_detection_rule_with_impacted_assets() -> Outcome {
    let rule = rule(
        "d.json",
        r##"{"id": "81", "displayName": "Own domain fails", "isEnabled": true, "createdBy": "lea@contoso.example",
            "queryCondition": {"queryText": "EmailEvents | where DMARC == 'fail'"},
            "schedule": {"period": "3H", "nextRunDateTime": "2026-11-21T00:00:00Z"},
            "detectionAction": {
              "alertTemplate": {"title": "Spoofed {{SenderFromDomain}}", "description": "Somebody writes as us.", "severity": "medium",
                "category": "InitialAccess", "recommendedActions": "Look at the headers.", "mitreTechniques": ["T1566.001"],
                "impactedAssets": [{"@odata.type": "#microsoft.graph.security.impactedMailboxAsset", "identifier": "recipientEmailAddress"}]},
              "responseActions": [{"@odata.type": "#microsoft.graph.security.softDeleteResponseAction", "identifier": "networkMessageId"}]}}"##,
    )?;
    assert_eq!((rule.key.as_str(), rule.name.as_str(), rule.format), ("81", "Own domain fails", Format::DefenderDetection));
    assert_eq!(rule.schedule.interval, Some(minutes(180)));
    assert_eq!(rule.schedule.look_back, Some(minutes(720)), "Defender looks back four times the interval");
    assert_eq!((rule.severity, rule.note.as_str()), (Some(Severity::Medium), "Look at the headers."));
    assert_eq!((rule.attack.tactics[0].id.as_str(), rule.attack.sub_techniques[0].id.as_str()), ("TA0001", "T1566.001"));
    assert_eq!(
        (rule.impacted_assets[0].kind.as_str(), rule.impacted_assets[0].identifier.as_str()),
        ("mailbox", "recipientEmailAddress")
    );
    assert_eq!((rule.actions[0].kind.as_str(), rule.actions[0].identifier.as_deref()), ("softDelete", Some("networkMessageId")));
    assert_eq!(
        rule.position(0).column,
        r##"            "queryCondition": {"queryText": ""##.len() + 1,
        "the query is found in the file"
    );
    Ok(())
}

#[test]
fn graphs_detection_rule_with_entities_and_a_duration() -> Outcome {
    let rule = rule(
        "d.json",
        r#"{"@odata.context": "https://graph.example", "value": [{"id": "82", "displayName": "At once", "status": "enabled",
            "queryCondition": {"queryText": "EmailEvents"}, "schedule": {"frequency": "PT0S"},
            "detectionAction": {
              "alertTemplate": {"title": "t", "severity": "high", "eventGroupingKind": "singleAlert",
                "tactics": [{"tactic": "initialAccess", "techniques": [{"technique": "T1566", "subTechniques": ["T1566.002"]}]}],
                "customDetails": {"Subject": "Subject"},
                "entityMappings": {"mailMessages": [{"networkMessageId": "NetworkMessageId", "recipient": "RecipientEmailAddress"}]}},
              "automatedActions": {"emailMessages": [{"action": "moveToJunk", "identifier": "NetworkMessageId"}]}}}]}"#,
    )?;
    assert!(rule.schedule.continuous);
    assert_eq!(rule.event_grouping, EventGrouping::SingleAlert);
    assert_eq!(rule.enabled, Some(true));
    assert_eq!(
        (rule.attack.tactics[0].id.as_str(), rule.attack.techniques.len(), rule.attack.sub_techniques.len()),
        ("TA0001", 1, 1)
    );
    assert_eq!((rule.entity_mappings[0].kind.as_str(), rule.entity_mappings[0].fields.len()), ("mailMessages", 2));
    assert_eq!(rule.custom_details[0].name, "Subject");
    assert_eq!(rule.actions[0].kind, "emailMessages");
    Ok(())
}

#[test]
fn the_same_in_yaml() -> Outcome {
    let text = "displayName: Daily\nqueryCondition:\n  queryText: |\n    EmailEvents\n    | take 5\nschedule: {period: 24H}\n";
    let rule = rule("d.yaml", text)?;
    assert_eq!(rule.key, "Daily");
    assert_eq!(rule.schedule.look_back, Some(minutes(30 * 24 * 60)), "daily rules look at 30 days");
    assert_eq!(rule.position(rule.query.text.find("take").ok_or("no take")?).line, 5);
    Ok(())
}

#[test]
fn a_hunting_query_may_say_how_it_detects() -> Outcome {
    let text = "id: c1\nname: Continuous\nfrequency: Continuous (NRT)\nimpactedEntities:\n- kind: mailbox\n  column: RecipientEmailAddress\nactions:\n- kind: softDelete\n  column: NetworkMessageId\n- notify\nquery: EmailEvents\n";
    let rule = rule("c.yaml", text)?;
    assert_eq!(rule.format, Format::DefenderDetection);
    assert!(rule.schedule.continuous);
    assert_eq!(rule.impacted_assets[0].identifier, "RecipientEmailAddress");
    assert_eq!((rule.actions.len(), rule.actions[1].kind.as_str()), (2, "notify"));
    Ok(())
}
