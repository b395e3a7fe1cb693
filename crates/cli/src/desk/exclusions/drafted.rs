//! A first draft for an alert: its rule, and the fields of its evidence that tell it apart from the rule's other alerts.

use std::collections::BTreeSet;

use desk::{Condition, Draft, Fault};
use detect::hit::text_at;
use rules::exclusion::moment;
use serde_json::{Map, Value};
use state::{Alert, AlertFilter};

use crate::{
    command::alerts::cut,
    desk::{Context, replay::DAY},
};

/// Days after which a draft ends: what is harmless today is looked at again.
const LASTS: i64 = 90;
/// Conditions of a draft.
const MOST: usize = 3;
/// Characters of a value that a condition can well compare.
const LONGEST: usize = 200;
/// Alerts of the same rule that it is told apart from.
const OTHERS: i64 = 100;
/// So many others have the same value before it is said to tell nothing apart.
const ENOUGH: usize = 5;

/// The draft.
pub(super) async fn of(desk: &Context, alert: &Alert) -> Result<Draft, Fault> {
    let filter = AlertFilter { rule_key: Some(alert.rule_key.clone()), limit: Some(OTHERS), ..AlertFilter::default() };
    let others = desk.state().alerts(&filter).await?;
    let others: Vec<&Alert> = others.iter().filter(|other| other.id != alert.id).collect();
    let day = moment::write(desk.now().saturating_add(LASTS * DAY));
    Ok(Draft {
        name: cut(&alert.title, 80),
        rules: vec![alert.rule_key.clone()],
        conditions: conditions(alert, &others),
        owner: String::new(),
        reason: String::new(),
        expires: day.get(..10).unwrap_or_default().to_owned(),
        alert: alert.id.clone(),
    })
}

fn conditions(alert: &Alert, others: &[&Alert]) -> Vec<Condition> {
    let values: BTreeSet<String> = alert
        .detail
        .entities
        .iter()
        .filter(|entity| entity.kind != "MailMessage")
        .map(|entity| entity.value.to_lowercase())
        .collect();
    let mut found: Vec<(usize, Condition)> = Vec::new();
    for (column, value) in common(&alert.detail.evidence) {
        if !values.contains(&value.to_lowercase()) || found.iter().any(|(_, one)| one.values.first() == Some(&value)) {
            continue;
        }
        let same = others.iter().filter(|other| holds(other, &column, &value)).count();
        if same >= ENOUGH && same == others.len() {
            continue;
        }
        found.push((same, Condition { field: column, test: "is".to_owned(), values: vec![value] }));
    }
    // What the fewest others share tells it apart best.
    found.sort_by_key(|(same, _)| *same);
    found.truncate(MOST);
    found.into_iter().map(|(_, condition)| condition).collect()
}

/// Columns that say the same in every row of an alert.
fn common(rows: &[Map<String, Value>]) -> Vec<(String, String)> {
    let Some(first) = rows.first() else { return Vec::new() };
    let texts = first.iter().filter_map(|(column, value)| Some((column, value.as_str()?)));
    texts
        .filter(|(_, text)| !text.trim().is_empty() && text.chars().count() <= LONGEST)
        .filter(|(column, text)| rows.iter().all(|row| row.get(*column).and_then(Value::as_str) == Some(*text)))
        .map(|(column, text)| (column.clone(), text.to_owned()))
        .collect()
}

fn holds(alert: &Alert, column: &str, value: &str) -> bool {
    alert.detail.evidence.iter().any(|row| text_at(row, column).is_some_and(|text| text.eq_ignore_ascii_case(value)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use state::Entity;

    use super::*;
    use crate::desk::tests::alert;

    fn about(id: &str, sender: &str, network: &str) -> Alert {
        let mut alert = alert(id, "r1");
        let row = json!({"SenderFromAddress": sender, "SenderIPv4": network, "Subject": "x", "NetworkMessageId": id});
        alert.detail.evidence = row.as_object().cloned().into_iter().collect();
        let entity =
            |kind: &str, value: &str| Entity { kind: kind.to_owned(), value: value.to_owned(), identifier: String::new() };
        alert.detail.entities = vec![entity("MailMessage", id), entity("MailSender", sender), entity("IP", network)];
        alert
    }

    #[test]
    fn what_every_alert_of_the_rule_shares_tells_nothing_apart() {
        let alert = about("a", "news@fabrikam.example", "192.0.2.7");
        let others: Vec<Alert> = (0..6).map(|place| about(&place.to_string(), "other@contoso.com", "192.0.2.7")).collect();
        let fields: Vec<String> =
            conditions(&alert, &others.iter().collect::<Vec<_>>()).into_iter().map(|one| one.field).collect();
        assert_eq!(fields, ["SenderFromAddress"]);
        let alone: Vec<String> = conditions(&alert, &[]).into_iter().map(|one| one.field).collect();
        assert_eq!(alone, ["SenderFromAddress", "SenderIPv4"], "neither the message's id nor its subject");
    }
}
