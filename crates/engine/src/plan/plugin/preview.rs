//! `preview`: some rows, and how many there are in all, as two tables.

use super::{Invocation, Plugin, PluginParam};
use crate::{
    error::Result,
    plan::{Names, Planner},
    relation::Relation,
};

pub(super) static PLUGIN: Plugin = Plugin {
    name: "preview",
    doc: "preview-plugin",
    summary: "Gives at most so many rows, and the number of all rows as a second table.",
    params: &[PluginParam::required("NumberOfRows")],
    plan,
};

fn plan(planner: &Planner<'_>, call: &Invocation<'_>) -> Result<Relation> {
    let input = call.input()?;
    let count = planner.row_count(call.required(0)?, Names::new(call.scope, &[]), "the number of rows")?;
    let mut rows = input.first_rows(count, call.span)?;
    rows.more.push(planner.count(input, None, call.span)?);
    Ok(rows)
}
