//! `diffpatterns`: values that are common in one set of rows and less so in another.
//!
//! Exact: of patterns of which one has all the values of the other, the one whose shares differ most is given.

use kql::ast::Expr;
use schema::Type;

use super::{
    Invocation, Plugin, PluginParam,
    patterns::{Patterns, number, ratio, weighing, weight},
};
use crate::{
    error::Result,
    plan::{Names, Planner},
    relation::{Relation, typed},
};
use functions::Typed;

pub(super) static PLUGIN: Plugin = Plugin {
    name: "diffpatterns",
    doc: "diffpatterns-plugin",
    summary: "Finds values whose share of the rows differs between two sets of rows.",
    params: &[
        PluginParam::required("SplitColumn"),
        PluginParam::required("SplitValueA"),
        PluginParam::required("SplitValueB"),
        PluginParam::optional("WeightColumn"),
        PluginParam::optional("Threshold"),
        PluginParam::optional("MaxDimensions"),
        PluginParam::any("CustomWildcard"),
    ],
    plan,
};

/// `MaxDimensions` without a limit: more than there are columns.
const ALL: i64 = 1 << 20;

fn plan(planner: &Planner<'_>, call: &Invocation<'_>) -> Result<Relation> {
    let split = call.column(call.required(0)?)?;
    let text = |expr: &Expr| -> Result<Typed> {
        let value = planner.constant(expr, Names::new(call.scope, &[]), "a value of the split column")?;
        match value.ty {
            Type::String => Ok(value),
            _ => planner.apply("tostring", vec![value], expr.span),
        }
    };
    let (first, second) = (text(call.required(1)?)?, text(call.required(2)?)?);
    let weight = weight(call, 3)?;
    let threshold = ratio(planner, call, 4, ("Threshold", 0.015, 0.05))?;
    let most = number(planner, call, 5, "MaxDimensions", ALL)?;
    let apart: Vec<_> = std::iter::once(split).chain(weight).collect();
    let patterns = Patterns::new(planner, call, &apart)?;
    let side = planner.apply("tostring", vec![typed(split)], call.span)?;
    let is = |value: Typed| planner.apply("==", vec![side.clone(), value], call.span);
    let values = vec![("w".to_owned(), weighing(weight)), ("isA".to_owned(), is(first)?), ("isB".to_owned(), is(second)?)];
    let sums = [("a", "sumif(w, isA)"), ("b", "sumif(w, isB)")];
    let found = patterns.found("differing_patterns", values, ("| where isA or isB", &sums), [threshold, most])?;
    let columns = "CountA = tolong(p[0]), CountB = tolong(p[1]), PercentA = toreal(p[2]), PercentB = toreal(p[3]), \
                   PercentDiffAB = toreal(p[4])";
    patterns.shown(found, columns, 5, 6)
}
