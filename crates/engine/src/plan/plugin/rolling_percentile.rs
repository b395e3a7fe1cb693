//! `rolling_percentile`: for each bin of a column, a percentile of the values of the bins that end with it.

use diag::Span;
use functions::Typed;

use super::{
    Invocation, Plugin, PluginParam,
    timeline::{constant, dimensions, offsets_of},
    written::Written,
};
use crate::{
    error::{Result, codes, fault},
    plan::Planner,
    relation::Relation,
    value::write_constant_json,
};

pub(super) static PLUGIN: Plugin = Plugin {
    name: "rolling_percentile",
    doc: "rolling-percentile-plugin",
    summary: "Gives a percentile of the values in a window of bins that rolls over a column, for each combination of dimensions.",
    params: &[
        PluginParam::required("ValueColumn"),
        PluginParam::required("Percentile"),
        PluginParam::required("IndexColumn"),
        PluginParam::required("BinSize"),
        PluginParam::required("BinsPerWindow"),
        PluginParam::any("dim"),
    ],
    plan,
};

fn plan(planner: &Planner<'_>, call: &Invocation<'_>) -> Result<Relation> {
    let (value, index) = (call.column(call.required(0)?)?, call.column(call.required(2)?)?);
    let (dimensions, by) = dimensions(call, 5)?;
    let (percentile, bins) = (constant(planner, call, 1)?, constant(planner, call, 4)?);
    let Some(bins) = bins.as_long() else {
        return fault(codes::ARGUMENT_TYPE, "the number of bins in a window is a whole number", call.required(4)?.span);
    };
    let percent = number(&percentile, call.required(1)?.span)?;
    let name = format!("rolling_{bins}_percentile_{}_{}", value.name, percent.replace('.', "_"));
    let mut columns = vec![("bin", index), ("value", value)];
    columns.extend(dimensions.iter().map(|(name, column)| (name.as_str(), *column)));
    let rolled = Written::over(planner, call, &columns)?
        .with("Bin", constant(planner, call, 3)?)
        .with("Offsets", offsets_of(bins, call)?)
        .plan(&format!(
            "let Binned = T | where isnotnull(bin) | extend bin = bin(bin, Bin);
            let Last = toscalar(Binned | summarize max(bin));
            Binned
            | extend offset = Offsets
            | mv-expand offset to typeof(long)
            | extend bin = bin + offset * Bin
            | where bin <= Last
            | summarize rolled = percentile(value, {percent}) by bin{by}"
        ))?;
    let renamed = rolled.all().into_iter().map(|(column, value)| (if column == "rolled" { name.clone() } else { column }, value));
    rolled.project(renamed.collect(), call.span)
}

/// A percentile as it stands in a query.
fn number(percentile: &Typed, span: Span) -> Result<String> {
    let mut text = String::new();
    write_constant_json(percentile, &mut text);
    match text.parse::<f64>() {
        Ok(percent) if (0.0..=100.0).contains(&percent) => Ok(text),
        _ => fault(codes::ARGUMENT_VALUE, "a percentile is a number from 0 to 100", span),
    }
}
