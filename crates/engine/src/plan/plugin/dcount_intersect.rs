//! `dcount_intersect`: how many values the first of several sets of `hll` has, the first two together, the first three, and so on.

use functions::Typed;
use schema::Type;

use super::{Invocation, Plugin, PluginParam};
use crate::{
    error::{Result, codes, fault},
    plan::Planner,
    relation::{Relation, typed},
};

/// The reference allows so many sets.
const MAX_SETS: usize = 16;

pub(super) static PLUGIN: Plugin = Plugin {
    name: "dcount_intersect",
    doc: "dcount-intersect-plugin",
    summary: "Counts the values that the first of several `hll` sets has, those the first two have in common, those the first three have, and so on.",
    params: &[PluginParam::required("hll_1"), PluginParam::required("hll_2"), PluginParam::any("hll")],
    plan,
};

fn plan(planner: &Planner<'_>, call: &Invocation<'_>) -> Result<Relation> {
    let given = call.rest(0);
    if given.len() > MAX_SETS {
        return fault(codes::ARGUMENT_COUNT, format!("dcount_intersect() takes at most {MAX_SETS} sets"), call.span);
    }
    let mut sets: Vec<Typed> = Vec::with_capacity(given.len());
    let mut columns = Vec::with_capacity(given.len());
    for (number, expr) in given.iter().enumerate() {
        let column = call.column(expr)?;
        if column.ty != Type::Dynamic {
            return fault(codes::ARGUMENT_TYPE, "a set is what hll() gives, a dynamic value", expr.span);
        }
        sets.push(typed(column));
        columns.push((format!("s{number}"), planner.apply("dcount_common", sets.clone(), call.span)?));
    }
    call.input()?.project(columns, call.span)
}
