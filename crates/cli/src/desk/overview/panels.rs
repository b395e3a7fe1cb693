//! Charts over messages: messages are counted once by all that charts tell them apart by, and each chart is drawn of these counts.

use std::{collections::BTreeMap, sync::Arc};

use ::desk::{Fault, Panel, Sheet};
use arrow::{
    array::{ArrayRef, Int64Array, RecordBatch, StringViewArray},
    datatypes::{Field, Schema},
};
use engine::{Column, Results, Visualization};
use schema::Type;

use super::Here;
use crate::desk::{
    asking::{number, text},
    sheet,
};

/// Counts by time and results that are held: of more, each chart is counted by itself.
const MOST: usize = 100_000;
/// Rows of a chart.
const ROWS: usize = 20_000;

/// Charts of results: title, and member of `AuthenticationDetails`.
const RESULTS: [(&str, &str); 4] = [("SPF", "SPF"), ("DKIM", "DKIM"), ("DMARC", "DMARC"), ("compauth", "CompAuth")];

/// Counts by time, in ticks, and by what a chart tells apart.
pub(super) type Counts = BTreeMap<(i64, String), i64>;

/// A chart as it is asked for: its title, its columns beside the time, and the query that gives it.
struct Asked {
    title: &'static str,
    series: &'static str,
    /// The column of the counts by all.
    of: &'static str,
    hunt: String,
}

/// The charts over messages of so many days, in steps.
fn asked(days: u32, step: &str) -> Vec<Asked> {
    let since = format!("EmailEvents | where Timestamp > ago({days}d)");
    let directions = format!(
        "{since} | summarize Messages = count() by bin(Timestamp, {step}), EmailDirection | sort by Timestamp asc \
         | render timechart with (title=\"Messages\")"
    );
    let mut all = vec![Asked { title: "Messages", series: "EmailDirection", of: "EmailDirection", hunt: directions }];
    all.extend(RESULTS.map(|(title, member)| Asked {
        title,
        series: "Result",
        of: member,
        hunt: format!(
            "{since} | extend Result = tostring(parse_json(AuthenticationDetails).{member}) | where isnotempty(Result) \
             | summarize Messages = count() by bin(Timestamp, {step}), Result | sort by Timestamp asc \
             | render timechart with (title=\"{title}\")"
        ),
    }));
    all
}

impl Here {
    /// The charts over messages.
    pub(super) async fn message_charts(&self, days: u32, step: &str) -> Result<Vec<Panel>, Fault> {
        let by_all = format!(
            "EmailEvents | where Timestamp > ago({days}d) | extend A = parse_json(AuthenticationDetails) \
             | summarize Messages = count() by Time = bin(Timestamp, {step}), EmailDirection, SPF = tostring(A.SPF), \
             DKIM = tostring(A.DKIM), DMARC = tostring(A.DMARC), CompAuth = tostring(A.CompAuth)"
        );
        let counted = self.desk.rows(&by_all, MOST).await?;
        let mut charts = Vec::new();
        for chart in asked(days, step) {
            let sheet = if counted.cut {
                self.desk.rows(&chart.hunt, ROWS).await?
            } else {
                drawn(["Timestamp", chart.series, "Messages"], &of(&counted, chart.of), ("timechart", &[("title", chart.title)]))?
            };
            charts.push(Panel { title: chart.title.to_owned(), sheet, hunt: chart.hunt });
        }
        Ok(charts)
    }
}

/// The counts by time and one column; what has no result is not counted, what has no direction is.
fn of(counted: &Sheet, column: &str) -> Counts {
    let mut counts = Counts::new();
    for row in &counted.rows {
        let value = text(counted, row, column);
        if value.is_empty() && column != "EmailDirection" {
            continue;
        }
        let Some(at) = schema::text::datetime::parse(text(counted, row, "Time")) else { continue };
        #[expect(clippy::cast_possible_truncation, reason = "messages are fewer than 2^53")]
        let messages = number(counted, row, "Messages").unwrap_or_default() as i64;
        *counts.entry((at, value.to_owned())).or_default() += messages;
    }
    counts
}

/// Counts with their chart, as a query gives them: columns of time, of what is told apart, and of the counts.
pub(super) fn drawn(names: [&str; 3], counts: &Counts, (kind, properties): (&str, &[(&str, &str)])) -> Result<Sheet, Fault> {
    let [time, series, count] = names;
    let columns = vec![Column::new(time, Type::Datetime), Column::new(series, Type::String), Column::new(count, Type::Long)];
    let fields: Vec<Field> =
        columns.iter().map(|column| Field::new(&column.name, column.ty.engine_type(), column.ty != Type::String)).collect();
    let arrays: Vec<ArrayRef> = vec![
        Arc::new(Int64Array::from_iter_values(counts.keys().map(|(at, _)| *at))),
        Arc::new(StringViewArray::from_iter_values(counts.keys().map(|(_, value)| value))),
        Arc::new(Int64Array::from_iter_values(counts.values().copied())),
    ];
    let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).map_err(Fault::internal)?;
    let properties = properties.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let visualization = Some(Visualization { kind: kind.to_owned(), properties });
    let results = Results { columns, batches: vec![batch], visualization, name: None, more: Vec::new() };
    Ok(sheet::sheet(&results, true, None, ""))
}
