//! `activity_metrics`: each window beside the one before it: ids, new ids, how many stayed and how many left.

use super::{
    Invocation, Plugin, PluginParam,
    timeline::{Windows, constant, dimensions_of},
    written::Written,
};
use crate::{error::Result, plan::Planner, relation::Relation};

pub(super) static PLUGIN: Plugin = Plugin {
    name: "activity_metrics",
    doc: "activity-metrics-plugin",
    summary: "Counts the ids and new ids of each window and the shares that stayed and left since the one before, for each combination of dimensions.",
    params: &[
        PluginParam::required("IdColumn"),
        PluginParam::required("TimelineColumn"),
        PluginParam::required("Start"),
        PluginParam::optional("End"),
        PluginParam::optional("Window"),
        PluginParam::any("dim"),
    ],
    plan,
};

fn plan(planner: &Planner<'_>, call: &Invocation<'_>) -> Result<Relation> {
    let (id, time) = (call.column(call.required(0)?)?, call.column(call.required(1)?)?);
    // The bounds may be left out as a pair: the third argument is then the window.
    let bounded = call.argument(4).is_some();
    let windows = Windows::of(planner, call, if bounded { 4 } else { 2 })?;
    let (dimensions, by) = dimensions_of(call, call.rest(5))?;
    let mut columns = vec![("id", id), ("t", time)];
    columns.extend(dimensions.iter().map(|(name, column)| (name.as_str(), *column)));
    let mut query = Written::over(planner, call, &columns)?.with("Step", windows.step());
    let mut bounds = "let First = toscalar(T | summarize min(t)); let Last = toscalar(T | summarize max(t));";
    if bounded {
        query = query.with("First", constant(planner, call, 2)?).with("Last", constant(planner, call, 3)?);
        bounds = "";
    }
    let (start, next) = (windows.start("t"), windows.next("t"));
    query.plan(&format!(
        "{bounds}
        let Seen = T | where t between (First .. Last) | summarize by id, t = {start}{by};
        let Sizes = Seen | summarize size = count() by t{by};
        let Kept = Seen
        | join kind=inner (Seen | extend t = {next}) on id, t{by}
        | summarize kept = count() by t{by};
        Sizes
        | join kind=leftouter (Kept) on t{by}
        | join kind=leftouter (Sizes | extend t = {next} | project-rename last = size) on t{by}
        | extend kept = coalesce(kept, 0), last = coalesce(last, 0)
        | project t{by}, dcount_values = size, dcount_newvalues = size - kept,
            retention_rate = toreal(kept) / last, churn_rate = toreal(last - kept) / last"
    ))
}
