//! `new_activity_metrics`: what becomes of the ids that are new in a window, in every window from then on.
//!
//! New is who was seen in no window before and is not among the ids of the look-back. Windows without new ids are none to start from.

use functions::Typed;
use kql::ast::{Expr, ExprKind};

use super::{
    Invocation, Plugin, PluginParam,
    timeline::{Windows, constant, dimensions_of},
    written::Written,
};
use crate::{
    error::Result,
    plan::{Names, Planner, Value},
    relation::{Relation, typed},
};

pub(super) static PLUGIN: Plugin = Plugin {
    name: "new_activity_metrics",
    doc: "new-activity-metrics-plugin",
    summary: "Counts, of the ids that are new in a window, those that stayed and those that left in each later one, for each combination of dimensions.",
    params: &[
        PluginParam::required("IdColumn"),
        PluginParam::required("TimelineColumn"),
        PluginParam::required("Start"),
        PluginParam::required("End"),
        PluginParam::required("Window"),
        PluginParam::any("CohortOrDim"),
    ],
    plan,
};

fn plan(planner: &Planner<'_>, call: &Invocation<'_>) -> Result<Relation> {
    let (id, time) = (call.column(call.required(0)?)?, call.column(call.required(1)?)?);
    let windows = Windows::of(planner, call, 4)?;
    let mut rest = call.rest(5);
    let mut cohort = None;
    if let Some((first, others)) = rest.split_first()
        && !is_column(call, first)?
        && let Value::Scalar(value) = planner.value(first, Names::new(call.scope, &[]))?
    {
        (cohort, rest) = (Some(value), others);
    }
    let mut known = None;
    if let Some((last, others)) = rest.split_last()
        && !is_column(call, last)?
        && let Value::Table(table) = planner.value(last, Names::new(call.scope, &[]))?
    {
        (known, rest) = (Some(ids(call, table)?), others);
    }
    let (dimensions, by) = dimensions_of(call, rest)?;
    let mut columns = vec![("id", id), ("t", time)];
    columns.extend(dimensions.iter().map(|(name, column)| (name.as_str(), *column)));
    let mut query = Written::over(planner, call, &columns)?
        .renaming("from", format!("from_{}", time.name))
        .renaming("to", format!("to_{}", time.name))
        .with("First", constant(planner, call, 2)?)
        .with("Last", constant(planner, call, 3)?)
        .with("Step", windows.step());
    let (start, all) = (windows.start("t"), windows.all("to"));
    let (mut old, mut only) = ("", String::new());
    if let Some(known) = known {
        query = query.with_table("Known", known);
        old = "| join kind=leftanti (Known) on id";
    }
    if let Some(cohort) = cohort {
        query = query.with("Cohort", cohort);
        only = format!("| where born == {}", windows.start("Cohort"));
    }
    query.plan(&format!(
        "let Seen = T | where t between (First .. Last) | summarize by id, t = {start}{by};
        let Born = Seen | summarize born = min(t) by id{by} {old};
        let Back = Seen | join kind=inner (Born) on id{by} | summarize ids = count() by to = t, born{by};
        Born
        {only}
        | summarize size = count() by from = born, one = 1{by}
        | join kind=inner ({all} | extend one = 1) on one
        | where to >= from
        | join kind=leftouter (Back) on to{by}
        | summarize new = sumif(ids, born > from or (to == from and born == from)), kept = sumif(ids, born == from)
            by size, from, to{by}
        | project from, to{by}, dcount_new_values = new, dcount_retained_values = kept, dcount_churn_values = size - kept,
            retention_rate = toreal(kept) / size, churn_rate = toreal(size - kept) / size"
    ))
}

/// True for the name of a column of the input.
fn is_column(call: &Invocation<'_>, expr: &Expr) -> Result<bool> {
    Ok(match &expr.kind {
        ExprKind::Name(name) => call.input()?.find(&name.text).is_some(),
        _ => false,
    })
}

/// The ids of a look-back: its column of the name of the id's, or else its last one.
fn ids(call: &Invocation<'_>, table: Relation) -> Result<Relation> {
    let own = &call.column(call.required(0)?)?.name;
    let column = table.find(own).or_else(|| table.columns.last()).cloned();
    let ids: Vec<(String, Typed)> = column.iter().map(|column| ("id".to_owned(), typed(column))).collect();
    table.project(ids, call.span)
}
