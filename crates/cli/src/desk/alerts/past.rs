//! The past of what an alert is about.

use desk::{EntityHistory, Fault};
use state::{Alert, Entity};

use crate::desk::Context;

/// Days of the past that are drawn.
const DAYS: i64 = 30;
/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;
/// Queries that show an entity's traffic: its type, whether its value has an `@`, and the query with `VALUE` in it.
static HUNTS: &str = include_str!("hunts.tsv");

/// What is known of each entity.
pub(super) async fn of(desk: &Context, alert: &Alert) -> Result<Vec<EntityHistory>, Fault> {
    let now = desk.now();
    let today = now.div_euclid(DAY);
    let mut found = Vec::with_capacity(alert.detail.entities.len());
    for entity in &alert.detail.entities {
        let past = desk.state().entity_past(entity, (today - DAYS + 1).saturating_mul(DAY)).await?;
        found.push(EntityHistory {
            alerts: past.alerts,
            true_positives: past.true_positives,
            harmless: past.harmless,
            first: past.first,
            days: (today - DAYS + 1..=today).map(|day| past.days.get(&day).copied().unwrap_or_default()).collect(),
            hunt: hunt(entity),
            entity: Some(entity.clone()),
        });
    }
    Ok(found)
}

/// The query that shows an entity's traffic; empty where there is none for its type.
fn hunt(entity: &Entity) -> String {
    let at = if entity.value.contains('@') { "@" } else { "-" };
    let rows = HUNTS.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let mut cells = line.splitn(3, '\t');
        Some((cells.next()?, cells.next()?, cells.next()?))
    });
    let mut fitting = rows.filter(|(kind, wanted, _)| *kind == entity.kind && (*wanted == "*" || *wanted == at));
    let value = entity.value.replace('\\', "\\\\").replace('"', "\\\"").replace(['\n', '\r'], " ");
    fitting.next().map_or_else(String::new, |(.., query)| query.replace(" | ", "\n| ").replace("VALUE", &format!("\"{value}\"")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_query_can_be_read_whatever_the_value() {
        for (kind, value) in [
            ("Mailbox", "kim@contoso.com"),
            ("MailSender", "eve\"@\\contoso.com"),
            ("Account", "kim@contoso.com"),
            ("Account", "kim"),
            ("DNS", "contoso.com"),
            ("IP", "192.0.2.7"),
            ("URL", "https://contoso.com/a?b"),
            ("FileHash", "00ff"),
            ("MailMessage", "m1"),
            ("Host", "pc1"),
        ] {
            let query = hunt(&Entity { kind: kind.to_owned(), value: value.to_owned(), identifier: String::new() });
            assert!(!query.is_empty(), "{kind}");
            assert_eq!(kql::parse(&query).diagnostics, [], "{query}");
        }
        assert_eq!(hunt(&Entity { kind: "Unheard".to_owned(), value: String::new(), identifier: String::new() }), "");
    }
}
