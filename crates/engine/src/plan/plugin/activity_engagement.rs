//! `activity_engagement`: the ids of each short window as a share of those of the long window that ends with it, such as daily
//! users among weekly ones.

use super::{
    Invocation, Plugin, PluginParam,
    timeline::{constant, dimensions_of, offsets},
    written::Written,
};
use crate::{error::Result, plan::Planner, relation::Relation};

pub(super) static PLUGIN: Plugin = Plugin {
    name: "activity_engagement",
    doc: "activity-engagement-plugin",
    summary: "Gives the ids of a short window as a share of those of the long window that ends with it, for each combination of dimensions.",
    params: &[
        PluginParam::required("IdColumn"),
        PluginParam::required("TimelineColumn"),
        PluginParam::required("Start"),
        PluginParam::required("End"),
        PluginParam::optional("InnerActivityWindow"),
        PluginParam::optional("OuterActivityWindow"),
        PluginParam::any("dim"),
    ],
    plan,
};

fn plan(planner: &Planner<'_>, call: &Invocation<'_>) -> Result<Relation> {
    let (id, time) = (call.column(call.required(0)?)?, call.column(call.required(1)?)?);
    // The bounds may be left out as a pair: the third and fourth arguments are then the windows.
    let bounded = call.argument(4).is_some();
    let windows = if bounded { 4 } else { 2 };
    let (dimensions, by) = dimensions_of(call, call.rest(6))?;
    let inner = constant(planner, call, windows)?;
    let offsets = offsets(planner, call, constant(planner, call, windows + 1)?, inner.clone())?;
    let mut columns = vec![("id", id), ("t", time)];
    columns.extend(dimensions.iter().map(|(name, column)| (name.as_str(), *column)));
    let mut query = Written::over(planner, call, &columns)?.with("Inner", inner).with("Offsets", offsets);
    let mut bounds = "let First = toscalar(T | summarize min(t)); let Last = toscalar(T | summarize max(t));";
    if bounded {
        query = query.with("First", constant(planner, call, 2)?).with("Last", constant(planner, call, 3)?);
        bounds = "";
    }
    query.plan(&format!(
        "{bounds}
        let Seen = T | where t between (First .. Last) | summarize by id, t = bin_at(t, Inner, First){by};
        let Wide = Seen
        | extend offset = Offsets
        | mv-expand offset to typeof(long)
        | extend t = t + offset * Inner
        | summarize by id, t{by}
        | summarize wide = count() by t{by};
        Seen
        | summarize narrow = count() by t{by}
        | join kind=inner (Wide) on t{by}
        | project t{by}, dcount_activities_inner = narrow, dcount_activities_outer = wide, activity_ratio = toreal(narrow) / wide"
    ))
}
