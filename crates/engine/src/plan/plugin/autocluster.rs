//! `autocluster`: a few patterns that say much about many rows.
//!
//! The reference gives the score and names the algorithm, which leaves some of its choices open: patterns are of the same kind as
//! Kusto's, not always the same.

use super::{
    Invocation, Plugin, PluginParam,
    patterns::{Patterns, number, ratio, weighing, weight},
};
use crate::{error::Result, plan::Planner, relation::Relation};

pub(super) static PLUGIN: Plugin = Plugin {
    name: "autocluster",
    doc: "autocluster-plugin",
    summary: "Finds a few patterns that fit many rows and have a value in many columns.",
    params: &[
        PluginParam::optional("SizeWeight"),
        PluginParam::optional("WeightColumn"),
        PluginParam::optional("NumSeeds"),
        PluginParam::any("CustomWildcard"),
    ],
    plan,
};

fn plan(planner: &Planner<'_>, call: &Invocation<'_>) -> Result<Relation> {
    let weight = weight(call, 1)?;
    let size_weight = ratio(planner, call, 0, ("SizeWeight", 0.0, 0.5))?;
    let seeds = number(planner, call, 2, "NumSeeds", 25)?;
    let patterns = Patterns::new(planner, call, weight.as_slice())?;
    let values = vec![("w".to_owned(), weighing(weight))];
    let found = patterns.found("cluster_patterns", values, ("", &[("w", "sum(w)")]), [size_weight, seeds])?;
    patterns.shown(found, "Count = tolong(p[0]), Percent = toreal(p[1])", 2, 3)
}
