//! From a result to a chart: which column is the axis, which the series, which the split, as `render` has it.
//!
//! Source: Microsoft's reference, page `render-operator`: without properties the first datetime (time charts) or first
//! column is the x axis, the first text column splits series, numbers are values.

use std::collections::BTreeMap;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Float64Type, Int32Type, Int64Type};
use chart::{Chart, Kind, Series, Stacking, X};
use engine::{Column, Results, Visualization, value};
use schema::{Type, text::datetime};

/// The chart of a result, or `None` if it asks for none and has nothing to draw.
pub(crate) fn chart(results: &Results, title: &str) -> Option<Chart> {
    let fallback = Visualization { kind: "linechart".to_owned(), properties: vec![] };
    let asked = results.visualization.as_ref().unwrap_or(&fallback);
    let kind = kind_of(&asked.kind)?;
    let rows = Rows::of(results);
    let axis = axis_column(&rows.columns, asked, kind)?;
    let (points, series) = if rows.is_array(axis) { unpacked(&rows, asked, axis) } else { tabled(&rows, asked, axis)? };
    let mut chart = Chart::new(kind, points);
    chart.series = series;
    chart.title = asked.property("title").unwrap_or(title).to_owned();
    chart.x_title = asked.property("xtitle").map_or_else(|| rows.columns[axis].name.clone(), str::to_owned);
    chart.y_title = asked.property("ytitle").map_or_else(|| y_title(&chart), str::to_owned);
    chart.legend = asked.property("legend") != Some("hidden");
    chart.y_log = asked.property("yaxis") == Some("log");
    chart.y_min = asked.property("ymin").and_then(|value| value.parse().ok());
    chart.y_max = asked.property("ymax").and_then(|value| value.parse().ok());
    chart.stacking = match asked.property("kind") {
        Some("stacked") => Stacking::Stacked,
        Some("stacked100") => Stacking::Stacked100,
        Some("unstacked") => Stacking::Unstacked,
        _ => Stacking::Default,
    };
    Some(chart)
}

fn kind_of(word: &str) -> Option<Kind> {
    Some(match word {
        "timechart" => Kind::Timechart,
        "linechart" => Kind::Linechart,
        "areachart" => Kind::Areachart,
        "stackedareachart" => Kind::Stackedareachart,
        "columnchart" => Kind::Columnchart,
        "barchart" => Kind::Barchart,
        "piechart" => Kind::Piechart,
        "scatterchart" => Kind::Scatterchart,
        "anomalychart" => Kind::Anomalychart,
        "card" => Kind::Card,
        _ => return None,
    })
}

/// One series is named on the axis; several are told apart by the legend.
fn y_title(chart: &Chart) -> String {
    match chart.series.as_slice() {
        [only] => only.name.clone(),
        _ => String::new(),
    }
}

/// Cells read by row and column, whatever batch they are in.
struct Rows {
    columns: Vec<Column>,
    batches: Vec<RecordBatch>,
}

impl Rows {
    fn of(results: &Results) -> Self {
        Self { columns: results.columns.clone(), batches: results.batches.clone() }
    }

    fn each(&self) -> impl Iterator<Item = (&RecordBatch, usize)> {
        self.batches.iter().flat_map(|batch| (0..batch.num_rows()).map(move |row| (batch, row)))
    }

    /// True if the column holds arrays, as `make-series` makes them.
    fn is_array(&self, column: usize) -> bool {
        self.columns[column].ty == Type::Dynamic
            && self.each().next().is_some_and(|(batch, row)| {
                let array = batch.column(column).as_string_view();
                !array.is_null(row) && array.value(row).starts_with('[')
            })
    }

    fn text(&self, batch: &RecordBatch, column: usize, row: usize) -> String {
        let mut out = String::new();
        value::write_text(batch.column(column), self.columns[column].ty, row, &mut out);
        out
    }

    fn number(&self, batch: &RecordBatch, column: usize, row: usize) -> Option<f64> {
        let array = batch.column(column);
        if array.is_null(row) {
            return None;
        }
        #[expect(clippy::cast_precision_loss, reason = "a picture needs no more digits than a real has")]
        match self.columns[column].ty {
            Type::Int => Some(f64::from(array.as_primitive::<Int32Type>().value(row))),
            Type::Long => Some(array.as_primitive::<Int64Type>().value(row) as f64),
            Type::Timespan => Some(array.as_primitive::<Int64Type>().value(row) as f64 / 1e7),
            Type::Real => Some(array.as_primitive::<Float64Type>().value(row)),
            Type::Decimal | Type::Dynamic => self.text(batch, column, row).parse().ok(),
            _ => None,
        }
    }
}

fn is_number(ty: Type) -> bool {
    matches!(ty, Type::Int | Type::Long | Type::Real | Type::Decimal | Type::Timespan)
}

fn axis_column(columns: &[Column], asked: &Visualization, kind: Kind) -> Option<usize> {
    if let Some(named) = asked.property("xcolumn") {
        return columns.iter().position(|column| column.name == named);
    }
    let time = || columns.iter().position(|column| column.ty == Type::Datetime);
    // The axis that `make-series` makes comes last.
    let array = || columns.iter().rposition(|column| column.ty == Type::Dynamic);
    match kind {
        Kind::Timechart | Kind::Anomalychart => time().or_else(array).or((!columns.is_empty()).then_some(0)),
        _ => columns.iter().position(|column| !is_number(column.ty)).or((!columns.is_empty()).then_some(0)),
    }
}

/// The columns that are drawn: those that `ycolumns` names, else all that hold numbers.
fn value_columns(rows: &Rows, asked: &Visualization, axis: usize, fits: impl Fn(usize) -> bool) -> Vec<usize> {
    match asked.property("ycolumns") {
        Some(named) => {
            named.split(',').filter_map(|name| rows.columns.iter().position(|column| column.name == name.trim())).collect()
        }
        None => (0..rows.columns.len()).filter(|&column| column != axis && fits(column)).collect(),
    }
}

/// The columns whose values split the rows into series.
fn split_columns(rows: &Rows, asked: &Visualization, axis: usize, values: &[usize]) -> Vec<usize> {
    match asked.property("series") {
        Some(named) => {
            named.split(',').filter_map(|name| rows.columns.iter().position(|column| column.name == name.trim())).collect()
        }
        None => (0..rows.columns.len())
            .filter(|&column| {
                column != axis
                    && !values.contains(&column)
                    && matches!(rows.columns[column].ty, Type::String | Type::Guid | Type::Bool)
            })
            .collect(),
    }
}

/// What tells a row's series from others. A text without letters has words, too: it is not the series of all rows.
fn split_words(rows: &Rows, batch: &RecordBatch, split: &[usize], row: usize) -> String {
    let words = split.iter().map(|&column| rows.text(batch, column, row));
    words.map(|text| if text.is_empty() { "(empty)".to_owned() } else { text }).collect::<Vec<_>>().join(", ")
}

fn series_name(split: &str, column: &str, several: bool) -> String {
    match (split.is_empty(), several) {
        (true, _) => column.to_owned(),
        (false, false) => split.to_owned(),
        (false, true) => format!("{split}: {column}"),
    }
}

/// Rows that hold a point each.
fn tabled(rows: &Rows, asked: &Visualization, axis: usize) -> Option<(X, Vec<Series>)> {
    let values = value_columns(rows, asked, axis, |column| is_number(rows.columns[column].ty));
    if values.is_empty() {
        return None;
    }
    let split = split_columns(rows, asked, axis, &values);
    let mut places: BTreeMap<AxisKey, usize> = BTreeMap::new();
    let mut keys: Vec<AxisKey> = Vec::new();
    let mut points: Vec<(String, usize, usize, Option<f64>)> = Vec::new();
    for (batch, row) in rows.each() {
        let key = axis_key(rows, batch, axis, row);
        let place = *places.entry(key.clone()).or_insert_with(|| {
            keys.push(key);
            keys.len() - 1
        });
        let of = split_words(rows, batch, &split, row);
        points.extend(values.iter().map(|&column| (of.clone(), column, place, rows.number(batch, column, row))));
    }
    // Times and numbers go in their order, categories in the order of the rows.
    let mut order: Vec<usize> = (0..keys.len()).collect();
    if !matches!(keys.first(), Some(AxisKey::Text(_))) {
        order.sort_by(|&a, &b| keys[a].cmp(&keys[b]));
    }
    let mut rank = vec![0; keys.len()];
    for (at, &place) in order.iter().enumerate() {
        rank[place] = at;
    }
    let mut series: Vec<Series> = Vec::new();
    let mut known: BTreeMap<(String, usize), usize> = BTreeMap::new();
    for (split, column, place, value) in points {
        let name = series_name(&split, &rows.columns[column].name, values.len() > 1);
        let at = *known.entry((split, column)).or_insert_with(|| {
            series.push(Series::new(name, vec![None; keys.len()]));
            series.len() - 1
        });
        series[at].values[rank[place]] = value;
    }
    let sorted: Vec<AxisKey> = order.into_iter().map(|place| keys[place].clone()).collect();
    Some((x_of(&sorted), series))
}

/// Rows that hold a series each, as arrays over the axis' array.
fn unpacked(rows: &Rows, asked: &Visualization, axis: usize) -> (X, Vec<Series>) {
    let values = value_columns(rows, asked, axis, |column| rows.is_array(column));
    let split = split_columns(rows, asked, axis, &values);
    let mut keys = Vec::new();
    let mut series = Vec::new();
    for (batch, row) in rows.each() {
        if keys.is_empty() {
            keys = elements(batch, axis, row).iter().map(array_key).collect();
        }
        let of = split_words(rows, batch, &split, row);
        for &column in &values {
            let name = series_name(&of, &rows.columns[column].name, values.len() > 1);
            let cells = elements(batch, column, row);
            let values = cells.iter().map(|value| value.as_f64().or_else(|| value.as_str()?.parse().ok()));
            series.push(Series::new(name, values.collect()));
        }
    }
    (x_of(&keys), series)
}

fn elements(batch: &RecordBatch, column: usize, row: usize) -> Vec<serde_json::Value> {
    let array = batch.column(column).as_string_view();
    if array.is_null(row) {
        return Vec::new();
    }
    serde_json::from_str(array.value(row)).unwrap_or_default()
}

/// A place on the axis.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum AxisKey {
    /// Microseconds since 1970.
    Time(i64),
    /// A number's bits, in an order-preserving form.
    Number(i64),
    Text(String),
}

fn axis_key(rows: &Rows, batch: &RecordBatch, axis: usize, row: usize) -> AxisKey {
    let array = batch.column(axis);
    match rows.columns[axis].ty {
        Type::Datetime if !array.is_null(row) => {
            AxisKey::Time(datetime::to_unix_micros(array.as_primitive::<Int64Type>().value(row)))
        }
        ty if is_number(ty) => rows.number(batch, axis, row).map_or_else(|| AxisKey::Text(String::new()), number_key),
        _ => AxisKey::Text(rows.text(batch, axis, row)),
    }
}

fn array_key(value: &serde_json::Value) -> AxisKey {
    match value {
        serde_json::Value::String(text) => match datetime::parse(text) {
            Some(ticks) => AxisKey::Time(datetime::to_unix_micros(ticks)),
            None => AxisKey::Text(text.clone()),
        },
        other => other.as_f64().map_or_else(|| AxisKey::Text(other.to_string()), number_key),
    }
}

fn number_key(value: f64) -> AxisKey {
    let bits = value.to_bits().cast_signed();
    AxisKey::Number(bits ^ (((bits >> 63).cast_unsigned()) >> 1).cast_signed())
}

fn number_of(key: i64) -> f64 {
    f64::from_bits((key ^ (((key >> 63).cast_unsigned()) >> 1).cast_signed()).cast_unsigned())
}

/// The axis; places of several kinds (a null among times) are told by their texts.
fn x_of(keys: &[AxisKey]) -> X {
    if let Some(times) = keys.iter().map(|key| if let AxisKey::Time(micros) = key { Some(*micros) } else { None }).collect() {
        return X::Time(times);
    }
    if let Some(numbers) =
        keys.iter().map(|key| if let AxisKey::Number(bits) = key { Some(number_of(*bits)) } else { None }).collect()
    {
        return X::Number(numbers);
    }
    X::Category(
        keys.iter()
            .map(|key| match key {
                AxisKey::Text(text) => text.clone(),
                AxisKey::Number(bits) => number_of(*bits).to_string(),
                AxisKey::Time(micros) => {
                    let mut out = String::new();
                    datetime::write(datetime::from_unix_micros(*micros).unwrap_or_default(), &mut out);
                    out
                }
            })
            .collect(),
    )
}
