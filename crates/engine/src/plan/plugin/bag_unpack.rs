//! `bag_unpack`: a column for each slot of a bag.

use datafusion::common::ScalarValue;
use diag::Span;
use functions::{Typed, kernel::json};
use kql::ast::Expr;
use schema::Type;

use super::{Invocation, Plugin, PluginParam};
use crate::{
    error::{Result, codes, fault},
    kernel::{MAX_SLOTS, SlotKinds, slots},
    plan::{Planner, conversion},
    relation::{Column, Relation, typed},
};

pub(super) static PLUGIN: Plugin = Plugin {
    name: "bag_unpack",
    doc: "bag-unpack-plugin",
    summary: "Unpacks a column of property bags: a column for each slot, sorted by name, in place of the column of bags.",
    params: &[
        PluginParam::required("Column"),
        PluginParam::optional("OutputColumnPrefix"),
        PluginParam::optional("columnsConflict"),
        PluginParam::optional("ignoredProperties"),
    ],
    plan,
};

/// What becomes of a slot whose name a column has already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Conflict {
    Refuse,
    ReplaceSource,
    KeepSource,
}

/// The bag and how it is taken apart.
struct Unpacking<'a> {
    input: &'a Relation,
    bag_column: &'a Column,
    bag: Typed,
    prefix: String,
    conflict: Conflict,
    span: Span,
}

fn plan(planner: &Planner<'_>, call: &Invocation<'_>) -> Result<Relation> {
    let input = call.input()?;
    let place = call.required(0)?;
    let bag_column = call.column(place)?;
    let bag = match bag_column.ty {
        Type::Dynamic => typed(bag_column),
        // Exports of advanced hunting type some JSON columns as text.
        Type::String => planner.apply("parse_json", vec![typed(bag_column)], place.span)?,
        other => {
            return fault(
                codes::ARGUMENT_TYPE,
                format!("bag_unpack() takes a dynamic column, and this is a {other}"),
                place.span,
            );
        }
    };
    let unpacking = Unpacking {
        input,
        bag_column,
        bag,
        prefix: call.text(planner, 1)?.unwrap_or_default(),
        conflict: conflict(planner, call)?,
        span: call.span,
    };
    match &call.schema {
        Some((star, columns)) => unpacking.declared(planner, *star, columns),
        None => {
            let ignored = ignored(planner, call)?;
            unpacking.found(planner, &ignored)
        }
    }
}

fn conflict(planner: &Planner<'_>, call: &Invocation<'_>) -> Result<Conflict> {
    let Some(word) = call.text(planner, 2)? else { return Ok(Conflict::Refuse) };
    match word.as_str() {
        "error" => Ok(Conflict::Refuse),
        "replace_source" => Ok(Conflict::ReplaceSource),
        "keep_source" => Ok(Conflict::KeepSource),
        _ => {
            let message = format!("columnsConflict is `error`, `replace_source` or `keep_source`, and not `{word}`");
            fault(codes::ARGUMENT_VALUE, message, call.argument(2).map_or(call.span, |argument: &Expr| argument.span))
        }
    }
}

fn ignored(planner: &Planner<'_>, call: &Invocation<'_>) -> Result<Vec<String>> {
    let value = call.constant_of(planner, 3, Type::Dynamic)?;
    let Some(text) = value.as_ref().and_then(|value| value.try_as_str().flatten()) else { return Ok(Vec::new()) };
    match json::elements(text) {
        Some(elements) => Ok(elements.map(|element| json::text(element).into_owned()).collect()),
        None => fault(codes::ARGUMENT_VALUE, "ignoredProperties is an array of names", call.span),
    }
}

impl Unpacking<'_> {
    /// The columns of the input without the bag.
    fn others(&self) -> Vec<(String, Typed)> {
        let others = self.input.columns.iter().filter(|column| *column != self.bag_column);
        others.map(|column| (column.name.clone(), typed(column))).collect()
    }

    fn slot(&self, planner: &Planner<'_>, name: &str, ty: Type) -> Result<Typed> {
        let member = planner.apply("member", vec![self.bag.clone(), Typed::text(name)], self.span)?;
        if ty == Type::Dynamic { Ok(member) } else { planner.apply(conversion(ty), vec![member], self.span) }
    }

    /// The columns that the data has: the bags are looked through first.
    fn found(&self, planner: &Planner<'_>, ignored: &[String]) -> Result<Relation> {
        let found = self.slots_of_data(planner)?;
        let mut result = self.others();
        for (slot, kinds) in found.iter().filter(|(slot, _)| !ignored.contains(slot)) {
            let name = format!("{}{slot}", self.prefix);
            let value = self.slot(planner, slot, kinds.ty())?;
            match (result.iter_mut().find(|(known, _)| *known == name), self.conflict) {
                (None, _) => result.push((name, value)),
                (Some(_), Conflict::KeepSource) => {}
                (Some((_, source)), Conflict::ReplaceSource) => *source = value,
                (Some(_), Conflict::Refuse) => {
                    let message = format!("the bags have a slot `{slot}`, and there is a column `{name}` already");
                    let refused = diag::Diagnostic::error(codes::SCHEMA, message, self.span)
                        .with_help("say which is kept: columnsConflict='keep_source' or 'replace_source'; or give a prefix");
                    return Err(refused.into());
                }
            }
        }
        Ok(Relation { open: self.input.open || found.is_empty(), ..self.input.project(result, self.span)? })
    }

    /// Every slot of the bags, sorted by name; none where the query is only checked.
    fn slots_of_data(&self, planner: &Planner<'_>) -> Result<Vec<(String, SlotKinds)>> {
        let bags = self.input.project(vec![("bag".to_owned(), self.bag.clone())], self.span)?;
        let described = slots(&bags, self.span)?;
        let described = planner.computed(described, 1)?;
        let text = described.first().and_then(|value: &ScalarValue| value.try_as_str().flatten()).unwrap_or("[]");
        let found = SlotKinds::read(text);
        if found.len() > MAX_SLOTS {
            let message = format!("bag_unpack() finds more than {MAX_SLOTS} slots, and each would be a column");
            let refused = diag::Diagnostic::error(codes::TOO_LARGE, message, self.span)
                .with_help("name the columns that are wanted: `evaluate bag_unpack(Column) : (*, Name:string, ...)`");
            return Err(refused.into());
        }
        Ok(found)
    }

    /// The columns that the query declares; with `*` after those of the input.
    fn declared(&self, planner: &Planner<'_>, star: bool, columns: &[Column]) -> Result<Relation> {
        let mut result = if star { self.others() } else { Vec::new() };
        for column in columns {
            let source = self.input.find(&column.name).filter(|source| *source != self.bag_column);
            let value = match source {
                Some(source) if self.conflict != Conflict::ReplaceSource && source.ty == column.ty => typed(source),
                Some(source) if self.conflict != Conflict::ReplaceSource => {
                    planner.apply(conversion(column.ty), vec![typed(source)], self.span)?
                }
                _ => {
                    let slot = column.name.strip_prefix(&self.prefix).unwrap_or(&column.name);
                    self.slot(planner, slot, column.ty)?
                }
            };
            match result.iter_mut().find(|(known, _)| *known == column.name) {
                Some((_, known)) => *known = value,
                None => result.push((column.name.clone(), value)),
            }
        }
        self.input.project(result, self.span)
    }
}
