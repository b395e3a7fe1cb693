//! `mv-expand`: a row for each element of an array, or for each member of a bag.

use datafusion::{
    common::{Column as PlanColumn, UnnestOptions},
    logical_expr::{LogicalPlanBuilder, lit},
};
use diag::Span;
use functions::Typed;
use kql::ast::operator::MvExpand;
use schema::Type;

use super::setting;
use crate::{
    error::{At, Result, codes, fault},
    kernel,
    name::implied_name,
    plan::{Names, Planner, conversion, statement::type_of},
    relation::{Relation, column},
    scope::Scope,
};

/// The column that holds a row's elements inside the plan.
const ELEMENTS: &str = "$elements";

impl Planner<'_> {
    pub(super) fn mv_expand(&self, input: &Relation, expand: &MvExpand, span: Span, scope: &Scope) -> Result<Relation> {
        setting::check(&expand.settings, "mv-expand", &["kind", "bagexpansion", "with_itemindex"])?;
        let mode = setting::word(&expand.settings, "kind").or_else(|| setting::word(&expand.settings, "bagexpansion"));
        let as_arrays = match mode.unwrap_or("bag") {
            "bag" => false,
            "array" => true,
            _ => {
                return setting::unknown_value(
                    &expand.settings,
                    if setting::word(&expand.settings, "kind").is_some() { "kind" } else { "bagexpansion" },
                    &["bag", "array"],
                );
            }
        };
        let names = Names::new(scope, &input.columns);
        let mut expanded = Vec::new();
        for item in &expand.columns {
            let value = self.scalar(&item.expr, names)?;
            let value = match value.ty {
                Type::Dynamic => value,
                // Exports of advanced hunting type some JSON columns as text.
                Type::String => self.apply("parse_json", vec![value], item.expr.span)?,
                other => {
                    return fault(
                        codes::OPERANDS,
                        format!("`mv-expand` takes a dynamic value, and this is a {other}"),
                        item.expr.span,
                    );
                }
            };
            let name = item.name.as_ref().map(|name| name.text.clone()).or_else(|| implied_name(&item.expr));
            let name = name.unwrap_or_else(|| format!("Column{}", expanded.len() + 1));
            let ty = item.to.as_ref().map(type_of).transpose()?;
            expanded.push((name, value, ty, item.expr.span));
        }
        let limit = match &expand.limit {
            Some(limit) => Some(self.row_count(limit, Names::new(scope, &[]), "the limit of `mv-expand`")?),
            None => None,
        };

        let elements = kernel::expand(expanded.iter().map(|(_, value, ..)| value.expr.clone()).collect(), as_arrays, limit);
        let mut columns: Vec<_> = input.columns.iter().map(|found| column(&found.name)).collect();
        columns.push(elements.alias(ELEMENTS));
        let plan = input
            .builder()
            .project(columns)
            .and_then(|builder| builder.unnest_column_with_options(PlanColumn::new_unqualified(ELEMENTS), UnnestOptions::new()))
            .and_then(LogicalPlanBuilder::build)
            .at(span)?;
        // The list of an empty array is empty, and unnesting keeps such rows with a null: they go.
        let plan =
            LogicalPlanBuilder::from(plan).filter(column(ELEMENTS).is_not_null()).and_then(LogicalPlanBuilder::build).at(span)?;

        let mut result = input.all();
        for (position, (name, _, ty, place)) in expanded.into_iter().enumerate() {
            let element = Typed::new(field(&format!("c{position}")), Type::Dynamic);
            let value = match ty {
                None | Some(Type::Dynamic) => element,
                Some(ty) => self.apply(conversion(ty), vec![element], place)?,
            };
            match result.iter_mut().find(|(known, _)| *known == name) {
                Some((_, old)) => *old = value,
                None => result.push((name, value)),
            }
        }
        if let Some(index) = setting::word(&expand.settings, "with_itemindex") {
            result.push((index.to_owned(), Typed::new(field("index"), Type::Long)));
        }
        Relation::new(plan, vec![]).project(result, span)
    }
}

fn field(name: &str) -> datafusion::logical_expr::Expr {
    datafusion::functions::core::get_field().call(vec![column(ELEMENTS), lit(name)])
}
