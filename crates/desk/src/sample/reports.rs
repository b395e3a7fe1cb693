//! Reports: a view of each kind, over the same few domains and senders.

use std::collections::BTreeMap;

use async_trait::async_trait;
use chart::{Chart, Kind, Series, Stacking, X};
use serde_json::{Value, json};

use super::HOSTILE;
use crate::*;

/// Reports.
#[derive(Debug, Default)]
pub(super) struct Sample {}

/// Views: id, title, what it shows, the saved function behind it.
const VIEWS: [(&str, &str, &str, &str); 6] = [
    ("domains", "Domains", "How much mail carries each domain's name, and how much of it proved that it may", "DmarcDomains"),
    ("senders", "Senders", "Who sends in a domain's name, and what the mail that fails looks like", "DmarcSources"),
    ("policy", "Policy effect", "What quarantine and reject would have done to the mail of a domain", "DmarcPolicyEffect"),
    ("reporters", "Reporters", "Who reports, and since when", "DmarcReporters"),
    ("failures", "Failures", "Single messages that receivers reported as failures", "DmarcFailures"),
    ("tls", "TLS", "Whether mail to a domain came encrypted, and what was in the way", "TlsSessions"),
];

/// The views as data: columns, rows, which column names the bars and which ones they are made of. `HOSTILE`, `FIRST` and `LAST` stand for
/// [`HOSTILE`] and for the moments between which everything was.
const DATA: &str = include_str!("../../data/sample-reports.json");

const FIRST: &str = "2026-10-21T00:00:00.0000000Z";
const LAST: &str = "2026-11-20T00:00:00.0000000Z";

#[derive(Debug, Clone, serde::Deserialize)]
struct View {
    columns: String,
    name: String,
    bars: Vec<String>,
    rows: Vec<Vec<Value>>,
}

fn read(id: &str) -> Result<View, Fault> {
    let mut views: BTreeMap<String, View> = serde_json::from_str(DATA).map_err(Fault::internal)?;
    let mut view = views.remove(id).ok_or_else(|| Fault::Unknown { what: "view", id: id.to_owned() })?;
    view.rows.iter_mut().flatten().for_each(fill);
    Ok(view)
}

/// Puts what it stands for in the place of a word.
fn fill(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(fill),
        Value::String(word) => match word.as_str() {
            "HOSTILE" => HOSTILE.clone_into(word),
            "FIRST" => FIRST.clone_into(word),
            "LAST" => LAST.clone_into(word),
            _ => {}
        },
        _ => {}
    }
}

fn column(text: &str) -> Column {
    let (name, ty) = text.split_once(':').unwrap_or((text, "string"));
    Column { name: name.to_owned(), ty: ty.to_owned() }
}

/// Bars of some columns, one for each row.
fn drawn(sheet: &Sheet, view: &View) -> Option<Chart> {
    let place = |name: &String| sheet.columns.iter().position(|column| column.name == *name);
    let names = place(&view.name)?;
    if view.bars.is_empty() || sheet.rows.is_empty() {
        return None;
    }
    let names = sheet.rows.iter().map(|row| row.get(names).and_then(Value::as_str).unwrap_or_default().to_owned());
    let mut chart = Chart::new(Kind::Barchart, X::Category(names.collect()));
    chart.stacking = Stacking::Stacked;
    chart.y_title = "messages".to_owned();
    let series = |bar: &String| {
        let at = place(bar)?;
        Some(Series::new(bar.clone(), sheet.rows.iter().map(|row| row.get(at).and_then(Value::as_f64)).collect()))
    };
    chart.series = view.bars.iter().filter_map(series).collect();
    Some(chart)
}

#[async_trait]
impl Reports for Sample {
    fn views(&self) -> Vec<(String, String, String)> {
        VIEWS.iter().map(|(id, title, shows, _)| ((*id).to_owned(), (*title).to_owned(), (*shows).to_owned())).collect()
    }

    async fn view(&self, id: &str, domain: &str, days: u32) -> Result<(Sheet, String), Fault> {
        let mut view = read(id)?;
        let unknown = || Fault::Unknown { what: "view", id: id.to_owned() };
        let (_, _, _, function) = VIEWS.iter().find(|known| known.0 == id).ok_or_else(unknown)?;
        let columns: Vec<Column> = view.columns.split(' ').map(column).collect();
        let place = columns.iter().position(|column| column.name == "Domain").unwrap_or(0);
        let mut rows = std::mem::take(&mut view.rows);
        rows.retain(|row| domain.is_empty() || row.get(place).and_then(Value::as_str) == Some(domain));
        let mut arguments = Vec::new();
        if !domain.is_empty() {
            arguments.push(format!("domains=dynamic({})", json!([domain])));
        }
        arguments.push(format!("since=ago({days}d)"));
        let mut sheet = Sheet { total: u64::try_from(rows.len()).unwrap_or(0), columns, rows, ..Sheet::default() };
        sheet.chart = drawn(&sheet, &view);
        Ok((sheet, format!("{function}({})", arguments.join(", "))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_view_has_rows_as_long_as_its_columns() {
        let sample = Sample::default();
        for (id, ..) in sample.views() {
            let (sheet, query) = sample.view(&id, "", 30).await.unwrap();
            assert!(query.ends_with("(since=ago(30d))"), "{query}");
            assert!(!sheet.rows.is_empty() && sheet.rows.iter().all(|row| row.len() == sheet.columns.len()), "{id}");
        }
        let (sheet, query) = sample.view("senders", "example.com", 7).await.unwrap();
        assert_eq!((sheet.rows.len(), query.as_str()), (2, "DmarcSources(domains=dynamic([\"example.com\"]), since=ago(7d))"));
        assert!(sample.view("../senders", "", 7).await.is_err());
    }
}
