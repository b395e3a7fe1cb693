//! `render`: says how the result is drawn.

use diag::{Diagnostic, Span};
use kql::ast::{Expr, ExprKind, Literal, Name, operator::Render};

use crate::{
    error::{Result, Stop, codes},
    plan::Planner,
    relation::Relation,
    render::Visualization,
};

/// The visualizations of the reference, page `render-operator`, and those that Microsoft's own parser knows besides.
const KINDS: [&str; 21] = [
    "anomalychart",
    "areachart",
    "barchart",
    "card",
    "columnchart",
    "ladderchart",
    "linechart",
    "list",
    "piechart",
    "pivotchart",
    "plotly",
    "sankey",
    "scatterchart",
    "stackedareachart",
    "table",
    "timechart",
    "timeline",
    "timepivot",
    "treemap",
    "graph",
    "3dchart",
];

/// The properties of the reference.
const PROPERTIES: [&str; 15] = [
    "accumulate",
    "anomalycolumns",
    "kind",
    "legend",
    "series",
    "title",
    "xaxis",
    "xcolumn",
    "xtitle",
    "yaxis",
    "ycolumns",
    "ymax",
    "ymin",
    "ysplit",
    "ytitle",
];

/// The values of the property `kind`, which Kusto knows by themselves, whatever the chart.
const FORMS: [&str; 5] = ["default", "map", "stacked", "stacked100", "unstacked"];

impl Planner<'_> {
    pub(super) fn render(&self, input: Relation, render: &Render) -> Result<Relation> {
        let kind = render.kind.text.to_ascii_lowercase();
        if !KINDS.contains(&kind.as_str()) {
            let error =
                Diagnostic::error(codes::SETTING, format!("there is no visualization `{}`", render.kind.text), render.kind.span);
            return Err(error.did_you_mean(&schema::nearest(&kind, KINDS)).into());
        }
        for (name, values) in &render.properties {
            check(name, values)?;
        }
        let properties = render
            .properties
            .iter()
            .map(|(name, values)| (name.text.to_ascii_lowercase(), values.iter().map(word).collect::<Vec<_>>().join(",")))
            .collect();
        Ok(Relation { visualization: Some(Visualization { kind, properties }), ..input })
    }
}

/// Refuses a property that no chart has, and a `kind` that nobody knows, as Kusto does.
fn check(name: &Name, values: &[Expr]) -> Result<()> {
    let property = name.text.to_ascii_lowercase();
    if !PROPERTIES.contains(&property.as_str()) {
        return Err(unknown(format!("`render` has no property `{}`", name.text), &property, &PROPERTIES, name.span));
    }
    match values.first().filter(|_| property == "kind") {
        Some(value) if !FORMS.contains(&word(value).to_ascii_lowercase().as_str()) => {
            let form = word(value);
            Err(unknown(format!("no chart has the kind `{form}`"), &form, &FORMS, value.span))
        }
        _ => Ok(()),
    }
}

/// A word that is none of those there are: the nearest are named, or all.
fn unknown(message: String, word: &str, known: &[&str], span: Span) -> Stop {
    let error = Diagnostic::error(codes::SETTING, message, span);
    let near = schema::nearest(word, known.iter().copied());
    match near.is_empty() {
        true => error.with_help(format!("there are {}", known.join(", "))).into(),
        false => error.did_you_mean(&near).into(),
    }
}

fn word(value: &Expr) -> String {
    match &value.kind {
        ExprKind::Name(name) => name.text.clone(),
        ExprKind::Literal(Literal::String { value, .. }) => value.clone(),
        ExprKind::Literal(Literal::Long(Some(value))) => value.to_string(),
        ExprKind::Literal(Literal::Real(Some(value))) => {
            let mut out = String::new();
            schema::text::real::write(*value, &mut out);
            out
        }
        ExprKind::Literal(Literal::Bool(Some(value))) => value.to_string(),
        ExprKind::Unary { operand, .. } => format!("-{}", word(operand)),
        ExprKind::Paren(inner) => word(inner),
        _ => String::new(),
    }
}
