//! The alert as JSON, for receivers of one's own.

use serde_json::{Value, json};
use state::Alert;

use crate::shape::printed;

/// The body.
pub(super) fn body(alert: &Alert, link: Option<&str>) -> Value {
    let detail = &alert.detail;
    json!({
        "id": alert.id,
        "title": alert.title,
        "severity": alert.severity,
        "risk_score": alert.risk_score,
        "confidence": alert.confidence,
        "reason": alert.reason,
        "description": alert.description,
        "rule": {"id": alert.rule_key, "name": alert.rule_name, "version": alert.rule_version},
        "incident": alert.incident_id,
        "raised": printed(alert.created_at),
        "first_event": alert.first_event.map(printed),
        "last_event": alert.last_event.map(printed),
        "window": {"from": printed(alert.window_from), "to": printed(alert.window_to)},
        "tactics": detail.tactics,
        "techniques": detail.techniques,
        "entities": detail.entities,
        "evidence": detail.evidence,
        "evidence_rows": detail.evidence_rows,
        "link": link,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_what_happened_and_where_to_go() {
        let body = body(&crate::shape::example::alert(), Some("https://watch.example/alerts/00ff"));
        assert_eq!(body["id"], "00ff");
        assert_eq!(body["raised"], "2023-11-14T22:13:20.0000000Z");
        assert_eq!(body["link"], "https://watch.example/alerts/00ff");
        assert_eq!(body["entities"][0]["value"], "kim@contoso.example");
    }
}
