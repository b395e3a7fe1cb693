//! `activity_counts_metrics`: each window beside all windows before it: rows, ids, ids that are new, ids so far.

use super::{
    Invocation, Plugin, PluginParam,
    timeline::{Windows, constant, dimensions},
    written::Written,
};
use crate::{error::Result, plan::Planner, relation::Relation};

pub(super) static PLUGIN: Plugin = Plugin {
    name: "activity_counts_metrics",
    doc: "activity-counts-metrics-plugin",
    summary: "Counts the rows, the ids, the new ids and the ids so far of each window, for each combination of dimensions.",
    params: &[
        PluginParam::required("IdColumn"),
        PluginParam::required("TimelineColumn"),
        PluginParam::required("Start"),
        PluginParam::required("End"),
        PluginParam::required("Step"),
        PluginParam::any("dim"),
    ],
    plan,
};

fn plan(planner: &Planner<'_>, call: &Invocation<'_>) -> Result<Relation> {
    let (id, time) = (call.column(call.required(0)?)?, call.column(call.required(1)?)?);
    let (dimensions, by) = dimensions(call, 5)?;
    let windows = Windows::of(planner, call, 4)?;
    let mut columns = vec![("id", id), ("t", time)];
    columns.extend(dimensions.iter().map(|(name, column)| (name.as_str(), *column)));
    let start = windows.start("t");
    Written::over(planner, call, &columns)?
        .with("First", constant(planner, call, 2)?)
        .with("Last", constant(planner, call, 3)?)
        .with("Step", windows.step())
        .plan(&format!(
            "let Seen = T | where t between (First .. Last) | summarize n = count() by id, t = {start}{by};
            let Fresh = Seen
            | summarize since = min(t) by id{by}
            | summarize fresh = count() by since, one = 1{by};
            Seen
            | summarize n = sum(n), ids = count() by t, one = 1{by}
            | join kind=leftouter (Fresh) on one{by}
            | summarize new = sumif(fresh, since == t), total = sumif(fresh, since <= t) by n, ids, t{by}
            | project t{by}, ['count'] = n, ['dcount'] = ids, new_dcount = new, aggregated_dcount = total"
        ))
}
