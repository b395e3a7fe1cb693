//! `mv-expand`: a row for each element of an array, or for each member of a bag.
//!
//! <https://learn.microsoft.com/kusto/query/mv-expand-operator>

use datafusion::{
    common::UnnestOptions,
    logical_expr::{LogicalPlanBuilder, lit},
};
use diag::Span;
use functions::Typed;
use kql::ast::{Expr, operator::MvExpand};
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

/// Rows expanded: what `mv-expand` makes columns of, and `mv-apply` tables.
pub(super) struct Expanded {
    /// The input's columns, and in hidden ones the elements.
    pub(super) rows: Relation,
    /// Names and values of the expanded columns.
    pub(super) columns: Vec<(String, Typed)>,
    /// The position of the element in its array, from 0.
    pub(super) index: Typed,
}

impl Planner<'_> {
    pub(super) fn mv_expand(&self, input: &Relation, expand: &MvExpand, span: Span, scope: &Scope) -> Result<Relation> {
        let ordered = !input.order.is_empty();
        let expanded = self.expand_rows(input, expand, "mv-expand", span, scope)?;
        let rows = if ordered {
            // Elements follow one another where their rows do.
            let index = expanded.rows.free_name("$index");
            let rows = expanded.rows.hide(&index, expanded.index.expr.clone(), span)?;
            let order = rows.order.iter().cloned().chain([column(&index).sort(true, true)]).collect();
            rows.ordered(order)
        } else {
            expanded.rows
        };
        let mut result = input.all();
        for (name, value) in expanded.columns {
            match result.iter_mut().find(|(known, _)| *known == name) {
                Some((_, old)) => *old = value,
                None => result.push((name, value)),
            }
        }
        if let Some(index) = setting::word(&expand.settings, "with_itemindex") {
            result.push((index.to_owned(), expanded.index));
        }
        rows.reshape(result, span)
    }

    /// A row for each element.
    pub(super) fn expand_rows(
        &self,
        input: &Relation,
        expand: &MvExpand,
        operator: &str,
        span: Span,
        scope: &Scope,
    ) -> Result<Expanded> {
        setting::check(&expand.settings, operator, &["kind", "bagexpansion", "with_itemindex"])?;
        let as_arrays = bags_as_arrays(expand)?;
        let names = Names::new(scope, &input.columns);
        let mut arrays = Vec::new();
        for item in &expand.columns {
            let value = self.expandable(&item.expr, operator, names)?;
            let name = item.name.as_ref().map(|name| name.text.clone()).or_else(|| implied_name(&item.expr));
            let name = name.unwrap_or_else(|| format!("Column{}", arrays.len() + 1));
            let ty = item.to.as_ref().map(type_of).transpose()?;
            arrays.push((name, value, ty, item.expr.span));
        }
        let limit = match &expand.limit {
            Some(limit) => Some(self.row_count(limit, Names::new(scope, &[]), &format!("the limit of `{operator}`"))?),
            None => None,
        };
        let elements = kernel::expand(arrays.iter().map(|(_, value, ..)| value.expr.clone()).collect(), as_arrays, limit);
        let input = if input.order.is_empty() { input.clone() } else { input.numbered(span)? };
        let hidden = input.free_name(ELEMENTS);
        let listed = input.hide(&hidden, elements, span)?;
        let plan =
            kernel::unnest(listed.builder(), &hidden, UnnestOptions::new()).and_then(LogicalPlanBuilder::build).at(span)?;
        // The list of an empty array is empty, and unnesting keeps such rows with a null: they go.
        let rows = listed.with_plan(plan).keep(column(&hidden).is_not_null(), span)?;
        let mut columns = Vec::with_capacity(arrays.len());
        for (position, (name, _, ty, place)) in arrays.into_iter().enumerate() {
            let element = Typed::new(field(&hidden, &format!("c{position}")), Type::Dynamic);
            let value = match ty {
                None | Some(Type::Dynamic) => element,
                Some(ty) => self.apply(conversion(ty), vec![element], place)?,
            };
            columns.push((name, value));
        }
        Ok(Expanded { rows, columns, index: Typed::new(field(&hidden, "index"), Type::Long) })
    }

    /// A value that can be expanded.
    fn expandable(&self, expr: &Expr, operator: &str, names: Names) -> Result<Typed> {
        let value = self.scalar(expr, names)?;
        match value.ty {
            Type::Dynamic => Ok(value),
            // Exports of advanced hunting type some JSON columns as text.
            Type::String => self.apply("parse_json", vec![value], expr.span),
            other => fault(codes::OPERANDS, format!("`{operator}` takes a dynamic value, and this is a {other}"), expr.span),
        }
    }
}

/// How the members of a bag are written: `kind=array` makes `["key", value]` of them.
fn bags_as_arrays(expand: &MvExpand) -> Result<bool> {
    let mode = setting::word(&expand.settings, "kind").or_else(|| setting::word(&expand.settings, "bagexpansion"));
    match mode.unwrap_or("bag") {
        "bag" => Ok(false),
        "array" => Ok(true),
        _ => setting::unknown_value(
            &expand.settings,
            if setting::word(&expand.settings, "kind").is_some() { "kind" } else { "bagexpansion" },
            &["bag", "array"],
        ),
    }
}

fn field(elements: &str, name: &str) -> datafusion::logical_expr::Expr {
    datafusion::functions::core::get_field().call(vec![column(elements), lit(name)])
}
