//! Sentinel's `SecurityAlert` table (columns: <https://learn.microsoft.com/azure/azure-monitor/reference/tables/securityalert>).

use serde_json::{Map, Value, json};
use state::{Alert, Entity};

use super::{capital, printed};

/// The alert as a row of `SecurityAlert`.
#[must_use]
pub fn security_alert(alert: &Alert) -> Map<String, Value> {
    let detail = &alert.detail;
    let ids = |attacks: &[state::Attack]| attacks.iter().map(|attack| attack.id.clone()).collect::<Vec<_>>();
    // Tactics stand by name and without blanks (`InitialAccess`), parted by commas.
    let tactics = detail.tactics.iter().map(|tactic| tactic.name.replace(' ', "")).collect::<Vec<_>>().join(", ");
    let entities: Vec<Value> = detail.entities.iter().enumerate().map(|(place, entity)| entity_of(place, entity)).collect();
    let extended = json!({
        "Query": detail.query,
        "Analytic Rule Ids": [alert.rule_key],
        "Analytic Rule Name": alert.rule_name,
        "Query Start Time UTC": printed(alert.window_from),
        "Query End Time UTC": printed(alert.window_to),
        "Custom Details": detail.custom,
        "Total Events": detail.evidence_rows,
    });
    let row = json!({
        "TimeGenerated": printed(alert.created_at),
        "DisplayName": alert.title,
        "AlertName": alert.title,
        // The table knows no severity above high.
        "AlertSeverity": if alert.severity == "critical" { "High".to_owned() } else { capital(&alert.severity) },
        "Description": alert.description,
        "ProviderName": "spoofwatch",
        "VendorName": "spoofwatch",
        "ProductName": "spoofwatch",
        "VendorOriginalId": alert.id,
        "SystemAlertId": alert.id,
        "AlertType": alert.rule_key,
        "ConfidenceLevel": capital(&alert.confidence),
        "IsIncident": false,
        "StartTime": printed(alert.first_event.unwrap_or(alert.window_from)),
        "EndTime": printed(alert.last_event.unwrap_or(alert.window_to)),
        "ProcessingEndTime": printed(alert.created_at),
        "RemediationSteps": json!(detail.next_steps).to_string(),
        "ExtendedProperties": extended.to_string(),
        "Entities": Value::from(entities).to_string(),
        "Status": match alert.status.as_str() { "new" => "New", "in_progress" => "InProgress", _ => "Resolved" },
        "Tactics": tactics,
        "Techniques": json!(ids(&detail.techniques)).to_string(),
        "CompromisedEntity": detail.entities.first().map_or("", |entity| entity.value.as_str()),
        "Type": "SecurityAlert",
    });
    row.as_object().cloned().unwrap_or_default()
}

/// An entity as the column `Entities` holds it: `$id` counts from 1, the type is in lower case.
fn entity_of(place: usize, entity: &Entity) -> Value {
    let identifier = if entity.identifier.is_empty() { "Name" } else { &entity.identifier };
    json!({"$id": (place + 1).to_string(), "Type": entity.kind.to_lowercase(), identifier: entity.value})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alert_is_a_row_of_the_table() {
        let row = security_alert(&super::super::example::alert());
        assert_eq!(row["AlertSeverity"], "High");
        assert_eq!(row["Status"], "InProgress");
        assert_eq!(row["Tactics"], "InitialAccess");
        assert_eq!(row["TimeGenerated"], "2023-11-14T22:13:20.0000000Z");
        let entities: Value = serde_json::from_str(row["Entities"].as_str().unwrap_or_default()).unwrap_or_default();
        assert_eq!(entities[0], json!({"$id": "1", "Type": "mailbox", "MailboxPrimaryAddress": "kim@contoso.example"}));
    }

    #[test]
    fn every_column_is_one_of_the_table() {
        let table = schema::Registry::builtin().table("SecurityAlert").expect("the table is documented");
        for name in security_alert(&super::super::example::alert()).keys() {
            assert!(name == "Type" || table.column(name).is_some(), "{name}");
        }
    }
}
