//! Defender XDR's `AlertInfo` and `AlertEvidence`
//! (<https://learn.microsoft.com/defender-xdr/advanced-hunting-alertinfo-table>, `-alertevidence-table`).

use serde_json::{Map, Value, json};
use state::{Alert, Entity};

use super::{capital, printed};

fn categories(alert: &Alert) -> Vec<String> {
    alert.detail.tactics.iter().map(|tactic| tactic.name.replace(' ', "")).collect()
}

fn techniques(alert: &Alert) -> String {
    let names: Vec<String> =
        alert.detail.techniques.iter().map(|technique| format!("{} ({})", technique.name, technique.id)).collect();
    json!(names).to_string()
}

/// The alert as a row of `AlertInfo`.
#[must_use]
pub fn alert_info(alert: &Alert) -> Map<String, Value> {
    let row = json!({
        "Timestamp": printed(alert.created_at),
        "AlertId": alert.id,
        "Title": alert.title,
        "Category": categories(alert).first().cloned().unwrap_or_default(),
        "Severity": capital(&alert.severity),
        "ServiceSource": "spoofwatch",
        "DetectionSource": "Custom detection",
        "AttackTechniques": techniques(alert),
    });
    row.as_object().cloned().unwrap_or_default()
}

/// The alert's entities as rows of `AlertEvidence`.
#[must_use]
pub fn alert_evidence(alert: &Alert) -> Vec<Map<String, Value>> {
    alert.detail.entities.iter().map(|entity| evidence_of(alert, entity)).collect()
}

fn evidence_of(alert: &Alert, entity: &Entity) -> Map<String, Value> {
    let (kind, column) = match entity.kind.as_str() {
        "Mailbox" => ("Mailbox", Some("AccountUpn")),
        "Account" => ("User", Some("AccountUpn")),
        "MailMessage" => ("MailMessage", Some("NetworkMessageId")),
        "IP" => ("Ip", Some("RemoteIP")),
        "URL" => ("Url", Some("RemoteUrl")),
        "Host" => ("Machine", Some("DeviceName")),
        "FileHash" => ("File", Some("SHA256")),
        other => (other, None),
    };
    let row = json!({
        "Timestamp": printed(alert.created_at),
        "AlertId": alert.id,
        "Title": alert.title,
        "Categories": json!(categories(alert)).to_string(),
        "AttackTechniques": techniques(alert),
        "ServiceSource": "spoofwatch",
        "DetectionSource": "Custom detection",
        "Severity": capital(&alert.severity),
        "EntityType": kind,
        "EvidenceRole": "Related",
        "AdditionalFields": json!({"Type": entity.kind, "Identifier": entity.identifier, "Value": entity.value}).to_string(),
    });
    let mut row = row.as_object().cloned().unwrap_or_default();
    if let Some(column) = column {
        row.insert(column.to_owned(), Value::from(entity.value.as_str()));
    }
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alert_is_one_row_and_its_entities_are_one_each() {
        let alert = super::super::example::alert();
        let info = alert_info(&alert);
        assert_eq!(info["Category"], "InitialAccess");
        assert_eq!(info["AttackTechniques"], r#"["Phishing (T1566)"]"#);
        let evidence = alert_evidence(&alert);
        assert_eq!(evidence.len(), 2);
        assert_eq!(evidence[0]["AccountUpn"], "kim@contoso.example");
        assert_eq!(evidence[1]["RemoteIP"], "192.0.2.7");
    }

    #[test]
    fn every_column_is_one_of_the_tables() {
        let alert = super::super::example::alert();
        let registry = schema::Registry::builtin();
        let rows = std::iter::once(("AlertInfo", alert_info(&alert)))
            .chain(alert_evidence(&alert).into_iter().map(|row| ("AlertEvidence", row)));
        for (table, row) in rows {
            let table = registry.table(table).expect("the table is documented");
            for name in row.keys() {
                assert!(table.column(name).is_some(), "{}.{name}", table.name);
            }
        }
    }
}
