//! `active_users_count`: for each window, the ids that were seen in enough periods up to one of their rows in it.
//!
//! The rows before the start of the analysis count towards being active, and are counted in no window.

use super::{
    Invocation, Plugin, PluginParam,
    timeline::{Windows, constant, dimensions},
    written::Written,
};
use crate::{error::Result, plan::Planner, relation::Relation};

pub(super) static PLUGIN: Plugin = Plugin {
    name: "active_users_count",
    doc: "active-users-count-plugin",
    summary: "Counts the ids of each window that were seen in a number of periods before and up to then, for each combination of dimensions.",
    params: &[
        PluginParam::required("IdColumn"),
        PluginParam::required("TimelineColumn"),
        PluginParam::required("Start"),
        PluginParam::required("End"),
        PluginParam::required("LookbackWindow"),
        PluginParam::required("Period"),
        PluginParam::required("ActivePeriodsCount"),
        PluginParam::required("Bin"),
        PluginParam::any("dim"),
    ],
    plan,
};

fn plan(planner: &Planner<'_>, call: &Invocation<'_>) -> Result<Relation> {
    let (id, time) = (call.column(call.required(0)?)?, call.column(call.required(1)?)?);
    let (dimensions, by) = dimensions(call, 8)?;
    let windows = Windows::of(planner, call, 7)?;
    let mut columns = vec![("id", id), ("t", time)];
    columns.extend(dimensions.iter().map(|(name, column)| (name.as_str(), *column)));
    let start = windows.start("t");
    Written::over(planner, call, &columns)?
        .with("First", constant(planner, call, 2)?)
        .with("Last", constant(planner, call, 3)?)
        .with("Lookback", constant(planner, call, 4)?)
        .with("Period", constant(planner, call, 5)?)
        .with("Enough", constant(planner, call, 6)?)
        .with("Step", windows.step())
        .plan(&format!(
            "let Seen = T
            | where t > First - Lookback and t <= Last
            | summarize by id, period = bin_at(t, Period, First), t = {start}, counts = t >= First{by};
            let Periods = Seen | summarize by id, before = period{by};
            Seen
            | where counts
            | join kind=inner (Periods) on id{by}
            | where before > period - Lookback and before <= period
            | summarize periods = count() by id, period, t{by}
            | where periods >= Enough
            | summarize by id, t{by}
            | summarize ['dcount'] = count() by t{by}"
        ))
}
