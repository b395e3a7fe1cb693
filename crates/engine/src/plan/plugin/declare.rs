//! What a plugin of `evaluate` is, and a call of one.

use datafusion::common::ScalarValue;
use diag::{Diagnostic, Span};
use functions::{Typed, coerce};
use kql::ast::{Call, Expr, ExprKind, Name};
use schema::Type;

use crate::{
    error::{At, Result, codes, fault},
    plan::{Names, Planner},
    relation::{Column, Relation},
    scope::Scope,
};

/// A plugin of `evaluate`: everything the binder and the reference pages need, in one value.
#[derive(Debug)]
pub struct Plugin {
    /// Name as the reference spells it.
    pub name: &'static str,
    /// Page under Microsoft's KQL reference.
    pub doc: &'static str,
    /// What it gives, one sentence.
    pub summary: &'static str,
    /// Arguments in order.
    pub params: &'static [PluginParam],
    /// Plans a call.
    pub(crate) plan: fn(&Planner<'_>, &Invocation<'_>) -> Result<Relation>,
}

/// An argument of a plugin.
#[derive(Debug, Clone, Copy)]
pub struct PluginParam {
    /// Name in the reference; the argument may be given by it.
    pub name: &'static str,
    /// How often it may be given.
    pub times: Times,
}

/// How often an argument may be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Times {
    /// Once.
    Once,
    /// Once or not at all.
    Optional,
    /// Any number of times; only as the last one that is given by position.
    Any,
    /// As [`Times::Any`], under names that the query gives or none.
    AnyNamed,
}

impl PluginParam {
    /// An argument that must be given.
    pub(crate) const fn required(name: &'static str) -> Self {
        Self { name, times: Times::Once }
    }

    /// An argument that may be left out.
    pub(crate) const fn optional(name: &'static str) -> Self {
        Self { name, times: Times::Optional }
    }

    /// A last argument that is given any number of times.
    pub(crate) const fn any(name: &'static str) -> Self {
        Self { name, times: Times::Any }
    }

    /// A last argument that is given any number of times, under names of the query's own.
    pub(crate) const fn any_named(name: &'static str) -> Self {
        Self { name, times: Times::AnyNamed }
    }
}

/// A call of a plugin.
#[derive(Debug)]
pub struct Invocation<'a> {
    plugin: &'static Plugin,
    input: Option<Relation>,
    arguments: Vec<&'a Expr>,
    named: Vec<(&'a Name, &'a Expr)>,
    others: Vec<(Option<&'a Name>, &'a Expr)>,
    /// `: (*, column:type, ...)`: whether it begins with `*`, and the columns.
    pub(crate) schema: Option<(bool, Vec<Column>)>,
    pub(crate) span: Span,
    pub(crate) scope: &'a Scope,
}

impl<'a> Invocation<'a> {
    pub(crate) fn new(
        plugin: &'static Plugin,
        input: Option<Relation>,
        call: &'a Call,
        schema: Option<(bool, Vec<Column>)>,
        span: Span,
        scope: &'a Scope,
    ) -> Result<Self> {
        let (mut arguments, mut named, mut others) = (Vec::new(), Vec::new(), Vec::new());
        let free = plugin.params.iter().any(|param| param.times == Times::AnyNamed);
        for (position, argument) in call.arguments.iter().enumerate() {
            if free && position + 1 >= plugin.params.len() {
                others.push((argument.name.as_ref(), &argument.value));
                continue;
            }
            match &argument.name {
                None => arguments.push(&argument.value),
                Some(name) if plugin.params.iter().any(|param| param.name.eq_ignore_ascii_case(&name.text)) => {
                    named.push((name, &argument.value));
                }
                Some(name) => {
                    let near = schema::nearest(&name.text, plugin.params.iter().map(|param| param.name));
                    let message = format!("{}() has no argument `{}`", plugin.name, name.text);
                    return Err(Diagnostic::error(codes::SETTING, message, name.span).did_you_mean(&near).into());
                }
            }
        }
        let call = Self { plugin, input, arguments, named, others, schema, span, scope };
        call.check_count()?;
        Ok(call)
    }

    fn check_count(&self) -> Result<()> {
        for (position, param) in self.plugin.params.iter().enumerate() {
            if param.times == Times::Once && self.argument(position).is_none() {
                return fault(codes::ARGUMENT_COUNT, format!("{}() needs `{}`", self.plugin.name, param.name), self.span);
            }
        }
        let endless = self.plugin.params.iter().any(|param| param.times == Times::Any);
        match self.arguments.get(self.plugin.params.len()) {
            Some(more) if !endless => {
                let message = format!("{}() takes at most {} arguments", self.plugin.name, self.plugin.params.len());
                fault(codes::ARGUMENT_COUNT, message, more.span)
            }
            _ => Ok(()),
        }
    }

    /// The rows that are piped in.
    pub(crate) fn input(&self) -> Result<&Relation> {
        match &self.input {
            Some(input) => Ok(input),
            None => fault(codes::KIND, format!("`evaluate {}` needs a table before it", self.plugin.name), self.span),
        }
    }

    /// The argument of the parameter at this position, by its name or by its place.
    pub(crate) fn argument(&self, position: usize) -> Option<&'a Expr> {
        let name = self.plugin.params.get(position)?.name;
        self.named(name).or_else(|| self.arguments.get(position).copied())
    }

    /// The arguments from this position on that are given by their place.
    pub(crate) fn rest(&self, position: usize) -> &[&'a Expr] {
        self.arguments.get(position..).unwrap_or(&[])
    }

    /// The arguments of the last parameter, where they may have names of their own.
    pub(crate) fn others(&self) -> &[(Option<&'a Name>, &'a Expr)] {
        &self.others
    }

    /// The argument that is given by this name.
    pub(crate) fn named(&self, name: &str) -> Option<&'a Expr> {
        self.named.iter().find(|(given, _)| given.text.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
    }

    /// The required argument at this position.
    pub(crate) fn required(&self, position: usize) -> Result<&'a Expr> {
        match self.argument(position) {
            Some(expr) => Ok(expr),
            None => fault(codes::ARGUMENT_COUNT, format!("{}() needs more arguments", self.plugin.name), self.span),
        }
    }

    /// A column of the input.
    pub(crate) fn column(&self, expr: &Expr) -> Result<&Column> {
        self.column_of(self.input()?, expr)
    }

    /// A column of a table, named by a bare name or by a text in brackets (`['id']`).
    pub(crate) fn column_of<'r>(&self, relation: &'r Relation, expr: &Expr) -> Result<&'r Column> {
        let ExprKind::Name(name) = &expr.kind else {
            return fault(codes::KIND, format!("{}() wants the name of a column here", self.plugin.name), expr.span);
        };
        relation.find(&name.text).ok_or_else(|| {
            let near = schema::nearest(&name.text, relation.columns.iter().map(|column| column.name.as_str()));
            Diagnostic::error(codes::UNKNOWN_NAME, format!("there is no column `{}`", name.text), expr.span)
                .did_you_mean(&near)
                .into()
        })
    }

    /// A constant of the query.
    pub(crate) fn constant(&self, planner: &Planner<'_>, position: usize) -> Result<Option<Typed>> {
        let Some(expr) = self.argument(position) else { return Ok(None) };
        let what = format!("`{}`", self.plugin.params.get(position).map_or("", |param| param.name));
        planner.constant(expr, Names::new(self.scope, &[]), &what).map(Some)
    }

    /// A constant of a type, which may be null.
    pub(crate) fn constant_of(&self, planner: &Planner<'_>, position: usize, ty: Type) -> Result<Option<ScalarValue>> {
        let Some(value) = self.constant(planner, position)? else { return Ok(None) };
        let value = planner.fold(coerce(value, ty).at(self.span)?, self.span)?;
        Ok(value.as_constant().cloned())
    }

    /// A text constant.
    pub(crate) fn text(&self, planner: &Planner<'_>, position: usize) -> Result<Option<String>> {
        let value = self.constant_of(planner, position, Type::String)?;
        Ok(value.and_then(|value| value.try_as_str().flatten().map(str::to_owned)))
    }
}
