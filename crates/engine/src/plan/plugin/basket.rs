//! `basket`: values that often come together in rows.
//!
//! Exact, where Kusto samples: patterns near the threshold are found on every run.

use super::{
    Invocation, Plugin, PluginParam,
    patterns::{Patterns, number, ratio, weighing, weight},
};
use crate::{error::Result, plan::Planner, relation::Relation};

pub(super) static PLUGIN: Plugin = Plugin {
    name: "basket",
    doc: "basket-plugin",
    summary: "Finds the values of one or more columns that a share of the rows have in common.",
    params: &[
        PluginParam::optional("Threshold"),
        PluginParam::optional("WeightColumn"),
        PluginParam::optional("MaxDimensions"),
        PluginParam::any("CustomWildcard"),
    ],
    plan,
};

fn plan(planner: &Planner<'_>, call: &Invocation<'_>) -> Result<Relation> {
    let weight = weight(call, 1)?;
    let threshold = ratio(planner, call, 0, ("Threshold", 0.015, 0.05))?;
    let most = number(planner, call, 2, "MaxDimensions", 5)?;
    let patterns = Patterns::new(planner, call, weight.as_slice())?;
    let values = vec![("w".to_owned(), weighing(weight))];
    let found = patterns.found("frequent_patterns", values, ("", &[("w", "sum(w)")]), [threshold, most])?;
    patterns.shown(found, "Count = tolong(p[0]), Percent = toreal(p[1])", 2, 3)
}
