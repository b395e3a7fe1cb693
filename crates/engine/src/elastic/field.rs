//! Where a field's values are: columns of a table, and paths within those that hold JSON.
//!
//! Must not know tests. Start with [`Fields::places`].

use elastic_query::ast::Pattern;
use schema::{FieldType, FieldTypes, Registry, Table, Type};

use super::{glob::Glob, route::Route};
use crate::relation::{Column, Relation};

/// The name of the time of an event in ECS.
pub(super) const TIME: &str = "@timestamp";

/// The fields of a table.
#[derive(Debug, Clone)]
pub(super) struct Fields<'r> {
    pub(super) columns: &'r [Column],
    /// The column that is the time of the event.
    time: Option<String>,
    /// What the table is documented as.
    documented: Option<&'static Table>,
}

/// A place where values of a field are.
#[derive(Debug, Clone)]
pub(super) struct Place<'r> {
    pub(super) column: &'r Column,
    pub(super) ty: FieldType,
    /// Within a column of JSON.
    pub(super) route: Route,
    /// Whether the column's texts are read as JSON.
    pub(super) json: bool,
}

impl<'r> Fields<'r> {
    pub(super) fn of(relation: &'r Relation) -> Self {
        let columns = relation.columns.as_slice();
        let has = |name: &str| columns.iter().any(|column| column.name == name && column.ty == Type::Datetime);
        let documented = relation.name.as_deref().and_then(|name| Registry::builtin().table(name));
        let its_own = || Some(documented?.time_column.clone()).filter(|name| has(name));
        let others = || ["TimeGenerated", "Timestamp"].into_iter().find(|name| has(name)).map(str::to_owned);
        let time = if has(TIME) { Some(TIME.to_owned()) } else { its_own().or_else(others) };
        Self { columns, time, documented }
    }

    /// The column that is the time of the event.
    pub(super) fn time(&self) -> Option<&str> {
        self.time.as_deref()
    }

    fn column(&self, name: &str) -> Option<&'r Column> {
        let name = if name == TIME { self.time.as_deref().unwrap_or(name) } else { name };
        self.columns.iter().find(|column| column.name == name)
    }

    /// Where the values of a field are; nowhere for a field that only a nested query reaches.
    pub(super) fn places(&self, name: &Pattern) -> Vec<Place<'r>> {
        match name.plain() {
            Some(path) => self.plain(path),
            None => self.like(name),
        }
    }

    fn plain(&self, path: &str) -> Vec<Place<'r>> {
        let types = FieldTypes::builtin();
        if types.nested_above(path).is_some() {
            return Vec::new();
        }
        let words = types.words_of(path).filter(|_| self.column(path).is_none());
        let ty = types.of(path);
        let mut places = self.within(words.unwrap_or(path));
        for place in &mut places {
            place.ty = self.type_at(place, ty);
        }
        places
    }

    /// The columns that can hold a path, whatever is asked of it.
    pub(super) fn within(&self, path: &str) -> Vec<Place<'r>> {
        let flattened = FieldTypes::builtin().of(path) == FieldType::Flattened;
        let exact = self.column(path).into_iter().flat_map(|column| {
            let route = if flattened { Route::anywhere() } else { Route::to("") };
            let place = Place { column, ty: FieldType::Keyword, route, json: column.ty == Type::Dynamic };
            let lists = self.may_hold_json(column).then(|| Place { json: true, ..place.clone() });
            [Some(place), lists].into_iter().flatten()
        });
        let above = path.match_indices('.').filter_map(|(at, _)| {
            let (prefix, rest) = (path.get(..at)?, path.get(at + 1..)?);
            let column = self.columns.iter().find(|column| column.name == prefix)?;
            let route = Route::to(rest);
            let place = Place { column, ty: FieldType::Keyword, route: if flattened { route.deep() } else { route }, json: true };
            (column.ty == Type::Dynamic || self.may_hold_json(column)).then_some(place)
        });
        exact.chain(above).collect()
    }

    /// A text column that nobody documents holds lists and objects as JSON, as they were ingested.
    fn may_hold_json(&self, column: &Column) -> bool {
        let documented = || self.documented.is_some_and(|table| table.column(&column.name).is_some());
        column.ty == Type::String && !documented()
    }

    /// What a column's type says of a field's values goes before what the schema says.
    fn type_at(&self, place: &Place<'_>, ty: FieldType) -> FieldType {
        match place.column.ty {
            Type::Bool => FieldType::Boolean,
            Type::Int | Type::Long => FieldType::Long,
            Type::Real | Type::Decimal => FieldType::Double,
            Type::Datetime => FieldType::Date,
            Type::String | Type::Guid | Type::Timespan | Type::Dynamic => ty,
        }
    }

    /// Columns below an object that is no column itself.
    pub(super) fn members(&self, path: &str) -> Vec<Place<'r>> {
        let below = |column: &&Column| column.name.strip_prefix(path).is_some_and(|rest| rest.starts_with('.'));
        self.columns.iter().filter(below).map(|column| self.whole(column)).collect()
    }

    /// Every column with all that is in it.
    pub(super) fn all(&self) -> Vec<Place<'r>> {
        self.columns.iter().map(|column| self.whole(column)).collect()
    }

    fn whole(&self, column: &'r Column) -> Place<'r> {
        let json = column.ty == Type::Dynamic;
        let mut place = Place { column, ty: FieldType::Keyword, route: Route::anywhere(), json };
        place.ty = self.type_at(&place, FieldTypes::builtin().of(&column.name));
        place
    }

    /// Columns whose names are of a pattern, and columns of JSON that may hold such paths.
    fn like(&self, name: &Pattern) -> Vec<Place<'r>> {
        let glob = Glob::new(name);
        let named = |column: &Column| glob.matches(&column.name);
        let inner = |column: &Column| column.ty == Type::Dynamic && leads_into(name, &column.name);
        let places = self.columns.iter().filter_map(|column| {
            if named(column) {
                return Some(self.whole(column));
            }
            let route = Route::Pattern { column: column.name.clone(), pattern: glob.clone() };
            inner(column).then_some(Place { column, ty: FieldType::Keyword, route, json: true })
        });
        places.collect()
    }
}

/// Whether a path below a column can be of a pattern: the text it begins with, as far as both go, is the same.
fn leads_into(pattern: &Pattern, column: &str) -> bool {
    let start = match pattern.pieces.first() {
        Some(elastic_query::ast::Piece::Text(text)) => text.as_str(),
        _ => "",
    };
    let path = format!("{column}.");
    start.starts_with(&path) || path.starts_with(start)
}
