//! `render`: says how the result is drawn.

use diag::Diagnostic;
use kql::ast::{Expr, ExprKind, Literal, operator::Render};

use crate::{
    error::{Result, codes},
    plan::Planner,
    relation::Relation,
    render::Visualization,
};

/// The visualizations of the reference, page `render-operator`.
const KINDS: [&str; 18] = [
    "anomalychart",
    "areachart",
    "barchart",
    "card",
    "columnchart",
    "ladderchart",
    "linechart",
    "piechart",
    "pivotchart",
    "plotly",
    "scatterchart",
    "stackedareachart",
    "table",
    "timechart",
    "timepivot",
    "treemap",
    "graph",
    "3dchart",
];

impl Planner<'_> {
    pub(super) fn render(&self, input: Relation, render: &Render) -> Result<Relation> {
        let kind = render.kind.text.to_ascii_lowercase();
        if !KINDS.contains(&kind.as_str()) {
            let error =
                Diagnostic::error(codes::SETTING, format!("there is no visualization `{}`", render.kind.text), render.kind.span);
            return Err(error.did_you_mean(&schema::nearest(&kind, KINDS)).into());
        }
        let properties = render
            .properties
            .iter()
            .map(|(name, values)| (name.text.to_ascii_lowercase(), values.iter().map(word).collect::<Vec<_>>().join(",")))
            .collect();
        Ok(Relation { visualization: Some(Visualization { kind, properties }), ..input })
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
