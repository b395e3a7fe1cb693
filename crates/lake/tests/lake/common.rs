//! One small table and ways to fill and read it.

use std::error::Error;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use datafusion::arrow::util::pretty::pretty_format_batches;
use datafusion::common::ScalarValue;
use datafusion::prelude::{DataFrame, Expr, SessionContext, ident, lit};
use lake::{Appended, Arrival, Lake};
use schema::{Column, Table, Type};
use spoofwatch_lake as lake;

pub(crate) type Outcome = Result<(), Box<dyn Error>>;

/// One hour in microseconds.
pub(crate) const HOUR: i64 = 3_600_000_000;

fn column(name: &str, ty: Type) -> Column {
    Column { name: name.to_owned(), ty, doc: String::new(), values: Vec::new(), alias_of: None, json: false, ours: false }
}

/// A mail table with a time, a text that is a needle, a number, JSON, and another name for the time.
pub(crate) fn mail() -> Table {
    let mut alias = column("TimeGenerated", Type::Datetime);
    alias.alias_of = Some("Timestamp".to_owned());
    let columns = vec![
        column("Timestamp", Type::Datetime),
        alias,
        column("NetworkMessageId", Type::String),
        column("Subject", Type::String),
        column("Size", Type::Long),
        column("Details", Type::Dynamic),
    ];
    Table { columns, ..Table::undocumented("Mail", "Timestamp") }
}

pub(crate) fn times(values: impl IntoIterator<Item = i64>) -> ArrayRef {
    Arc::new(
        values.into_iter().collect::<Vec<_>>().into_iter().map(Some).collect::<TimestampMicrosecondArray>().with_timezone("UTC"),
    )
}

pub(crate) fn texts(values: &[&str]) -> ArrayRef {
    Arc::new(StringArray::from(values.to_vec()))
}

pub(crate) fn longs(values: impl IntoIterator<Item = i64>) -> ArrayRef {
    Arc::new(values.into_iter().collect::<Int64Array>())
}

pub(crate) fn batch(columns: Vec<(&str, ArrayRef)>) -> Result<RecordBatch, Box<dyn Error>> {
    Ok(RecordBatch::try_from_iter(columns)?)
}

/// Messages `ids`, one an hour from `hour` on.
pub(crate) fn messages(hour: i64, ids: &[&str]) -> Result<RecordBatch, Box<dyn Error>> {
    let hours = (hour..).take(ids.len()).map(|hour| hour * HOUR);
    batch(vec![("Timestamp", times(hours)), ("NetworkMessageId", texts(ids))])
}

pub(crate) async fn append(lake: &Lake, batches: impl IntoIterator<Item = RecordBatch>) -> Result<Appended, Box<dyn Error>> {
    let mut appender = lake.appender(&mail(), Arrival::Own).await?;
    for batch in batches {
        appender.append(batch).await?;
    }
    Ok(appender.finish().await?)
}

pub(crate) fn appended(added: u64, already: u64) -> Appended {
    Appended { added, already }
}

/// The lake's table in a session of its own.
pub(crate) async fn table(lake: &Lake) -> Result<DataFrame, Box<dyn Error>> {
    let provider = lake.provider("Mail").await?.ok_or("no table Mail")?;
    Ok(SessionContext::new().read_table(provider)?)
}

/// The lake's table, these columns of it.
pub(crate) async fn columns(lake: &Lake, names: &[&str]) -> Result<DataFrame, Box<dyn Error>> {
    Ok(table(lake).await?.select_columns(names)?)
}

/// The rows of `frame`, a line a row, values with `|` between.
pub(crate) async fn rows(frame: DataFrame) -> Result<Vec<String>, Box<dyn Error>> {
    let batches = frame.collect().await?;
    let table = pretty_format_batches(&batches)?.to_string();
    let lines = table.lines().filter(|line| line.starts_with('|')).skip(1);
    let cells = |line: &str| line[1..line.len() - 1].split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    Ok(lines.map(|line| cells(line).join("|")).collect())
}

/// The ids in the lake, in order.
pub(crate) async fn ids(lake: &Lake) -> Result<Vec<String>, Box<dyn Error>> {
    let id = ident("NetworkMessageId");
    rows(columns(lake, &["NetworkMessageId"]).await?.sort(vec![id.sort(true, true)])?).await
}

/// A moment, microseconds after 1970.
pub(crate) fn moment(micros: i64) -> Expr {
    lit(ScalarValue::TimestampMicrosecond(Some(micros), Some("UTC".into())))
}
