//! Functions written in the query language: called by name or through `invoke`, whether a `let` or a file defined them.

use std::sync::Arc;

use diag::{Diagnostic, Span};
use kql::ast::{Argument, Call, ColumnDecl, Function, Parameter, ParameterType, StatementKind};
use library::SavedFunction;

use super::{Names, Planner, Value, statement::type_of};
use crate::{
    error::{Result, Stop, codes, fault},
    explain::StepKind,
    relation::Relation,
    scope::{Binding, Scope},
};

/// A call, what it sees, and the table before `invoke`: the value of the first parameter that takes one.
struct Called<'a> {
    call: &'a Call,
    span: Span,
    names: Names<'a>,
    piped: Option<Relation>,
}

impl Planner<'_> {
    /// Calls the function that a `let` or a file gives this name; `None` if neither does.
    pub(crate) fn call_named(&self, call: &Call, span: Span, names: Names, piped: Option<Relation>) -> Result<Option<Value>> {
        let name = &call.name.text;
        if let Some(Binding::Function(function, defined)) = names.scope.get(name) {
            let called = Called { call, span, names, piped };
            return self.noted_call(StepKind::Function, name, || self.call_user(function, defined, called)).map(Some);
        }
        match self.env.library.get(name) {
            Some(saved) => {
                let called = Called { call, span, names, piped };
                self.noted_call(StepKind::SavedFunction, name, || self.call_saved(saved, called)).map(Some)
            }
            None => Ok(self.lookup_table(call, span, names)?.map(Value::Table)),
        }
    }

    /// Calls a function that a `let` defined. Its body sees the names where it was written, and its parameters.
    fn call_user(&self, function: &Function, defined: &Scope, called: Called) -> Result<Value> {
        self.count_operator(called.span)?;
        let scope = self.with_arguments(&function.parameters, defined, called)?;
        self.deeper(function.span, || self.called_body(function, &scope))
    }

    // A function that calls another is as deep as the chain of them is long.
    #[recursive::recursive]
    fn called_body(&self, function: &Function, scope: &Scope) -> Result<Value> {
        self.block(&function.body, scope, function.span)
    }

    /// Calls a saved function. What is wrong in its text is reported at the call, with its place in the function's file.
    fn call_saved(&self, saved: &Arc<SavedFunction>, called: Called) -> Result<Value> {
        self.count_operator(called.span)?;
        let place = called.call.name.span;
        let inside = |found: &Diagnostic| {
            let message = format!("in {} ({}): {}", saved.name, saved.source.place(found.span), found.message);
            Diagnostic { span: place, message, ..found.clone() }
        };
        let definition = match saved.definition() {
            Ok(definition) => definition,
            Err(findings) => match findings.first() {
                Some(first) => return Err(inside(first).into()),
                None => return fault(codes::UNKNOWN_FUNCTION, format!("`{}` is empty", saved.name), place),
            },
        };
        let located = |stop: Stop| match stop {
            Stop::Fault(found) => Stop::from(inside(&found)),
            need @ Stop::Need(_) => need,
        };
        let mut before = Scope::default();
        for statement in &definition.before {
            if let StatementKind::Let { name, value } = &statement.kind {
                before = before.with(&name.text, self.let_value(value, &before).map_err(located)?);
            }
        }
        let function = &definition.function;
        // The arguments are the caller's: they may call the same function.
        let scope = self.with_arguments(&function.parameters, &before, called)?;
        let _open = self.open(saved, place)?;
        self.block(&function.body, &scope, function.span).map_err(located)
    }

    /// Notes that a saved function is being planned; one that leads back to itself is refused.
    fn open(&self, saved: &Arc<SavedFunction>, span: Span) -> Result<Open<'_>> {
        let mut open = self.saved.borrow_mut();
        if let Some(first) = open.iter().position(|name| *name == saved.name) {
            let cycle: Vec<&str> = open[first..].iter().map(String::as_str).chain([saved.name.as_str()]).collect();
            let message = format!("the function `{}` calls itself: {}", saved.name, cycle.join(" → "));
            return Err(Diagnostic::error(codes::RECURSION, message, span)
                .with_help(format!("to read a table of the same name, write `table(\"{}\")`", saved.name))
                .into());
        }
        open.push(saved.name.clone());
        Ok(Open(&self.saved))
    }

    /// `defined` with the parameters bound to the call's arguments, those that are named by their names.
    fn with_arguments(&self, parameters: &[Parameter], defined: &Scope, called: Called) -> Result<Scope> {
        let Called { call, span, names, mut piped } = called;
        check_named(parameters, call)?;
        let mut scope = defined.clone();
        let mut positional = call.arguments.iter().filter(|argument| argument.name.is_none());
        for parameter in parameters {
            let name = &parameter.name.text;
            if matches!(parameter.ty, ParameterType::Table(_))
                && let Some(relation) = piped.take()
            {
                scope = scope.with(name, Binding::Table(fitting(relation, parameter, span)?));
                continue;
            }
            let named = |argument: &&Argument| argument.name.as_ref().is_some_and(|given| given.text == *name);
            let given = call.arguments.iter().find(named).or_else(|| positional.next()).map(|argument| &argument.value);
            let binding = match (&parameter.ty, given, &parameter.default) {
                (ParameterType::Scalar(ty), Some(expr), _) => {
                    Binding::Scalar(self.converted(self.scalar(expr, names)?, type_of(ty)?, expr.span)?)
                }
                // A default is a literal: no name of the caller's may change it.
                (ParameterType::Scalar(ty), None, Some(default)) => {
                    let value = self.scalar(default, Names::new(&Scope::default(), &[]))?;
                    Binding::Scalar(self.converted(value, type_of(ty)?, span)?)
                }
                (ParameterType::Table(_), Some(expr), _) => {
                    Binding::Table(fitting(self.table(expr, names.scope)?, parameter, expr.span)?)
                }
                (_, None, _) => {
                    let message = format!("{}() needs a value for `{name}`", call.name.text);
                    return fault(codes::ARGUMENT_COUNT, message, span);
                }
            };
            scope = scope.with(name, binding);
        }
        if positional.next().is_some() {
            let message = format!("{}() takes at most {} arguments", call.name.text, parameters.len());
            return fault(codes::ARGUMENT_COUNT, message, span);
        }
        if piped.is_some() {
            let message = format!("{}() takes no table, and `invoke` gives it one", call.name.text);
            return fault(codes::KIND, message, call.name.span);
        }
        Ok(scope)
    }
}

/// A saved function that is being planned, until dropped.
struct Open<'a>(&'a std::cell::RefCell<Vec<String>>);

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.borrow_mut().pop();
    }
}

/// An argument named after no parameter is an error.
fn check_named(parameters: &[Parameter], call: &Call) -> Result<()> {
    for given in call.arguments.iter().filter_map(|argument| argument.name.as_ref()) {
        if !parameters.iter().any(|parameter| parameter.name.text == given.text) {
            let near = schema::nearest(&given.text, parameters.iter().map(|parameter| parameter.name.text.as_str()));
            let message = format!("{}() has no parameter `{}`", call.name.text, given.text);
            return Err(Diagnostic::error(codes::ARGUMENT_COUNT, message, given.span).did_you_mean(&near).into());
        }
    }
    Ok(())
}

/// A table that has the columns its parameter declares; others are kept.
fn fitting(relation: Relation, parameter: &Parameter, span: Span) -> Result<Relation> {
    let declared: &[ColumnDecl] = match &parameter.ty {
        ParameterType::Table(Some(columns)) => columns,
        _ => &[],
    };
    for wanted in declared {
        let (name, ty) = (&wanted.name.text, type_of(&wanted.ty)?);
        match relation.find(name) {
            Some(found) if found.ty == ty => {}
            None if relation.open => {}
            Some(found) => {
                let message = format!("the table for `{}` has `{name}` as {}, and {ty} is wanted", parameter.name.text, found.ty);
                return fault(codes::ARGUMENT_TYPE, message, span);
            }
            None => {
                let near = schema::nearest(name, relation.columns.iter().map(|column| column.name.as_str()));
                let message = format!("the table for `{}` has no column `{name}`", parameter.name.text);
                return Err(Diagnostic::error(codes::UNKNOWN_NAME, message, span).did_you_mean(&near).into());
            }
        }
    }
    Ok(relation)
}
