//! `session_count`: for each window, the sessions that begin in it: rows of an id that was not seen for a while.

use super::{
    Invocation, Plugin, PluginParam,
    timeline::{constant, dimensions},
    written::Written,
};
use crate::{error::Result, plan::Planner, relation::Relation};

pub(super) static PLUGIN: Plugin = Plugin {
    name: "session_count",
    doc: "session-count-plugin",
    summary: "Counts the sessions that begin in each window: rows of ids that were not seen within a look-back, for each combination of dimensions.",
    params: &[
        PluginParam::required("IdColumn"),
        PluginParam::required("TimelineColumn"),
        PluginParam::required("Start"),
        PluginParam::required("End"),
        PluginParam::required("Bin"),
        PluginParam::required("LookBackWindow"),
        PluginParam::any("dim"),
    ],
    plan,
};

fn plan(planner: &Planner<'_>, call: &Invocation<'_>) -> Result<Relation> {
    let (id, time) = (call.column(call.required(0)?)?, call.column(call.required(1)?)?);
    let (dimensions, by) = dimensions(call, 6)?;
    let moved: String = dimensions.iter().map(|(name, _)| format!(" or {name} != prev({name})")).collect();
    let mut columns = vec![("id", id), ("t", time)];
    columns.extend(dimensions.iter().map(|(name, column)| (name.as_str(), *column)));
    Written::over(planner, call, &columns)?
        .with("First", constant(planner, call, 2)?)
        .with("Last", constant(planner, call, 3)?)
        .with("Bin", constant(planner, call, 4)?)
        .with("Lookback", constant(planner, call, 5)?)
        .plan(&format!(
            "T
            | where t <= Last
            | summarize by id, t{by}
            | sort by id asc{by}, t asc
            | extend begins = row_number() == 1 or id != prev(id){moved} or t - prev(t) > Lookback
            | where begins and t >= First
            | summarize count_sessions = count() by t = bin_at(t, Bin, First){by}"
        ))
}
