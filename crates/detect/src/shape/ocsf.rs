//! OCSF Detection Finding (class 2004, schema 1.5.0: <https://schema.ocsf.io/1.5.0/classes/detection_finding>).

use serde_json::{Value, json};
use state::{Alert, Entity, SEVERITIES};

/// The alert as a Detection Finding. Times are milliseconds since 1970, as the schema has them.
#[must_use]
pub fn ocsf(alert: &Alert) -> Value {
    let detail = &alert.detail;
    let milliseconds = |moment: i64| moment.div_euclid(1000);
    let attacks: Vec<Value> = detail
        .techniques
        .iter()
        .map(|technique| {
            let (top, sub) =
                technique.id.split_once('.').map_or((technique.id.as_str(), None), |(top, _)| (top, Some(technique)));
            let mut attack = json!({"technique": {"uid": top, "name": if sub.is_some() { "" } else { technique.name.as_str() }}});
            if let Some(sub) = sub {
                attack["sub_technique"] = json!({"uid": sub.id, "name": sub.name});
            }
            attack["tactics"] = detail.tactics.iter().map(|tactic| json!({"uid": tactic.id, "name": tactic.name})).collect();
            attack
        })
        .collect();
    json!({
        "activity_id": 1,
        "activity_name": "Create",
        "category_uid": 2,
        "category_name": "Findings",
        "class_uid": 2004,
        "class_name": "Detection Finding",
        "type_uid": 200_401,
        "time": milliseconds(alert.created_at),
        "message": alert.reason,
        "severity_id": SEVERITIES.iter().position(|known| *known == alert.severity).map_or(0, |rank| rank + 1),
        "severity": super::capital(&alert.severity),
        "status_id": status(&alert.status),
        "confidence_id": match alert.confidence.as_str() { "low" => 1, "medium" => 2, "high" => 3, _ => 0 },
        "risk_score": alert.risk_score,
        "finding_info": {
            "uid": alert.id,
            "title": alert.title,
            "desc": alert.description,
            "created_time": milliseconds(alert.created_at),
            "modified_time": milliseconds(alert.updated_at),
            "first_seen_time": alert.first_event.map(milliseconds),
            "last_seen_time": alert.last_event.map(milliseconds),
            "analytic": {
                "type_id": 1, "type": "Rule", "uid": alert.rule_key, "name": alert.rule_name, "version": alert.rule_version,
            },
            "attacks": attacks,
        },
        "observables": detail.entities.iter().map(observable).collect::<Vec<_>>(),
        "evidences": detail.evidence.iter().map(|row| json!({"data": row})).collect::<Vec<_>>(),
        "count": alert.suppressed.saturating_add(1),
        "metadata": {"version": "1.5.0", "uid": alert.id, "product": {"name": "spoofwatch", "vendor_name": "spoofwatch"}},
        "unmapped": {"incident": alert.incident_id, "query": detail.query, "language": detail.language},
    })
}

/// New 1, in progress 2, resolved 4.
fn status(status: &str) -> u8 {
    match status {
        "new" => 1,
        "in_progress" => 2,
        "closed" => 4,
        _ => 0,
    }
}

/// An entity as the schema's observable: host name 1, address 2, user 4, mail address 5, URL 6, hash 8, anything else 99.
fn observable(entity: &Entity) -> Value {
    let (id, kind) = match entity.kind.as_str() {
        "Host" | "DNS" => (1, "Hostname"),
        "IP" => (2, "IP Address"),
        "Account" => (4, "User Name"),
        "Mailbox" | "MailSender" => (5, "Email Address"),
        "URL" => (6, "URL String"),
        "FileHash" => (8, "Hash"),
        _ => (99, "Other"),
    };
    json!({"name": entity.kind, "type_id": id, "type": kind, "value": entity.value})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alert_is_a_detection_finding() {
        let mut alert = super::super::example::alert();
        alert.detail.techniques.push(state::Attack {
            id: "T1566.002".to_owned(),
            name: "Spearphishing Link".to_owned(),
            url: String::new(),
        });
        let finding = ocsf(&alert);
        assert_eq!(finding["class_uid"], 2004);
        assert_eq!(finding["severity_id"], 4);
        assert_eq!(finding["status_id"], 2);
        assert_eq!(finding["time"], 1_700_000_000_000_i64);
        assert_eq!(finding["finding_info"]["attacks"][0]["technique"]["uid"], "T1566");
        assert_eq!(finding["finding_info"]["attacks"][1]["sub_technique"]["uid"], "T1566.002");
        assert_eq!(finding["observables"][1]["type_id"], 2);
    }
}
