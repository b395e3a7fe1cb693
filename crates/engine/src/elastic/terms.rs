//! The values of fields that rows are grouped by: each value of a list counts for itself, and a row that lacks one of the
//! fields counts nowhere.
//!
//! Start with [`Terms::of`].

use datafusion::{
    arrow::datatypes::DataType,
    common::{Column as PlanColumn, ScalarValue, UnnestOptions},
    logical_expr::{Expr, LogicalPlanBuilder, cast, lit, when},
};
use diag::Span;
use elastic_query::ast::Pattern;
use schema::Type;

use super::{field::Fields, kernel::values};
use crate::{
    error::{At, Result},
    relation::{Column, Relation, column},
};

/// Rows with a hidden column of text for each of some fields.
pub(super) struct Terms {
    pub(super) rows: Relation,
    /// The hidden columns, in the order of the fields.
    pub(super) names: Vec<String>,
    /// Whether a row may have come to be several.
    pub(super) expanded: bool,
}

impl Terms {
    /// A row for each combination of the fields' values. With `keep`, a row that lacks a value stays with a null.
    pub(super) fn of(rows: &Relation, fields: &[String], prefix: &str, keep: bool) -> Result<Self> {
        let span = Span::default();
        let mut names = Vec::with_capacity(fields.len());
        let mut columns = Vec::with_capacity(fields.len());
        let mut lists = Vec::new();
        for (position, field) in fields.iter().enumerate() {
            let name = rows.free_name(&format!("{prefix}{position}"));
            let (value, is_list) = value_of(rows, field, keep);
            if is_list {
                lists.push(name.clone());
            }
            columns.push((name.clone(), value));
            names.push(name);
        }
        let mut rows = rows.hide_all(columns, span)?;
        for list in &lists {
            let plan = rows
                .builder()
                .unnest_column_with_options(PlanColumn::new_unqualified(list), UnnestOptions::new())
                .and_then(LogicalPlanBuilder::build)
                .at(span)?;
            rows = rows.with_plan(plan);
        }
        if !keep {
            let present = names.iter().map(|name| column(name).is_not_null()).collect();
            rows = rows.filter(super::condition::all(present), span)?;
        }
        Ok(Self { rows, names, expanded: !lists.is_empty() })
    }
}

/// The values of a field: a list where they are in columns of JSON, else one text, null where it is missing.
fn value_of(rows: &Relation, field: &str, keep: bool) -> (Expr, bool) {
    let places = Fields::of(rows).places(&Pattern::of(field));
    let null = || Expr::Literal(ScalarValue::Utf8View(None), None);
    let plain = |place: &Column| {
        let found = column(&place.name);
        let text = match place.ty {
            Type::String | Type::Guid => {
                let missing = Expr::Literal(ScalarValue::Utf8View(Some(String::new())), None);
                return when(found.clone().not_eq(missing), found).end().unwrap_or_else(|_| null());
            }
            Type::Bool => when(found.clone(), lit("true")).when(found.is_false(), lit("false")).end().unwrap_or_else(|_| null()),
            _ => found,
        };
        cast(text, DataType::Utf8View)
    };
    // A row has a field in a column of its own or within the JSON of another, as its document was written.
    match places.as_slice() {
        [] => (null(), false),
        [place] if !place.json => (plain(place.column), false),
        _ => {
            let columns = places.into_iter().map(|place| match place.json {
                true => (column(&place.column.name), Some(place.route)),
                false => (plain(place.column), None),
            });
            (values(columns.collect(), keep), true)
        }
    }
}
