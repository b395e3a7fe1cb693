//! The per-file statistics of the Delta log, as the query engine's [`Statistics`] and back.
//!
//! Authority: Delta protocol, "Per-file Statistics". Must not read data files.
//!
//! The log may shorten texts to a prefix and times to milliseconds, so a value read back is exact only where it cannot
//! have been shortened. A shortened one is still a bound: [`bounds`] makes it usable for pruning.

use datafusion::arrow::datatypes::{DataType, Field, Schema, TimeUnit};
use datafusion::common::stats::Precision;
use datafusion::common::{ColumnStatistics, ScalarValue, Statistics};
use serde_json::{Map, Value, json};

/// Texts longer than this many characters are shortened in the log, as other Delta writers do.
const PREFIX: usize = 32;

/// Greater than any character that can follow a prefix.
const AFTER_ALL: char = '\u{10FFFF}';

/// The log's JSON for the statistics of one file; `statistics` is in the order of `schema`.
pub(crate) fn to_json(statistics: &Statistics, schema: &Schema, columns: &[String]) -> String {
    let (mut minima, mut maxima, mut nulls) = (Map::new(), Map::new(), Map::new());
    for name in columns {
        let Ok(place) = schema.index_of(name) else { continue };
        let Some(column) = statistics.column_statistics.get(place) else { continue };
        if let Precision::Exact(count) = column.null_count {
            nulls.insert(name.clone(), json!(count));
        }
        let bounds = column.min_value.get_value().zip(column.max_value.get_value());
        if let Some((min, max)) = bounds.and_then(|(min, max)| Some((lower(min)?, upper(max)?))) {
            minima.insert(name.clone(), min);
            maxima.insert(name.clone(), max);
        }
    }
    let rows = statistics.num_rows.get_value().copied().unwrap_or(0);
    json!({ "numRecords": rows, "minValues": minima, "maxValues": maxima, "nullCount": nulls }).to_string()
}

/// The statistics of one file in the order of `schema`; what the log does not say is absent.
pub(crate) fn from_json(text: Option<&str>, schema: &Schema, size: u64) -> Statistics {
    let log: Value = text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or(Value::Null);
    let column = |field: &std::sync::Arc<Field>| {
        let of = |part: &str| log.get(part).and_then(|values| values.get(field.name()));
        let null_count = count(of("nullCount")).or_else(|| (!field.is_nullable()).then_some(0));
        let mut column = ColumnStatistics::new_unknown();
        column.null_count = null_count.map_or(Precision::Absent, Precision::Exact);
        column.min_value = of("minValues").map_or(Precision::Absent, |value| read(value, field.data_type(), Side::Min));
        column.max_value = of("maxValues").map_or(Precision::Absent, |value| read(value, field.data_type(), Side::Max));
        column
    };
    Statistics {
        num_rows: count(log.get("numRecords")).map_or(Precision::Absent, Precision::Exact),
        total_byte_size: usize::try_from(size).map_or(Precision::Absent, Precision::Inexact),
        column_statistics: schema.fields().iter().map(column).collect(),
    }
}

/// The same statistics with every bound marked exact: right for deciding that a file cannot match, wrong for answering
/// `min` and `max`.
pub(crate) fn bounds(statistics: &Statistics) -> Statistics {
    let mut bounds = statistics.clone();
    for column in &mut bounds.column_statistics {
        for value in [&mut column.min_value, &mut column.max_value] {
            if let Precision::Inexact(found) = value {
                *value = Precision::Exact(found.clone());
            }
        }
    }
    bounds
}

/// The statistics of all files together.
pub(crate) fn total<'a>(files: impl Iterator<Item = &'a Statistics>, schema: &Schema) -> Statistics {
    let mut total = Statistics {
        num_rows: Precision::Exact(0),
        total_byte_size: Precision::Exact(0),
        column_statistics: vec![ColumnStatistics::new_unknown(); schema.fields().len()],
    };
    for (index, file) in files.enumerate() {
        total.num_rows = total.num_rows.add(&file.num_rows);
        total.total_byte_size = total.total_byte_size.add(&file.total_byte_size);
        for (sum, column) in total.column_statistics.iter_mut().zip(&file.column_statistics) {
            if index == 0 {
                sum.null_count = column.null_count;
                sum.min_value = column.min_value.clone();
                sum.max_value = column.max_value.clone();
            } else {
                sum.null_count = sum.null_count.add(&column.null_count);
                sum.min_value = sum.min_value.min(&column.min_value);
                sum.max_value = sum.max_value.max(&column.max_value);
            }
        }
    }
    total
}

/// A file's span of time, as far as its statistics tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    /// Earliest and latest time in microseconds since 1970; `None` when unknown or when no row has a time.
    pub(crate) range: Option<(i64, i64)>,
    /// False only when it is certain that every row has a time.
    pub(crate) untimed: bool,
    /// False when nothing is known about the times of the file.
    pub(crate) known: bool,
}

impl Span {
    /// The span of the rows of a file, from the statistics of its time column.
    pub(crate) fn of(statistics: &Statistics, time_place: Option<usize>) -> Self {
        let Some(column) = time_place.and_then(|place| statistics.column_statistics.get(place)) else {
            return Self { range: None, untimed: true, known: false };
        };
        let range = micros(&column.min_value).zip(micros(&column.max_value));
        let all_untimed =
            column.null_count.get_value() == statistics.num_rows.get_value() && column.null_count != Precision::Absent;
        Self { range, untimed: column.null_count != Precision::Exact(0), known: range.is_some() || all_untimed }
    }

    /// The same, beginning so many microseconds earlier.
    pub(crate) fn since(&self, earlier: i64) -> Self {
        Self { range: self.range.map(|(from, to)| (from.saturating_sub(earlier), to)), ..*self }
    }

    /// Whether a row of one may be a row of the other.
    pub(crate) fn meets(&self, other: &Self) -> bool {
        if !self.known || !other.known || (self.untimed && other.untimed) {
            return true;
        }
        self.range.zip(other.range).is_some_and(|((a0, a1), (b0, b1))| a0 <= b1 && b0 <= a1)
    }
}

fn micros(value: &Precision<ScalarValue>) -> Option<i64> {
    match value.get_value() {
        Some(ScalarValue::TimestampMicrosecond(time, _)) => *time,
        _ => None,
    }
}

fn count(value: Option<&Value>) -> Option<usize> {
    value.and_then(Value::as_u64).and_then(|count| usize::try_from(count).ok())
}

fn lower(value: &ScalarValue) -> Option<Value> {
    match value.try_as_str() {
        Some(text) => text.map(|text| json!(text.chars().take(PREFIX).collect::<String>())),
        None => plain(value),
    }
}

fn upper(value: &ScalarValue) -> Option<Value> {
    match value.try_as_str() {
        Some(text) => text.map(|text| match text.char_indices().nth(PREFIX) {
            None => json!(text),
            Some((end, _)) => json!(format!("{}{AFTER_ALL}", &text[..end])),
        }),
        None => plain(value),
    }
}

fn plain(value: &ScalarValue) -> Option<Value> {
    match value {
        ScalarValue::Boolean(value) => value.map(|value| json!(value)),
        ScalarValue::Int32(value) => value.map(|value| json!(value)),
        ScalarValue::Int64(value) => value.map(|value| json!(value)),
        ScalarValue::TimestampMicrosecond(Some(micros), _) => {
            let time = chrono::DateTime::from_timestamp_micros(*micros)?;
            Some(json!(time.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()))
        }
        _ => None,
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Min,
    Max,
}

fn read(value: &Value, data_type: &DataType, side: Side) -> Precision<ScalarValue> {
    let exact = match (data_type, value) {
        (DataType::Boolean, Value::Bool(value)) => ScalarValue::Boolean(Some(*value)),
        (DataType::Int32, value) => match value.as_i64().and_then(|value| i32::try_from(value).ok()) {
            Some(value) => ScalarValue::Int32(Some(value)),
            None => return Precision::Absent,
        },
        (DataType::Int64, value) => match value.as_i64() {
            Some(value) => ScalarValue::Int64(Some(value)),
            None => return Precision::Absent,
        },
        (DataType::Utf8View, Value::String(text)) => {
            let scalar = ScalarValue::Utf8View(Some(text.clone()));
            let whole = text.chars().count() < PREFIX;
            return if whole { Precision::Exact(scalar) } else { Precision::Inexact(scalar) };
        }
        (DataType::Timestamp(TimeUnit::Microsecond, zone), Value::String(text)) => {
            let Ok(time) = chrono::DateTime::parse_from_rfc3339(text) else { return Precision::Absent };
            let scalar = |micros| ScalarValue::TimestampMicrosecond(Some(micros), zone.clone());
            // Other writers cut times to milliseconds; six digits say that this one was not cut.
            let digits = text.split_once('.').map_or(0, |(_, rest)| rest.bytes().take_while(u8::is_ascii_digit).count());
            return match side {
                _ if digits >= 6 => Precision::Exact(scalar(time.timestamp_micros())),
                Side::Min => Precision::Inexact(scalar(time.timestamp_micros())),
                Side::Max => Precision::Inexact(scalar(time.timestamp_micros().saturating_add(999))),
            };
        }
        _ => return Precision::Absent,
    };
    Precision::Exact(exact)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema() -> Schema {
        Schema::new(vec![
            Field::new("Time", schema::Type::Datetime.storage_type(), true),
            Field::new("Name", DataType::Utf8View, false),
            Field::new("Size", DataType::Int64, true),
        ])
    }

    fn column(min: ScalarValue, max: ScalarValue) -> ColumnStatistics {
        let mut column = ColumnStatistics::new_unknown();
        column.null_count = Precision::Exact(0);
        column.min_value = Precision::Exact(min);
        column.max_value = Precision::Exact(max);
        column
    }

    fn time(micros: i64) -> ScalarValue {
        ScalarValue::TimestampMicrosecond(Some(micros), Some("UTC".into()))
    }

    #[test]
    fn what_is_written_is_read_back_and_long_texts_become_bounds() {
        let long = "x".repeat(40);
        let text = |value: &str| ScalarValue::Utf8View(Some(value.to_owned()));
        let statistics = Statistics {
            num_rows: Precision::Exact(3),
            total_byte_size: Precision::Inexact(10),
            column_statistics: vec![
                column(time(1_000_001), time(2_000_000)),
                column(text("a"), text(&long)),
                column(ScalarValue::Int64(Some(-1)), ScalarValue::Int64(Some(7))),
            ],
        };
        let names: Vec<String> = ["Time", "Name", "Size"].map(str::to_owned).into();
        let json = to_json(&statistics, &schema(), &names);
        let back = from_json(Some(&json), &schema(), 10);
        assert_eq!(back.column_statistics[0], statistics.column_statistics[0]);
        assert_eq!(back.column_statistics[2], statistics.column_statistics[2]);
        assert_eq!(back.column_statistics[1].min_value, Precision::Exact(text("a")));
        let bound = format!("{}{AFTER_ALL}", "x".repeat(32));
        assert_eq!(back.column_statistics[1].max_value, Precision::Inexact(text(&bound)));
        assert_eq!(bounds(&back).column_statistics[1].max_value, Precision::Exact(text(&bound)));
    }

    #[test]
    fn times_cut_to_milliseconds_by_another_writer_stay_bounds() {
        let log =
            r#"{"numRecords":1,"minValues":{"Time":"1970-01-01T00:00:01.000Z"},"maxValues":{"Time":"1970-01-01T00:00:01.000Z"}}"#;
        let statistics = from_json(Some(log), &schema(), 1);
        assert_eq!(statistics.column_statistics[0].min_value, Precision::Inexact(time(1_000_000)));
        assert_eq!(statistics.column_statistics[0].max_value, Precision::Inexact(time(1_000_999)));
    }

    #[test]
    fn unknown_and_untimed_spans_meet_all_they_could_share_a_row_with() {
        let span = |range, untimed| Span { range, untimed, known: true };
        let unknown = Span { range: None, untimed: true, known: false };
        assert!(span(Some((1, 2)), false).meets(&span(Some((2, 3)), false)));
        assert!(!span(Some((1, 2)), false).meets(&span(Some((3, 4)), false)));
        assert!(span(Some((1, 2)), true).meets(&span(Some((3, 4)), true)));
        assert!(span(Some((1, 2)), false).meets(&unknown));
        assert!(!span(None, true).meets(&span(Some((1, 2)), false)));
    }
}
