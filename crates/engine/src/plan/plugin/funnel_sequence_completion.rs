//! `funnel_sequence_completion`: how many ids reach each state of a sequence, within times measured from its first state.
//!
//! Other states may lie between those of the sequence. An id that begins several times counts by its fastest way.

use super::{
    Invocation, Plugin, PluginParam,
    timeline::{constant, states},
    written::Written,
};
use crate::{error::Result, plan::Planner, relation::Relation};

pub(super) static PLUGIN: Plugin = Plugin {
    name: "funnel_sequence_completion",
    doc: "funnel-sequence-completion-plugin",
    summary: "Counts, for each window and each time allowed, the ids that reach each state of a sequence.",
    params: &[
        PluginParam::required("IdColumn"),
        PluginParam::required("TimelineColumn"),
        PluginParam::required("Start"),
        PluginParam::required("End"),
        PluginParam::required("BinSize"),
        PluginParam::required("StateColumn"),
        PluginParam::required("Sequence"),
        PluginParam::required("MaxSequenceStepWindows"),
    ],
    plan,
};

fn plan(planner: &Planner<'_>, call: &Invocation<'_>) -> Result<Relation> {
    let (id, time) = (call.column(call.required(0)?)?, call.column(call.required(1)?)?);
    let state = call.column(call.required(5)?)?;
    let (sequence, length) = states(planner, call, 6)?;
    let periods = planner.converted(constant(planner, call, 7)?, schema::Type::Dynamic, call.span)?;
    let mut text = String::from(
        "let Rows = T | where t between (First .. Last) | project id, t, state = tostring(own), window = bin_at(t, Bin, First);
        let Step0 = Rows | where state == tostring(Sequence[0]) | summarize by id, window, begin = t, last = t;\n",
    );
    for step in 1..length {
        let before = step - 1;
        text.push_str(&format!(
            "let Step{step} = Step{before}
            | join kind=inner (Rows | where state == tostring(Sequence[{step}])) on id, window
            | where t > last
            | summarize last = min(t) by id, window, begin;\n"
        ));
    }
    let reached: Vec<String> = (0..length)
        .map(|step| format!("(Step{step} | summarize time = min(last - begin) by id, window | extend step = {step})"))
        .collect();
    text.push_str(&format!(
        "union {}
        | extend Period = Periods
        | mv-expand Period to typeof({kind})
        | where time <= Period
        | summarize ids = count() by window, step, Period
        | sort by window asc, Period asc, step asc
        | project t = window, own = tostring(Sequence[step]), Period, ['dcount'] = ids",
        reached.join(", "),
        kind = if time.ty == schema::Type::Datetime || time.ty == schema::Type::Timespan { "timespan" } else { "long" },
    ));
    Written::over(planner, call, &[("id", id), ("t", time), ("own", state)])?
        .with("First", constant(planner, call, 2)?)
        .with("Last", constant(planner, call, 3)?)
        .with("Bin", constant(planner, call, 4)?)
        .with("Sequence", sequence)
        .with("Periods", periods)
        .plan(&text)
}
