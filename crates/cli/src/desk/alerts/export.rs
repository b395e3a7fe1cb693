//! Alerts as a file, in a form that other programs read.

use desk::{Download, Fault, QueueQuery};
use rules::exclusion::moment;
use serde_json::{Value, json};
use state::Alert;

use crate::desk::Context;

/// The most alerts of a file.
const MOST: i64 = 10_000;
/// The columns of a table of alerts.
const COLUMNS: [&str; 16] = [
    "id",
    "created",
    "severity",
    "risk",
    "status",
    "verdict",
    "title",
    "reason",
    "rule",
    "rule_key",
    "assignee",
    "incident",
    "entities",
    "first_event",
    "last_event",
    "comment",
];

/// The alerts with these ids; without any, those that the query asks for.
pub(super) async fn file(desk: &Context, ids: &[String], query: &QueueQuery, form: &str) -> Result<Download, Fault> {
    let line: fn(&Alert) -> Value = match form {
        "json" => |alert| json!(alert),
        "ecs" => |alert| Value::Object(detect::shape::ecs(alert)),
        "ocsf" => detect::shape::ocsf,
        "sentinel" => |alert| Value::Object(detect::shape::security_alert(alert)),
        "csv" => |_| Value::Null,
        _ => return Err(Fault::input(format!("`{form}` is no form of alerts: json, ecs, ocsf, sentinel, csv"))),
    };
    let mut alerts = if ids.is_empty() {
        desk.state().alerts_where(&super::condition(&query.q, desk.now())?, MOST).await?
    } else {
        desk.state().alerts_of(ids).await?
    };
    if ids.is_empty() && i64::try_from(alerts.len()).is_ok_and(|count| count >= MOST) {
        return Err(Fault::Limit { reason: format!("{MOST} alerts and more fit: narrow the filter") });
    }
    // The first raised first: what reads this adds to what it has.
    alerts.reverse();
    let day = moment::write(desk.now());
    let day = day.get(..10).unwrap_or_default();
    if form == "csv" {
        let bytes = table(&alerts).map_err(Fault::internal)?;
        return Ok(Download { name: format!("alerts-{day}.csv"), media_type: "text/csv; charset=utf-8", bytes });
    }
    let text: String = alerts.iter().map(|alert| format!("{}\n", line(alert))).collect();
    let name = if form == "json" { format!("alerts-{day}.ndjson") } else { format!("alerts-{form}-{day}.ndjson") };
    Ok(Download { name, media_type: "application/x-ndjson", bytes: text.into_bytes() })
}

fn table(alerts: &[Alert]) -> Result<Vec<u8>, csv::Error> {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(COLUMNS)?;
    for alert in alerts {
        let entities: Vec<&str> = alert.detail.entities.iter().map(|entity| entity.value.as_str()).collect();
        let when = |at: Option<i64>| at.map(moment::write).unwrap_or_default();
        let or_empty = |text: &Option<String>| text.clone().unwrap_or_default();
        let cells = [
            alert.id.clone(),
            when(Some(alert.created_at)),
            alert.severity.clone(),
            alert.risk_score.to_string(),
            alert.status.clone(),
            or_empty(&alert.verdict),
            alert.title.clone(),
            alert.reason.clone(),
            alert.rule_name.clone(),
            alert.rule_key.clone(),
            or_empty(&alert.assignee),
            or_empty(&alert.incident_id),
            entities.join("; "),
            when(alert.first_event),
            when(alert.last_event),
            or_empty(&alert.comment),
        ];
        out.write_record(cells.map(|cell| inert(&cell)))?;
    }
    out.into_inner().map_err(|error| error.into_error().into())
}

/// A cell that a spreadsheet does not take for a formula, whatever a sender wrote into it (OWASP: CSV injection).
fn inert(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::tests::alert;

    #[test]
    fn a_table_holds_no_formulas() {
        let mut hostile = alert("a1", "r1");
        hostile.title = "=HYPERLINK(\"https://evil.example\")".to_owned();
        let text = String::from_utf8(table(&[hostile]).unwrap()).unwrap();
        assert!(text.starts_with("id,created,severity"), "{text}");
        assert!(text.contains("\"'=HYPERLINK"), "{text}");
    }
}
