//! Which fixes answer an alert. What is looked for stands in `offers.toml`.

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value};

/// What answers an alert: plans are made of it by [`crate::plans`], once the tenant and the DNS have been looked at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Offer {
    /// What findings of these checks say to do.
    Finding {
        /// The checks' ids.
        checks: Vec<String>,
        /// The domain; `None` for whatever they find.
        subject: Option<String>,
    },
    /// A mail-flow rule of this name switched off.
    TransportRule(String),
}

/// Columns that hold what was done in the tenant.
const OPERATION: [&str; 3] = ["event.action", "Operation", "ActionType"];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    offer: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    #[serde(default)]
    checks: Vec<String>,
    /// Whether the subject is a mail-flow rule.
    #[serde(default)]
    rule: bool,
    #[serde(default)]
    operations: Vec<String>,
    only: Option<Only>,
    #[serde(default)]
    words: Vec<String>,
    #[serde(default)]
    rules: Vec<String>,
    #[serde(default)]
    subject: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Only {
    columns: Vec<String>,
    values: Vec<String>,
    operations: Vec<String>,
}

static ENTRIES: LazyLock<Vec<Entry>> =
    LazyLock::new(|| toml::from_str::<Table>(include_str!("offers.toml")).map(|table| table.offer).unwrap_or_default());

/// The fixes that answer an alert of a rule with this evidence, each once.
#[must_use]
pub fn of_alert(rule_key: &str, evidence: &[Map<String, Value>]) -> Vec<Offer> {
    let found = evidence.iter().filter_map(finding);
    let mut offers: Vec<Offer> = ENTRIES
        .iter()
        .flat_map(|entry| {
            let by_rule = entry.rules.iter().any(|key| key == rule_key);
            let rows = evidence.iter().filter(move |row| by_rule || entry.fits(row));
            rows.filter_map(|row| entry.offer(row))
        })
        .chain(found)
        .collect();
    offers.sort();
    offers.dedup();
    offers
}

/// What answers a row of the table `DomainFindings`: the finding says itself what to do.
fn finding(row: &Map<String, Value>) -> Option<Offer> {
    text(row, "FindingId").filter(|id| !id.is_empty())?;
    let check = text(row, "Check").filter(|check| !check.is_empty())?;
    Some(Offer::Finding { checks: vec![check], subject: text(row, "Subject").filter(|subject| !subject.is_empty()) })
}

impl Entry {
    fn fits(&self, row: &Map<String, Value>) -> bool {
        let operation = OPERATION.iter().find_map(|column| text(row, column));
        let operation = operation.filter(|done| self.operations.iter().any(|name| name.eq_ignore_ascii_case(done)));
        if let Some(done) = operation {
            let only = self.only.as_ref().filter(|only| only.operations.iter().any(|name| name.eq_ignore_ascii_case(&done)));
            return only.is_none_or(|only| {
                let mut values = only.columns.iter().filter_map(|column| text(row, column));
                values.any(|value| only.values.iter().any(|wanted| wanted.eq_ignore_ascii_case(&value)))
            });
        }
        self.words.iter().any(|word| row.values().any(|value| mentions(value, word)))
    }

    /// `None` where it needs a subject and the row does not say it.
    fn offer(&self, row: &Map<String, Value>) -> Option<Offer> {
        let subject = self.subject.iter().find_map(|column| text(row, column)).filter(|text| !text.is_empty());
        match (self.rule, subject) {
            (true, subject) => subject.map(Offer::TransportRule),
            (false, None) if !self.subject.is_empty() => None,
            (false, subject) => Some(Offer::Finding { checks: self.checks.clone(), subject }),
        }
    }
}

/// The text at a path: names with dots stand in rows as one name or as objects within objects, parameters of an audited operation also as a
/// list of `{Name, Value}`, and objects also as JSON text.
fn text(row: &Map<String, Value>, path: &str) -> Option<String> {
    if let Some(found) = row.get(path).and_then(plain) {
        return Some(found);
    }
    path.match_indices('.').find_map(|(at, _)| {
        let (head, rest) = (path.get(..at)?, path.get(at + 1..)?);
        match row.get(head)? {
            Value::Object(inner) => text(inner, rest),
            Value::Array(items) => listed(items, rest),
            Value::String(json) if json.trim_start().starts_with(['{', '[']) => match serde_json::from_str(json).ok()? {
                Value::Object(inner) => text(&inner, rest),
                Value::Array(items) => listed(&items, rest),
                _ => None,
            },
            _ => None,
        }
    })
}

/// The value of the parameter with this name.
fn listed(items: &[Value], name: &str) -> Option<String> {
    let item =
        items.iter().find(|item| item.get("Name").and_then(Value::as_str).is_some_and(|is| is.eq_ignore_ascii_case(name)))?;
    item.get("Value").and_then(plain)
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(items) => match items.as_slice() {
            [one] => plain(one),
            _ => None,
        },
        Value::Null | Value::Object(_) => None,
    }
}

/// Whether a text in the value holds the word, with nothing but punctuation around it.
fn mentions(value: &Value, word: &str) -> bool {
    match value {
        Value::String(text) => {
            let low = text.to_lowercase();
            low.match_indices(word).any(|(at, _)| {
                let around = [low[..at].chars().next_back(), low[at + word.len()..].chars().next()];
                around.into_iter().flatten().all(|letter| !letter.is_alphanumeric())
            })
        }
        Value::Array(items) => items.iter().any(|item| mentions(item, word)),
        Value::Object(members) => members.values().any(|item| mentions(item, word)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{ENTRIES, Offer, of_alert};

    fn offers(rule: &str, row: Value) -> Vec<(String, String)> {
        let rows = [row.as_object().cloned().unwrap_or_default()];
        let told = |offer| match offer {
            Offer::Finding { checks, subject } => (checks.join(" "), subject.unwrap_or_default()),
            Offer::TransportRule(name) => ("rule".to_owned(), name),
        };
        of_alert(rule, &rows).into_iter().map(told).collect()
    }

    fn one(what: &str, subject: &str) -> Vec<(String, String)> {
        vec![(what.to_owned(), subject.to_owned())]
    }

    #[test]
    fn the_file_of_offers_is_read() {
        assert_eq!(ENTRIES.len(), 4);
    }

    #[test]
    fn signing_that_was_switched_off_is_switched_on_for_that_domain() {
        let elastic = json!({"event.action": "Set-DkimSigningConfig", "o365.audit.ObjectId": "contoso.com",
            "o365.audit.Parameters": {"Identity": "contoso.com", "Enabled": "False"}});
        assert_eq!(offers("x", elastic), one("dkim-signing-disabled dkim-signing-missing", "contoso.com"));
        let ours = json!({"Operation": "Set-DkimSigningConfig", "Object": "contoso.com", "Settings": "{\"Enabled\":\"$false\"}"});
        assert_eq!(offers("x", ours), one("dkim-signing-disabled dkim-signing-missing", "contoso.com"));
        let raw = json!({"Operation": "Set-DkimSigningConfig", "OfficeObjectId": "contoso.com",
            "Parameters": "[{\"Name\":\"Identity\",\"Value\":\"contoso.com\"},{\"Name\":\"Enabled\",\"Value\":\"False\"}]"});
        assert_eq!(offers("x", raw), one("dkim-signing-disabled dkim-signing-missing", "contoso.com"));
    }

    #[test]
    fn signing_that_was_switched_on_needs_no_fix() {
        let on = json!({"event.action": "Set-DkimSigningConfig", "o365.audit.Parameters": {"Identity": "contoso.com", "Enabled": "True"}});
        assert_eq!(offers("x", on), []);
    }

    #[test]
    fn overridden_failures_and_rules_that_bypass_have_theirs() {
        let overridden = json!({"AuthenticationDetails": "{\"DMARC\":\"fail\"}", "Results": "dmarc=fail action=oreject header.from=a.example"});
        assert_eq!(offers("x", overridden), one("oreject-rule-missing oreject-rule-drifted", ""));
        let bypass =
            json!({"event.action": "New-TransportRule", "o365.audit.Parameters": {"Name": "Let all in", "SetSCL": "-1"}});
        assert_eq!(offers("x", bypass), one("rule", "Let all in"));
        assert_eq!(offers("6f0c2c1e-7d0b-4a3e-9c55-0d1f6a2b7e10", json!({})), one("direct-send-open", ""));
    }

    #[test]
    fn a_finding_that_was_alerted_on_says_itself_what_to_do() {
        let row = json!({"Domain": "contoso.com", "Check": "dmarc-missing", "Subject": "contoso.com", "FindingId": "f1"});
        assert_eq!(offers("x", row), one("dmarc-missing", "contoso.com"));
    }

    #[test]
    fn what_a_stranger_wrote_does_not_choose_the_subject_without_the_operation() {
        assert_eq!(offers("x", json!({"Subject": "Set-DkimSigningConfig", "Domain": "contoso.com"})), []);
        assert_eq!(offers("x", json!({"Subject": "nooreject"})), []);
    }
}
