//! How bad an alert is.

use rules::{Rule, model::Severity};
use serde_json::Value;

use crate::hit::{Row, text_at, value_at};

/// The severity: by the event's own value where the rule maps one, else the rule's, else medium.
///
/// Of Elastic's mappings the last that fits counts (`severity_mapping`); Sentinel names a column (`alertSeverityColumnName`).
pub(super) fn of(rule: &Rule, row: &Row) -> Severity {
    let column = rule.alert_override.as_ref().and_then(|names| names.severity_column.as_ref());
    let by_column = column.and_then(|column| text_at(row, column)).and_then(|text| Severity::parse(&text));
    let mut mapped =
        rule.severity_mapping.iter().filter(|mapping| has(row, &mapping.field, &mapping.value)).map(|mapping| mapping.severity);
    by_column.or(mapped.next_back()).or(rule.severity).unwrap_or(Severity::Medium)
}

/// The risk score, 0 to 100: by the event's own value where the rule maps one, else the rule's, else what Kibana suggests for the
/// severity (21, 47, 73, 99).
pub(super) fn risk(rule: &Rule, row: &Row, severity: Severity) -> i64 {
    let mapped = rule.risk_score_mapping.iter().find_map(|mapping| {
        if !mapping.value.is_empty() && !has(row, &mapping.field, &mapping.value) {
            return None;
        }
        mapping
            .risk_score
            .or_else(|| text_at(row, &mapping.field)?.parse::<f64>().ok())
            .filter(|score| (0.0..=100.0).contains(score))
    });
    let usual = match severity {
        Severity::Informational => 10,
        Severity::Low => 21,
        Severity::Medium => 47,
        Severity::High => 73,
        Severity::Critical => 99,
    };
    match mapped.or(rule.risk_score) {
        #[expect(clippy::cast_possible_truncation, reason = "a score from 0 to 100")]
        Some(score) => score.clamp(0.0, 100.0).round() as i64,
        None => usual,
    }
}

/// Whether a field of the event has the value, compared as texts; of an array any element.
fn has(row: &Row, field: &str, value: &str) -> bool {
    let same = |found: &Value| {
        let text = found.as_str().map_or_else(|| found.to_string(), str::to_owned);
        text == value
    };
    match value_at(row, field) {
        Some(Value::Array(found)) => found.iter().any(same),
        Some(found) => same(&found),
        None => false,
    }
}
