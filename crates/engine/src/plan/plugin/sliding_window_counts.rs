//! `sliding_window_counts`: for each bin of a timeline, the rows and the distinct ids of the window that ends with it.
//!
//! A row counts in the bin it lies in and in those after it that look back as far. The columns are called `Count` and `Dcount`, as
//! published rules use them; the page's table of columns writes them in small letters.

use super::{
    Invocation, Plugin, PluginParam,
    timeline::{Windows, constant, dimensions, offsets},
    written::Written,
};
use crate::{error::Result, plan::Planner, relation::Relation};

pub(super) static PLUGIN: Plugin = Plugin {
    name: "sliding_window_counts",
    doc: "sliding-window-counts-plugin",
    summary: "Counts rows and distinct ids in a window that slides over a timeline, for each combination of dimensions.",
    params: &[
        PluginParam::required("IdColumn"),
        PluginParam::required("TimelineColumn"),
        PluginParam::required("Start"),
        PluginParam::required("End"),
        PluginParam::required("LookbackWindow"),
        PluginParam::required("Bin"),
        PluginParam::any("dim"),
    ],
    plan,
};

fn plan(planner: &Planner<'_>, call: &Invocation<'_>) -> Result<Relation> {
    let (id, time) = (call.column(call.required(0)?)?, call.column(call.required(1)?)?);
    let (dimensions, by) = dimensions(call, 6)?;
    let windows = Windows::of(planner, call, 5)?;
    let mut columns = vec![("id", id), ("bin", time)];
    columns.extend(dimensions.iter().map(|(name, column)| (name.as_str(), *column)));
    let query = Written::over(planner, call, &columns)?
        .with("First", constant(planner, call, 2)?)
        .with("Last", constant(planner, call, 3)?)
        .with("Step", windows.step());
    let rows = format!("T | where bin <= Last | summarize rows = count() by id, bin = {}{by}", windows.start("bin"));
    let counts = format!("summarize Count = sum(rows), Dcount = dcount(id) by bin{by}");
    match &windows {
        Windows::Even(step) => {
            let offsets = offsets(planner, call, constant(planner, call, 4)?, step.clone())?;
            query.with("Offsets", offsets).plan(&format!(
                "{rows}
                | extend offset = Offsets
                | mv-expand offset to typeof(long)
                | extend bin = bin + offset * Step
                | where bin between (First .. Last)
                | {counts}"
            ))
        }
        // Windows of the calendar differ in length: a bin is in those that begin less than the look-back after it.
        Windows::Calendar(_) => query.with("Lookback", constant(planner, call, 4)?).plan(&format!(
            "{rows}
            | extend one = 1
            | join kind=inner ({} | extend one = 1) on one
            | where end >= bin and end - bin < Lookback
            | extend bin = end
            | {counts}",
            windows.all("end")
        )),
    }
}
