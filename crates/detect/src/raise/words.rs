//! What an alert is called and why it was raised, in words with this alert's values.

use rules::Rule;
use serde_json::Value;
use state::Entity;

use crate::hit::{Row, text_at};

/// Sentinel cuts names made of columns at 256 characters and descriptions at 5,000.
const TITLE: usize = 256;
const DESCRIPTION: usize = 5_000;
/// The most columns with their values in one reason.
const TOLD: usize = 4;

/// Columns whose values say what is wrong with a message, in the order a reader wants them.
const TELLING: [&str; 14] = [
    "Subject",
    "SPF",
    "SPFResult",
    "DKIM",
    "DKIMResult",
    "DMARC",
    "DMARCResult",
    "CompAuth",
    "DeliveryAction",
    "DeliveryLocation",
    "event.action",
    "Operation",
    "ActionType",
    "count_",
];

/// The rule's name, or what the rule makes of columns.
pub(super) fn title(rule: &Rule, row: &Row) -> String {
    let by_field = rule.rule_name_override.as_ref().and_then(|field| text_at(row, field)).filter(|name| !name.is_empty());
    let format = rule.alert_override.as_ref().and_then(|names| names.name_format.as_ref());
    let title = by_field.or_else(|| format.map(|format| filled(format, row))).unwrap_or_else(|| rule.name.clone());
    title.chars().take(TITLE).collect()
}

/// The rule's description, or what the rule makes of columns.
pub(super) fn description(rule: &Rule, row: &Row) -> String {
    let format = rule.alert_override.as_ref().and_then(|names| names.description_format.as_ref());
    let text = format.map_or_else(|| rule.description.trim().to_owned(), |format| filled(format, row));
    text.chars().take(DESCRIPTION).collect()
}

/// A format with `{{Column}}` replaced by the row's values. A column that is not there leaves nothing.
fn filled(format: &str, row: &Row) -> String {
    let mut text = String::new();
    let mut rest = format;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, behind)) = after.split_once("}}") else { break };
        text.push_str(before);
        text.push_str(&text_at(row, name.trim()).unwrap_or_default());
        rest = behind;
    }
    text.push_str(rest);
    text
}

/// Why, in one sentence: how many rows, about whom, with which telling values.
pub(super) fn reason(rule: &Rule, row: &Row, count: usize, entities: &[Entity]) -> String {
    let rows = if count == 1 { "1 event".to_owned() } else { format!("{count} events") };
    let about: Vec<String> = entities
        .iter()
        .filter(|entity| entity.kind != "MailMessage")
        .take(3)
        .map(|entity| format!("{} {}", entity.kind, entity.value))
        .collect();
    let told = rule.highlighted_fields.iter().map(String::as_str).chain(TELLING);
    let values: Vec<String> = told
        .filter_map(|column| Some((column, text_at(row, column)?)))
        .filter(|(_, value)| !value.is_empty())
        .take(TOLD)
        .map(|(column, value)| format!("{column} is \"{}\"", value.chars().take(120).collect::<String>()))
        .collect();
    let mut words = format!("{rows} matched \"{}\"", rule.name);
    if !about.is_empty() {
        words.push_str(&format!(" about {}", about.join(", ")));
    }
    if !values.is_empty() {
        words.push_str(&format!(": {}", values.join(", ")));
    }
    words.push('.');
    words
}

/// What to do next: the list items of the guide's section on response or remediation.
///
/// Guides are Markdown; the section is found by its heading, which publishers call by one of a few names.
pub(super) fn next_steps(rule: &Rule) -> Vec<String> {
    const HEADINGS: [&str; 4] = ["response", "remediation", "next step", "playbook"];
    let mut steps = rules::guide::items(&rule.note, |heading| HEADINGS.iter().any(|word| heading.contains(word)));
    if let Some(Value::String(step)) = rule.published.get("recommendedActions") {
        steps.push(step.clone());
    }
    steps
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_format_takes_values_of_columns() {
        let row = json!({"Sender": "a@contoso.example", "n": 3}).as_object().cloned().unwrap_or_default();
        assert_eq!(filled("{{Sender}} sent {{ n }}{{gone}} {{open", &row), "a@contoso.example sent 3 {{open");
    }
}
