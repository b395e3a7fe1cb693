//! Whether the alerts of a case are those it expects. Pure: what differs is said so that a person sees it at once.

use std::{collections::BTreeSet, fmt};

use rules::case::{CaseRow, Expect};
use schema::text::datetime;
use serde_json::Value;
use state::Alert;

use crate::hit::{Row, value_at};

/// The most columns of a row that is shown.
const SHOWN: usize = 6;
/// The most characters of a value that is shown.
const LONGEST: usize = 160;

/// Something that is not as the case expects it.
#[derive(Debug, Clone, PartialEq)]
pub enum Complaint {
    /// The run failed.
    Failed(String),
    /// There are more or fewer alerts.
    Alerts {
        /// How many were expected.
        expected: u64,
        /// The reasons of those that were raised.
        found: Vec<String>,
    },
    /// A row was expected and did not fire.
    Missing {
        /// The line of the row in the file of cases.
        line: usize,
        /// Its columns, as the case has them.
        columns: Vec<(String, Value)>,
    },
    /// A row fired and was not expected.
    Unexpected {
        /// Its columns: those that the case speaks of, else the first that say something.
        columns: Vec<(String, Value)>,
    },
    /// A row fired that differs from the one expected, which is nearest to it.
    Differs {
        /// The line of the row in the file of cases.
        line: usize,
        /// Column, expected, found, of those that differ.
        columns: Vec<(String, Value, Value)>,
    },
    /// The reason of an alert does not have a text.
    Reason {
        /// The text.
        expected: String,
        /// The reason.
        found: String,
    },
    /// An alert has another severity.
    Severity {
        /// What was expected.
        expected: &'static str,
        /// What was found.
        found: String,
    },
}

/// What is not as the case expects it; nothing if all is.
#[must_use]
pub fn complaints(expect: &Expect, alerts: &[Alert]) -> Vec<Complaint> {
    let mut found = Vec::new();
    if let Some(expected) = expect.alerts
        && usize::try_from(expected) != Ok(alerts.len())
    {
        found.push(Complaint::Alerts { expected, found: alerts.iter().map(|alert| alert.reason.clone()).collect() });
    }
    if let Some(rows) = &expect.rows {
        let fired: Vec<&Row> = alerts.iter().flat_map(|alert| &alert.detail.evidence).collect();
        compare(rows, &fired, &mut found);
    }
    for alert in alerts {
        for expected in expect.reason_has.iter().filter(|text| !alert.reason.contains(text.as_str())) {
            found.push(Complaint::Reason { expected: expected.clone(), found: alert.reason.clone() });
        }
        if let Some(expected) = expect.severity.map(rules::model::Severity::name).filter(|expected| *expected != alert.severity) {
            found.push(Complaint::Severity { expected, found: alert.severity.clone() });
        }
    }
    found
}

/// Gives each expected row a row of its own that fired, as far as that goes, and tells what is left over on both sides.
fn compare(expected: &[CaseRow], fired: &[&Row], found: &mut Vec<Complaint>) {
    let fits: Vec<Vec<usize>> = expected
        .iter()
        .map(|row| (0..fired.len()).filter(|place| differences(row, fired[*place]).is_empty()).collect())
        .collect();
    let given = paired(&fits, fired.len());
    let mut missing: Vec<&CaseRow> = Vec::new();
    missing.extend(expected.iter().enumerate().filter(|(place, _)| !given.contains(&Some(*place))).map(|(_, row)| row));
    let mut unexpected: Vec<&Row> = Vec::new();
    unexpected.extend(given.iter().zip(fired).filter(|(taken, _)| taken.is_none()).map(|(_, row)| *row));
    let named: BTreeSet<&String> = expected.iter().flat_map(|row| row.columns.keys()).collect();
    for row in missing {
        // The nearest one is the one with the fewest differences, if it has anything in common at all.
        let near = unexpected.iter().enumerate().map(|(place, other)| (differences(row, other), place));
        let near =
            near.filter(|(differing, _)| differing.len() < row.columns.len().max(2)).min_by_key(|(differing, _)| differing.len());
        match near {
            Some((columns, place)) => {
                unexpected.remove(place);
                found.push(Complaint::Differs { line: row.line, columns });
            }
            None => {
                let columns = row.columns.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
                found.push(Complaint::Missing { line: row.line, columns });
            }
        }
    }
    found.extend(unexpected.into_iter().map(|row| Complaint::Unexpected { columns: shown(row, &named) }));
}

/// Which expected row each row that fired is given to: as many as can be (augmenting paths, after Kuhn).
fn paired(fits: &[Vec<usize>], fired: usize) -> Vec<Option<usize>> {
    let mut given: Vec<Option<usize>> = vec![None; fired];
    for row in 0..fits.len() {
        let mut tried = vec![false; fired];
        place(row, fits, &mut given, &mut tried);
    }
    given
}

/// Finds a place for a row, moving others where they have another. As deep as there are expected rows, which the reader bounds.
fn place(row: usize, fits: &[Vec<usize>], given: &mut [Option<usize>], tried: &mut [bool]) -> bool {
    for &at in &fits[row] {
        if std::mem::replace(&mut tried[at], true) {
            continue;
        }
        if given[at].is_none_or(|holder| place(holder, fits, given, tried)) {
            given[at] = Some(row);
            return true;
        }
    }
    false
}

/// The columns of an expected row that a row has otherwise: name, expected, found.
fn differences(expected: &CaseRow, row: &Row) -> Vec<(String, Value, Value)> {
    let other = expected.columns.iter().filter_map(|(name, wanted)| {
        let found = value_at(row, name).unwrap_or_default();
        (!same(wanted, &found)).then(|| (name.clone(), wanted.clone(), found))
    });
    other.collect()
}

/// Whether a value of a result is what a case says. A case says null for what is empty; of an object it may name a part.
fn same(wanted: &Value, found: &Value) -> bool {
    match (wanted, found) {
        (Value::Null, found) => found.is_null() || found.as_str().is_some_and(str::is_empty),
        (Value::String(wanted), Value::String(found)) => wanted == found || moments(wanted, found),
        (Value::Number(wanted), Value::Number(found)) => wanted == found || wanted.as_f64() == found.as_f64(),
        (Value::Number(_) | Value::Bool(_), Value::String(found)) => wanted.to_string().eq_ignore_ascii_case(found),
        (Value::String(wanted), Value::Number(_) | Value::Bool(_)) => found.to_string().eq_ignore_ascii_case(wanted),
        (Value::Object(wanted), Value::Object(found)) => {
            wanted.iter().all(|(name, value)| same(value, found.get(name).unwrap_or(&Value::Null)))
        }
        (Value::Array(wanted), Value::Array(found)) => {
            wanted.len() == found.len() && wanted.iter().zip(found).all(|(wanted, found)| same(wanted, found))
        }
        // Columns such as AuthenticationDetails hold JSON as a text.
        (Value::Object(_) | Value::Array(_), Value::String(text)) => {
            serde_json::from_str::<Value>(text).is_ok_and(|found| !found.is_string() && same(wanted, &found))
        }
        (Value::String(text), Value::Object(_) | Value::Array(_)) => {
            serde_json::from_str::<Value>(text).is_ok_and(|wanted| wanted == *found)
        }
        _ => wanted == found,
    }
}

/// Whether two texts are the same moment, written differently.
fn moments(one: &str, other: &str) -> bool {
    // Results print moments in full, so that no text is taken for one.
    let printed = other.len() >= 20 && other.ends_with('Z');
    printed && datetime::parse(other).is_some_and(|moment| datetime::parse(one) == Some(moment))
}

/// The columns of a row that tell it apart.
fn shown(row: &Row, named: &BTreeSet<&String>) -> Vec<(String, Value)> {
    let spoken: Vec<(String, Value)> =
        named.iter().map(|name| ((*name).clone(), value_at(row, name).unwrap_or_default())).collect();
    if !spoken.is_empty() {
        return spoken;
    }
    let says = |value: &Value| !value.is_null() && !value.as_str().is_some_and(str::is_empty);
    row.iter().filter(|(_, value)| says(value)).take(SHOWN).map(|(name, value)| (name.clone(), value.clone())).collect()
}

impl fmt::Display for Complaint {
    /// Lines; those that begin with `-` were expected, those with `+` were found.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(reason) => write!(f, "the run failed: {reason}"),
            Self::Alerts { expected, found } => {
                write!(f, "alerts: expected {expected}, found {}", found.len())?;
                found.iter().take(5).try_for_each(|reason| write!(f, "\n+ {}", cut(reason)))?;
                if found.len() > 5 { write!(f, "\n+ and {} more", found.len() - 5) } else { Ok(()) }
            }
            Self::Missing { line, columns } => write!(f, "row (line {line}): expected, did not fire\n- {}", cells(columns)),
            Self::Unexpected { columns } => write!(f, "row: fired, not expected\n+ {}", cells(columns)),
            Self::Differs { line, columns } => {
                write!(f, "row (line {line}): fired with other values")?;
                columns.iter().try_for_each(|(name, expected, found)| {
                    write!(f, "\n- {name}: {}\n+ {name}: {}", cut(&expected.to_string()), cut(&found.to_string()))
                })
            }
            Self::Reason { expected, found } => write!(f, "reason: does not have {expected:?}\n+ {}", cut(found)),
            Self::Severity { expected, found } => write!(f, "severity\n- {expected}\n+ {found}"),
        }
    }
}

fn cells(columns: &[(String, Value)]) -> String {
    let cells: Vec<String> = columns.iter().map(|(name, value)| format!("{name}: {}", cut(&value.to_string()))).collect();
    format!("{{ {} }}", cells.join(", "))
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use rules::model::Severity;
    use serde_json::json;

    use super::*;

    fn alert(rows: Value) -> Alert {
        let rows = rows.as_array().into_iter().flatten().filter_map(Value::as_object).cloned().collect();
        let detail = state::Detail { evidence: rows, ..state::Detail::default() };
        Alert {
            id: String::new(),
            rule_key: String::new(),
            rule_name: String::new(),
            rule_version: String::new(),
            run_id: String::new(),
            title: String::new(),
            description: String::new(),
            reason: "1 event matched \"Own domain\"".to_owned(),
            severity: "medium".to_owned(),
            risk_score: 47,
            confidence: String::new(),
            status: String::new(),
            verdict: None,
            assignee: None,
            comment: None,
            created_at: 0,
            updated_at: 0,
            first_event: None,
            last_event: None,
            window_from: 0,
            window_to: 0,
            suppressed: 0,
            incident_id: None,
            detail,
        }
    }

    fn rows(rows: Value) -> Expect {
        let rows = rows.as_array().into_iter().flatten().filter_map(Value::as_object).cloned().enumerate();
        let rows = rows.map(|(place, columns)| CaseRow { line: place + 1, columns }).collect();
        Expect { rows: Some(rows), ..Expect::default() }
    }

    fn told(expect: &Expect, alerts: &[Alert]) -> String {
        complaints(expect, alerts).iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn rows_are_found_in_any_order_by_the_columns_that_are_named() {
        let fired = [alert(json!([{"A": "x", "B": 1}, {"A": "x", "B": 2}])), alert(json!([{"A": "y", "B": 3}]))];
        assert_eq!(told(&rows(json!([{"A": "y"}, {"A": "x"}, {"B": 1}])), &fired), "");
        assert_eq!(told(&rows(json!([{"A": "y"}, {"B": 1}])), &fired), "row: fired, not expected\n+ { A: \"x\", B: 2 }");
    }

    #[test]
    fn a_row_that_differs_is_shown_beside_what_was_expected() {
        let fired = [alert(json!([{"Sender": "fabrikam.com", "Count": 2, "Subject": "s"}]))];
        assert_eq!(
            told(&rows(json!([{"Sender": "contoso.com", "Count": 2}])), &fired),
            "row (line 1): fired with other values\n- Sender: \"contoso.com\"\n+ Sender: \"fabrikam.com\""
        );
        assert_eq!(
            told(&rows(json!([{"Sender": "contoso.com", "Count": 9, "Subject": "t"}])), &fired),
            "row (line 1): expected, did not fire\n- { Sender: \"contoso.com\", Count: 9, Subject: \"t\" }\nrow: fired, not expected\n+ { Count: 2, Sender: \"fabrikam.com\", Subject: \"s\" }"
        );
    }

    #[test]
    fn values_are_the_same_however_they_are_written() {
        let fired = [alert(json!([{
            "Timestamp": "2026-11-20T22:30:00.0000000Z", "Empty": "", "Count": 2.0, "Flag": "True",
            "AuthenticationDetails": "{\"SPF\":\"pass\",\"DKIM\":\"fail\"}", "Ids": ["a", "b"], "event": {"action": "Set-X"}
        }]))];
        let good = json!([{
            "Timestamp": "2026-11-20T22:30:00Z", "Empty": null, "Gone": null, "Count": 2, "Flag": true,
            "AuthenticationDetails": {"DKIM": "fail"}, "Ids": ["a", "b"], "event.action": "Set-X"
        }]);
        assert_eq!(told(&rows(good), &fired), "");
        for wrong in [
            json!({"Timestamp": "2026-11-20T22:31:00Z"}),
            json!({"Ids": ["a"]}),
            json!({"Count": null}),
            json!({"AuthenticationDetails": {"DKIM": "pass"}}),
        ] {
            assert_ne!(told(&rows(json!([wrong])), &fired), "", "{wrong}");
        }
    }

    #[test]
    fn the_number_the_reason_and_the_severity_are_looked_at() {
        let expect = Expect {
            alerts: Some(2),
            reason_has: vec!["Own domain".to_owned(), "contoso".to_owned()],
            severity: Some(Severity::High),
            ..Expect::default()
        };
        assert_eq!(
            told(&expect, &[alert(json!([]))]),
            "alerts: expected 2, found 1\n+ 1 event matched \"Own domain\"\nreason: does not have \"contoso\"\n+ 1 event matched \"Own domain\"\nseverity\n- high\n+ medium"
        );
        assert_eq!(told(&Expect { alerts: Some(0), ..Expect::default() }, &[]), "");
    }
}
