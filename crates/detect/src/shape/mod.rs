//! An alert in the forms that others read: Elastic's alert document, OCSF, Sentinel's and Defender's tables.
//!
//! A form is one file with one function from [`state::Alert`] to JSON. The tables are what rules over alerts query.

mod advanced_hunting;
mod ecs;
mod ocsf;
mod sentinel;

pub use advanced_hunting::{alert_evidence, alert_info};
pub use ecs::ecs;
pub use ocsf::ocsf;
pub use sentinel::security_alert;

use schema::text::datetime;
use state::Moment;

/// A moment as the tables print it: `2026-11-20T23:00:00.0000000Z`; the empty text outside the years 1 to 9999.
pub(crate) fn printed(moment: Moment) -> String {
    let mut text = String::new();
    if let Some(ticks) = datetime::from_unix_micros(moment) {
        datetime::write(ticks, &mut text);
    }
    text
}

/// The first letter large: `medium` is `Medium`.
pub(crate) fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
pub(crate) mod example {
    //! One alert that the tests of the forms share.

    use serde_json::json;
    use state::{Alert, Attack, Detail, Entity};

    pub(crate) fn alert() -> Alert {
        let attack = |id: &str, name: &str| Attack {
            id: id.to_owned(),
            name: name.to_owned(),
            url: format!("https://attack.mitre.org/{id}"),
        };
        let entity = |kind: &str, identifier: &str, value: &str| Entity {
            kind: kind.to_owned(),
            identifier: identifier.to_owned(),
            value: value.to_owned(),
        };
        Alert {
            id: "00ff".to_owned(),
            rule_key: "rule-1".to_owned(),
            rule_name: "Own domain fails DMARC".to_owned(),
            rule_version: "1.2.0".to_owned(),
            run_id: "run-1".to_owned(),
            title: "contoso.example fails DMARC".to_owned(),
            description: "Mail from an own domain fails DMARC.".to_owned(),
            reason: "1 message failed DMARC".to_owned(),
            severity: "high".to_owned(),
            risk_score: 73,
            confidence: "medium".to_owned(),
            status: "in_progress".to_owned(),
            verdict: None,
            assignee: Some("kim".to_owned()),
            comment: None,
            created_at: 1_700_000_000_000_000,
            updated_at: 1_700_000_060_000_000,
            first_event: Some(1_699_999_000_000_000),
            last_event: Some(1_699_999_500_000_000),
            window_from: 1_699_990_000_000_000,
            window_to: 1_700_000_000_000_000,
            suppressed: 2,
            incident_id: Some("INC-7".to_owned()),
            detail: Detail {
                tactics: vec![attack("TA0001", "Initial Access")],
                techniques: vec![attack("T1566", "Phishing")],
                entities: vec![
                    entity("Mailbox", "MailboxPrimaryAddress", "kim@contoso.example"),
                    entity("IP", "Address", "192.0.2.7"),
                ],
                evidence: json!([{"NetworkMessageId": "m1", "DMARC": "fail"}])
                    .as_array()
                    .map(|rows| rows.iter().filter_map(|row| row.as_object().cloned()).collect())
                    .unwrap_or_default(),
                evidence_rows: 1,
                query: "EmailEvents | take 1".to_owned(),
                language: "kusto".to_owned(),
                ..Detail::default()
            },
        }
    }
}
