//! New terms: values, or combinations of values, that were not seen in the time before.
//!
//! Authority: <https://www.elastic.co/docs/solutions/security/detect-and-alert/create-detection-rule>, "Create a new terms
//! rule": new is what occurs first within the window, counted from the beginning of the history; the row is the earliest event.

use datafusion::{
    functions_aggregate::expr_fn::min,
    logical_expr::{JoinType, lit},
};
use diag::{Diagnostic, Span};
use functions::Typed;
use schema::Type;

use super::{Search, Window, counted, in_time, matching, terms::Terms, whole};
use crate::{
    Environment,
    error::{At, Result, codes, fault},
    plan::{
        row_number,
        tabular::{Condition, side_by_side},
    },
    relation::{Relation, column},
};

/// The column of a result that holds the new values, a list in the order of the fields.
pub const NEW_TERMS: &str = "kibana.alert.new_terms";

/// Which values are looked at, and since when.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NewTerms {
    /// The fields whose values are looked at, together.
    pub fields: Vec<String>,
    /// The moment, in ticks, from which on a value counts as seen.
    pub history_from: i64,
}

/// The columns of the events, and the new values.
pub(super) fn plan(search: &Search, new_terms: &NewTerms, env: &Environment) -> Result<(Relation, Vec<Diagnostic>)> {
    let span = Span::default();
    let Some(window) = &search.window else {
        return fault(codes::ARGUMENT_VALUE, "new terms need a window of time", span);
    };
    if new_terms.fields.is_empty() || new_terms.history_from >= window.from {
        return fault(codes::ARGUMENT_VALUE, "new terms need a field, and a history that begins before the window", span);
    }
    let seen = Window { from: new_terms.history_from, ..window.clone() };
    let history = Search { window: Some(seen), limit: None, ..search.clone() };
    let first = firsts(&history, new_terms, window.from, env)?;
    let (found, warnings) = matching(search, env, None)?;
    let Some(time) = counted(&found, search.time_field()) else { return Ok((found, warnings)) };
    let moment = found.free_name("$moment");
    let rows = Terms::of(&found.hide(&moment, time, span)?, &new_terms.fields, "$key", false)?;
    // What joins compares is shown, and taken away behind it.
    let keys = rows.names.iter().map(|name| (name.clone(), Typed::new(column(name), Type::String)));
    let shown: Vec<(String, Typed)> =
        whole(&found).into_iter().chain(keys).chain([(moment.clone(), Typed::new(column(&moment), Type::Datetime))]).collect();
    let left = rows.rows.project(shown, span)?;
    let side = |name: &String, ty| Typed::new(column(name), ty);
    let mut conditions: Vec<Condition> = rows
        .names
        .iter()
        .zip(&first.names)
        .map(|(left, right)| Condition { left: side(left, Type::String), right: side(right, Type::String) })
        .collect();
    conditions.push(Condition { left: side(&moment, Type::Datetime), right: side(&first.moment, Type::Datetime) });
    let joined = side_by_side(&left, &first.rows, conditions, JoinType::Inner, span)?;
    let groups = rows.names.iter().map(|name| column(name)).collect();
    let rank = joined.free_name("$rank");
    let order = super::Fields::of(&found).time().map(|time| column(time).sort(true, false)).into_iter().collect();
    let ranked = joined.with_windows_by(vec![(rank.clone(), row_number())], order, groups, span)?;
    let earliest = ranked.filter(column(&rank).eq(lit(1_u64)), span)?;
    let tuple = match functions::find("pack_array") {
        Some(function) => {
            functions::apply(function, rows.names.iter().map(|name| side(name, Type::String)).collect(), env.clock).at(span)?
        }
        None => return crate::error::unsupported("lists of new terms", span),
    };
    let columns = whole(&found).into_iter().chain([(NEW_TERMS.to_owned(), tuple)]).collect();
    let result = earliest.project(columns, span)?;
    Ok((in_time(&result, search)?, warnings))
}

/// Values and when they were first seen, of those that were not seen before the window.
struct Firsts {
    rows: Relation,
    names: Vec<String>,
    moment: String,
}

fn firsts(history: &Search, new_terms: &NewTerms, from: i64, env: &Environment) -> Result<Firsts> {
    let span = Span::default();
    let (found, _) = matching(history, env, None)?;
    let time = counted(&found, history.time_field()).unwrap_or_else(|| lit(datafusion::common::ScalarValue::Int64(None)));
    let moment = found.free_name("$moment");
    let terms = Terms::of(&found.hide(&moment, time, span)?, &new_terms.fields, "$term", false)?;
    let keys = terms.names.iter().map(|name| column(name)).collect();
    let first = "$first".to_owned();
    let grouped = terms.rows.aggregate(keys, vec![min(column(&moment)).alias(&first)], span)?;
    let new = grouped.filter(column(&first).gt_eq(lit(from)), span)?;
    let mut columns: Vec<(String, Typed)> =
        terms.names.iter().map(|name| (name.clone(), Typed::new(column(name), Type::String))).collect();
    columns.push((first.clone(), Typed::new(column(&first), Type::Datetime)));
    Ok(Firsts { rows: new.project(columns, span)?, names: terms.names, moment: first })
}
