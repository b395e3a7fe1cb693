//! Calls that see the row's columns, and not only values: `column_ifexists`, `pack_all`, `bag_pack_columns` and their like.
//!
//! Their declarations are in `functions`; what they do is here, because only the planner knows columns.

use datafusion::common::ScalarValue;
use diag::Span;
use functions::Typed;
use kql::ast::{Call, Expr, ExprKind};
use schema::Type;

use super::call::only_argument;
use crate::{
    error::{Result, codes, fault},
    name::implied_name,
    plan::{Names, Planner, Value},
    relation::{Column, typed},
    scope::Binding,
};

impl Planner<'_> {
    /// `column_ifexists(name, default)`.
    pub(super) fn column_if_exists(&self, call: &Call, span: Span, names: Names) -> Result<Typed> {
        let [name, default] = call.arguments.as_slice() else {
            return fault(codes::ARGUMENT_COUNT, "column_ifexists() takes a column's name and a value to use without it", span);
        };
        match self.column_named(&name.value, names)? {
            Some(column) => Ok(typed(column)),
            None => self.scalar(&default.value, names),
        }
    }

    /// `iscolumnexists(name)`.
    pub(super) fn is_column(&self, call: &Call, span: Span, names: Names) -> Result<Typed> {
        let exists = self.column_named(only_argument(call, span)?, names)?.is_some();
        Ok(Typed::constant(ScalarValue::Boolean(Some(exists)), Type::Bool))
    }

    /// The column that a word or a text names, if there is one.
    fn column_named<'a>(&self, name: &Expr, names: Names<'a>) -> Result<Option<&'a Column>> {
        let wanted = match &name.kind {
            ExprKind::Name(word) => word.text.clone(),
            _ => match self.constant(name, names, "the name of a column")?.as_text() {
                Some(text) => text.to_owned(),
                None => return fault(codes::ARGUMENT_TYPE, "this takes a column's name, a string", name.span),
            },
        };
        Ok(names.row.iter().find(|column| column.name == wanted))
    }

    /// `pack_all([ignore_null_empty])`: the whole row as a bag.
    pub(super) fn pack_all(&self, call: &Call, span: Span, names: Names) -> Result<Typed> {
        let mut members = Vec::with_capacity(names.row.len() * 2);
        for column in names.row {
            members.push(Typed::text(&column.name));
            members.push(typed(column));
        }
        let bag =
            if members.is_empty() { Typed::constant(empty_bag(), Type::Dynamic) } else { self.apply("bag_pack", members, span)? };
        let Some(ignore) = call.arguments.first() else { return Ok(bag) };
        match self.constant(&ignore.value, names, "ignore_null_empty")?.as_constant() {
            Some(ScalarValue::Boolean(Some(true))) => self.apply("bag_without_empty", vec![bag], span),
            Some(ScalarValue::Boolean(_)) => Ok(bag),
            _ => fault(codes::ARGUMENT_TYPE, "pack_all() takes true to leave out null and empty values", ignore.value.span),
        }
    }

    /// `bag_pack_columns(column, ...)`: some of the row's columns as a bag.
    pub(super) fn bag_pack_columns(&self, call: &Call, span: Span, names: Names) -> Result<Typed> {
        let mut members = Vec::with_capacity(call.arguments.len() * 2);
        for argument in &call.arguments {
            let Some(name) = implied_name(&argument.value) else {
                return fault(codes::ARGUMENT_TYPE, "bag_pack_columns() takes columns", argument.value.span);
            };
            members.push(Typed::text(name));
            members.push(self.scalar(&argument.value, names)?);
        }
        if members.is_empty() {
            return fault(codes::ARGUMENT_COUNT, "bag_pack_columns() takes columns", span);
        }
        self.apply("bag_pack", members, span)
    }

    /// `bin_auto(value)`: `bin_at` with what `set query_bin_auto_size` and `set query_bin_auto_at` say.
    pub(super) fn bin_auto(&self, call: &Call, span: Span, names: Names) -> Result<Typed> {
        let value = self.scalar(only_argument(call, span)?, names)?;
        let option = |name: &str| match names.scope.get(name) {
            Some(Binding::Scalar(value)) => Some(value.clone()),
            _ => None,
        };
        let Some(size) = option("query_bin_auto_size") else {
            return fault(
                codes::ARGUMENT_VALUE,
                "bin_auto() needs a size: write `set query_bin_auto_size = 1h;` before the query",
                span,
            );
        };
        match option("query_bin_auto_at") {
            Some(at) => self.apply("bin_at", vec![value, size, at], span),
            None => self.apply("bin", vec![value, size], span),
        }
    }

    /// `column_names_of(table)`: the names of a table's columns in a dynamic array.
    pub(super) fn column_names_of(&self, call: &Call, span: Span, names: Names) -> Result<Typed> {
        let argument = only_argument(call, span)?;
        let Value::Table(relation) = self.value(argument, names)? else {
            return fault(codes::KIND, "column_names_of() takes a table", argument.span);
        };
        self.apply("pack_array", relation.columns.iter().map(|column| Typed::text(&column.name)).collect(), span)
    }

    /// `estimate_data_size(column, ...)` and `estimate_data_size(*)`: how many bytes the row's columns take.
    pub(super) fn estimate_data_size(&self, call: &Call, span: Span, names: Names) -> Result<Typed> {
        let star = call.arguments.iter().any(|argument| matches!(argument.value.kind, ExprKind::Wildcard(_)));
        let columns = if star {
            names.row.iter().map(typed).collect()
        } else {
            call.arguments.iter().map(|argument| self.scalar(&argument.value, names)).collect::<Result<Vec<_>>>()?
        };
        self.apply("data_size", columns, span)
    }

    /// `ingestion_time()`: when the row came in. What `project` and the like leave of a row still knows it; what `join`,
    /// `summarize` and the like make of several rows has its own time instead.
    pub(super) fn ingestion_time(&self, call: &Call, span: Span, names: Names) -> Result<Typed> {
        if !call.arguments.is_empty() {
            return fault(codes::ARGUMENT_COUNT, "ingestion_time() takes no arguments", span);
        }
        self.arrival(names)
    }
}

fn empty_bag() -> ScalarValue {
    ScalarValue::Utf8View(Some("{}".to_owned()))
}
