//! Thresholds: groups of events that are many enough.
//!
//! Authority: <https://www.elastic.co/docs/solutions/security/detect-and-alert/create-detection-rule>, "Create a threshold
//! rule"; a list counts in the group of each of its values, a row that lacks a field in none.

use datafusion::{
    functions_aggregate::expr_fn::{count, count_distinct, max, min},
    logical_expr::lit,
};
use diag::{Diagnostic, Span};
use functions::Typed;
use schema::Type;

use super::{Search, condition, counted, matching, terms::Terms};
use crate::{
    Environment,
    error::Result,
    plan::row_number,
    relation::{Relation, column},
};

/// The column of a result that says how many events a group has.
pub const COUNT: &str = "kibana.alert.threshold_result.count";
/// The column that says when the group's first event counts.
pub const FIRST: &str = "kibana.alert.threshold_result.from";
/// The column that says when its last event counts.
pub const LAST: &str = "@timestamp";

/// The column that says how many different values of a field a group has.
#[must_use]
pub fn cardinality_name(field: &str) -> String {
    format!("kibana.alert.threshold_result.cardinality.{field}")
}

/// When a group of events is enough.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Threshold {
    /// The fields that make a group; none is all events together.
    pub fields: Vec<String>,
    /// How many events are enough.
    pub value: u64,
    /// Fields of which a group must have so many different values besides.
    pub cardinality: Vec<(String, u64)>,
    /// Groups that were raised before: their values, in the order of `fields`, and the moment, in ticks, up to which their
    /// events are counted.
    pub raised: Vec<(Vec<String>, i64)>,
}

/// Columns of the result: the fields, when the last and the first event count, how many there are, and how many different values
/// each field of the cardinality has.
pub(super) fn plan(search: &Search, threshold: &Threshold, env: &Environment) -> Result<(Relation, Vec<Diagnostic>)> {
    let span = Span::default();
    let (found, warnings) = matching(search, env, None)?;
    let time = counted(&found, search.time_field()).unwrap_or_else(|| lit(datafusion::common::ScalarValue::Int64(None)));
    let (moment, number) = (found.free_name("$moment"), found.free_name("$number"));
    let mut rows = found.hide(&moment, time, span)?;
    let cardinality: Vec<String> = threshold.cardinality.iter().map(|(field, _)| field.clone()).collect();
    if !cardinality.is_empty() {
        // A list of values makes several rows of one, which is still one event.
        rows = rows.with_windows(vec![(number.clone(), row_number())], span)?;
    }
    let keys = Terms::of(&rows, &threshold.fields, "$key", false)?;
    let rows = not_raised(&keys, &moment, &threshold.raised)?;
    let values = Terms::of(&rows, &cardinality, "$value", true)?;
    let grouped = keys.names.iter().map(|name| column(name)).collect();
    let events = if values.expanded { count_distinct(column(&number)) } else { count(lit(1)) };
    let mut aggregates = vec![events.alias(COUNT), min(column(&moment)).alias(FIRST), max(column(&moment)).alias("$last")];
    let counted: Vec<String> = (0..cardinality.len()).map(|position| format!("$count{position}")).collect();
    for (value, name) in values.names.iter().zip(&counted) {
        aggregates.push(count_distinct(column(value)).alias(name));
    }
    let groups = values.rows.clone().ordered(vec![]).aggregate(grouped, aggregates, span)?;
    let least = |name: &str, value: u64| column(name).gt_eq(lit(i64::try_from(value).unwrap_or(i64::MAX)));
    let mut enough = vec![least(COUNT, threshold.value.max(1))];
    enough.extend(counted.iter().zip(&threshold.cardinality).map(|(name, (_, value))| least(name, *value)));
    let reached = groups.filter(condition::all(enough), span)?;
    let fields = threshold.fields.iter().zip(&keys.names);
    let mut columns: Vec<(String, Typed)> =
        fields.map(|(field, name)| (field.clone(), Typed::new(column(name), Type::String))).collect();
    columns.push((LAST.to_owned(), Typed::new(column("$last"), Type::Datetime)));
    columns.push((FIRST.to_owned(), Typed::new(column(FIRST), Type::Datetime)));
    columns.push((COUNT.to_owned(), Typed::new(column(COUNT), Type::Long)));
    for (field, name) in cardinality.iter().zip(&counted) {
        columns.push((cardinality_name(field), Typed::new(column(name), Type::Long)));
    }
    let result = reached.project(columns, span)?;
    // The groups with most events first, as they are raised.
    let order = [COUNT].into_iter().map(|name| column(name).sort(false, false));
    let order = order.chain(threshold.fields.iter().map(|field| column(field).sort(true, false))).collect();
    Ok((result.ordered(order).finished(span)?, warnings))
}

/// Without the events that were counted when their group was raised before.
fn not_raised(keys: &Terms, moment: &str, raised: &[(Vec<String>, i64)]) -> Result<Relation> {
    let again = raised.iter().map(|(values, until)| {
        let same = keys.names.iter().zip(values).map(|(name, value)| {
            let value = datafusion::common::ScalarValue::Utf8View(Some(value.clone()));
            column(name).eq(lit(value))
        });
        condition::all(same.chain([column(moment).lt_eq(lit(*until))]).collect())
    });
    keys.rows.filter(condition::any(again.collect()).is_not_true(), Span::default())
}
