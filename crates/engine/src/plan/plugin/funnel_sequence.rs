//! `funnel_sequence`: who took a sequence of states, and what came right before and right after it, as three tables.
//!
//! A state that goes on over several rows is one: what comes before and after is another state. Steps of the sequence follow
//! directly on each other, each within the time allowed.

use schema::Type;

use super::{
    Invocation, Plugin, PluginParam,
    timeline::{constant, states},
    written::Written,
};
use crate::{error::Result, plan::Planner, relation::Relation};

pub(super) static PLUGIN: Plugin = Plugin {
    name: "funnel_sequence",
    doc: "funnel-sequence-plugin",
    summary: "Counts the ids that took a sequence of states, by the states right before and right after it: three tables.",
    params: &[
        PluginParam::required("IdColumn"),
        PluginParam::required("TimelineColumn"),
        PluginParam::required("Start"),
        PluginParam::required("End"),
        PluginParam::required("MaxSequenceStepWindow"),
        PluginParam::required("Step"),
        PluginParam::required("StateColumn"),
        PluginParam::required("Sequence"),
    ],
    plan,
};

fn plan(planner: &Planner<'_>, call: &Invocation<'_>) -> Result<Relation> {
    let (id, time) = (call.column(call.required(0)?)?, call.column(call.required(1)?)?);
    let state = call.column(call.required(6)?)?;
    let (sequence, length) = states(planner, call, 7)?;
    let none = if state.ty == Type::String { "''".to_owned() } else { format!("{}(null)", state.ty) };
    let mut taken = String::from("state == tostring(Sequence[0])");
    for step in 1..length {
        let before = step - 1;
        let earlier = if before == 0 { "t".to_owned() } else { format!("next(t, {before})") };
        taken.push_str(&format!(
            " and next(id, {step}) == id and next(state, {step}) == tostring(Sequence[{step}]) and next(t, {step}) - {earlier} <= Window"
        ));
    }
    let text = |keys: &str| {
        format!(
            "T
            | where t between (First .. Last)
            | sort by id asc, t asc
            | extend state = tostring(own)
            | where row_number() == 1 or id != prev(id) or state != prev(state)
            | extend begins = {taken}, number = row_number(),
                prev = iff(row_number() > 1 and prev(id) == id, prev(own), {none}),
                next = iff(next(id, {length}) == id, next(own, {length}), {none})
            | where begins
            | summarize ['dcount'] = dcount(id), samples = make_set(id, 128) by t = bin_at(t, Step, First){keys}
            | project t{keys}, ['dcount'], samples"
        )
    };
    let table = |keys: &str| -> Result<Relation> {
        Written::over(planner, call, &[("id", id), ("t", time), ("own", state)])?
            .with("First", constant(planner, call, 2)?)
            .with("Last", constant(planner, call, 3)?)
            .with("Window", constant(planner, call, 4)?)
            .with("Step", constant(planner, call, 5)?)
            .with("Sequence", sequence.clone())
            .plan(&text(keys))
    };
    let mut both = table(", prev, next")?;
    both.more = vec![table(", prev")?, table(", next")?];
    Ok(both)
}
