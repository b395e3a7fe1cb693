//! The document of Elastic's detection engine, as rules over `.alerts-security.*` read it.

use serde_json::{Map, Value, json};
use state::{Alert, Attack};

use super::printed;

/// The alert as a document. Fields of the alert stand by their dotted names, those of the first event as it has them, with its
/// `event.*` moved to `kibana.alert.original_event.*`.
#[must_use]
pub fn ecs(alert: &Alert) -> Map<String, Value> {
    let detail = &alert.detail;
    let mut document = Map::new();
    for (name, value) in detail.evidence.first().into_iter().flatten() {
        match name.strip_prefix("event.").or(if name == "event" { Some("") } else { None }) {
            Some("") => drop(document.insert("kibana.alert.original_event".to_owned(), value.clone())),
            Some(rest) => drop(document.insert(format!("kibana.alert.original_event.{rest}"), value.clone())),
            None if name == "@timestamp" => drop(document.insert("kibana.alert.original_time".to_owned(), value.clone())),
            None => drop(document.insert(name.clone(), value.clone())),
        }
    }
    let own = json!({
        "@timestamp": printed(alert.created_at),
        "event.kind": "signal",
        "kibana.alert.uuid": alert.id,
        "kibana.alert.start": printed(alert.created_at),
        "kibana.alert.last_detected": printed(alert.updated_at),
        "kibana.alert.status": "active",
        "kibana.alert.workflow_status": match alert.status.as_str() { "new" => "open", "in_progress" => "acknowledged", _ => "closed" },
        "kibana.alert.workflow_assignee_ids": alert.assignee.iter().collect::<Vec<_>>(),
        "kibana.alert.depth": 1,
        "kibana.alert.reason": alert.reason,
        // The document knows no severity below low.
        "kibana.alert.severity": if alert.severity == "informational" { "low" } else { alert.severity.as_str() },
        "kibana.alert.risk_score": alert.risk_score,
        "kibana.alert.suppression.docs_count": alert.suppressed,
        "kibana.alert.rule.uuid": alert.rule_key,
        "kibana.alert.rule.rule_id": alert.rule_key,
        "kibana.alert.rule.name": alert.rule_name,
        "kibana.alert.rule.version": alert.rule_version,
        "kibana.alert.rule.description": alert.description,
        "kibana.alert.rule.producer": "spoofwatch",
        "kibana.alert.rule.tags": detail.tags,
        "kibana.alert.rule.references": detail.references,
        "kibana.alert.rule.false_positives": detail.false_positives,
        "kibana.alert.rule.note": detail.guide,
        "kibana.alert.rule.threat": threat(&detail.tactics, &detail.techniques),
        "kibana.alert.rule.parameters.query": detail.query,
        "kibana.alert.rule.parameters.language": detail.language,
        "kibana.alert.rule.execution.uuid": alert.run_id,
    });
    document.extend(own.as_object().cloned().unwrap_or_default());
    document
}

fn threat(tactics: &[Attack], techniques: &[Attack]) -> Vec<Value> {
    let technique: Vec<Value> =
        techniques.iter().map(|one| json!({"id": one.id, "name": one.name, "reference": one.url})).collect();
    tactics
        .iter()
        .map(|tactic| {
            json!({
                "framework": "MITRE ATT&CK",
                "tactic": {"id": tactic.id, "name": tactic.name, "reference": tactic.url},
                "technique": technique,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_event_is_kept_beside_the_alert() {
        let mut alert = super::super::example::alert();
        let event = json!({"@timestamp": "2023-11-14T22:00:00Z", "event.action": "Set-DkimSigningConfig", "user.id": "admin@contoso.example"});
        alert.detail.evidence = vec![event.as_object().cloned().unwrap_or_default()];
        let document = ecs(&alert);
        assert_eq!(document["event.kind"], "signal");
        assert_eq!(document["kibana.alert.original_event.action"], "Set-DkimSigningConfig");
        assert_eq!(document["kibana.alert.original_time"], "2023-11-14T22:00:00Z");
        assert_eq!(document["user.id"], "admin@contoso.example");
        assert_eq!(document["kibana.alert.workflow_status"], "acknowledged");
        assert_eq!(document["kibana.alert.rule.threat"][0]["technique"][0]["id"], "T1566");
    }
}
