//! `sequence_detect`: occurrences of a sequence of conditions, each within a time of the one before and all within a span.
//!
//! Every way to take the steps is an occurrence: two fires after one heat wave are two.

use functions::Typed;
use kql::ast::{Expr, ExprKind};
use schema::Type;

use super::{
    Invocation, Plugin, PluginParam,
    timeline::{constant, dimensions_of},
    written::Written,
};
use crate::{
    error::{Result, codes, fault},
    name::implied_name,
    plan::{Names, Planner},
    relation::Relation,
};

pub(super) static PLUGIN: Plugin = Plugin {
    name: "sequence_detect",
    doc: "sequence-detect-plugin",
    summary: "Finds sequences of rows for which one condition after another is true, within times, for each combination of dimensions.",
    params: &[
        PluginParam::required("TimelineColumn"),
        PluginParam::required("MaxSequenceStepWindow"),
        PluginParam::required("MaxSequenceSpan"),
        PluginParam::any_named("Expr"),
    ],
    plan,
};

fn plan(planner: &Planner<'_>, call: &Invocation<'_>) -> Result<Relation> {
    let time = call.column(call.required(0)?)?;
    let (mut steps, mut dimensions) = (Vec::new(), Vec::new());
    let names = Names::new(call.scope, &call.input()?.columns);
    for &(name, expr) in call.others() {
        if name.is_none() && is_dimension(call, expr)? {
            dimensions.push(expr);
            continue;
        }
        let condition = planner.truth(expr, names)?;
        let name = name.map(|name| name.text.clone()).or_else(|| implied_name(expr).filter(|name| !name.is_empty()));
        steps.push((name.unwrap_or_else(|| format!("Expr{}", steps.len() + 1)), condition));
    }
    if steps.is_empty() {
        return fault(codes::ARGUMENT_COUNT, "sequence_detect() needs at least one condition", call.span);
    }
    let (dimensions, by) = dimensions_of(call, &dimensions)?;
    let mut columns = vec![("t", time)];
    columns.extend(dimensions.iter().map(|(name, column)| (name.as_str(), *column)));
    let values = steps.iter().enumerate().map(|(number, (_, condition))| (format!("e{number}"), condition.clone()));
    let values: Vec<(String, Typed)> = values.collect();
    let last = steps.len() - 1;
    let mut query = Written::over_values(planner, call, &columns, values)?
        .with("Step", constant(planner, call, 1)?)
        .with("Span", constant(planner, call, 2)?);
    let mut text = format!("T | where e0 | summarize by t0 = t, one = 1{by}");
    for number in 1..=last {
        let before = number - 1;
        text.push_str(&format!(
            "\n| join kind=inner (T | where e{number} | summarize by t{number} = t, one = 1{by}) on one{by}
            | where t{number} > t{before} and t{number} - t{before} <= Step and t{number} - t0 <= Span"
        ));
    }
    let first = by.strip_prefix(", ").map_or_else(String::new, |names| format!("{names}, "));
    let times: Vec<String> = (0..=last).map(|number| format!("t{number}")).collect();
    text.push_str(&format!("\n| project {first}{}, Duration = t{last} - t0", times.join(", ")));
    for (number, (name, _)) in steps.iter().enumerate() {
        query = query.renaming(&format!("t{number}"), format!("{name}_{}", time.name));
    }
    query.plan(&text)
}

/// True for the name of a column that is no condition by itself.
fn is_dimension(call: &Invocation<'_>, expr: &Expr) -> Result<bool> {
    Ok(match &expr.kind {
        ExprKind::Name(name) => call.input()?.find(&name.text).is_some_and(|column| column.ty != Type::Bool),
        _ => false,
    })
}
