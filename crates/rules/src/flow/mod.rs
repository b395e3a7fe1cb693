//! What flows through a query: at each operator, the tables and columns that are there and what computed columns stand for.
//!
//! Must not know types, functions or how a query is run, and decides nothing: the engine tells what does not exist. Where a column
//! may come from somewhere unknown, the scope is open and says so. Start with [`Flow::of`].

mod comparison;
mod operands;
mod scope;
mod step;

use std::collections::HashMap;

use kql::ast::{Expr, ExprKind, LetValue, Operator, Query, Statement, StatementKind, operator::Source};
use schema::Registry;

pub(crate) use comparison::{Comparison, comparisons, conjuncts, disjuncts, literal, strings};
pub(crate) use operands::expressions;
pub(crate) use scope::{Base, Scope};

/// How deep pipes may stand in pipes: the parser allows more than any query has.
const DEPTH: usize = 24;

/// A query, pipe by pipe.
#[derive(Debug, Default)]
pub(crate) struct Flow<'a> {
    /// Every pipe, inner ones before the one they stand in.
    pub(crate) pipes: Vec<Pipe<'a>>,
    /// What `let` names stand for: expressions; functions have none.
    pub(crate) lets: HashMap<&'a str, &'a Expr>,
    /// What tabular `let` names give.
    tabular: HashMap<&'a str, Scope<'a>>,
}

/// A source and the operators after it.
#[derive(Debug)]
pub(crate) struct Pipe<'a> {
    /// What flows in.
    pub(crate) source: &'a Expr,
    /// The operators, each with what is there before it.
    pub(crate) steps: Vec<Step<'a>>,
    /// What is there at the end.
    pub(crate) end: Scope<'a>,
    /// It is the query itself, not a part of it.
    pub(crate) main: bool,
}

/// An operator and what is there before it.
#[derive(Debug)]
pub(crate) struct Step<'a> {
    pub(crate) before: Scope<'a>,
    pub(crate) operator: &'a Operator,
}

impl<'a> Flow<'a> {
    /// The flow of a query.
    pub(crate) fn of(query: &'a Query) -> Self {
        let mut flow = Self::default();
        flow.statements(&query.statements, true, 0);
        flow
    }

    fn statements(&mut self, statements: &'a [Statement], main: bool, depth: usize) {
        for statement in statements {
            match &statement.kind {
                StatementKind::Let { name, value: LetValue::Expr(expr) } => {
                    let scope = self.tabular(expr, false, depth);
                    self.tabular.insert(&name.text, scope);
                    self.lets.insert(&name.text, expr);
                }
                StatementKind::Let { name, value: LetValue::Function(function) } => {
                    if depth < DEPTH {
                        self.statements(&function.body, false, depth + 1);
                    }
                    self.tabular.insert(&name.text, Scope::unknown());
                }
                StatementKind::Query(expr) => {
                    self.tabular(expr, main, depth);
                }
                _ => {}
            }
        }
    }

    /// Follows an expression; gives what it is as a table.
    pub(crate) fn tabular(&mut self, expr: &'a Expr, main: bool, depth: usize) -> Scope<'a> {
        if depth > DEPTH {
            return Scope::unknown();
        }
        match &expr.kind {
            ExprKind::Paren(inner) => self.tabular(inner, main, depth + 1),
            ExprKind::Pipe { source, operators } => self.pipe(source, operators, main, depth),
            ExprKind::Name(name) => match self.tabular.get(name.text.as_str()) {
                Some(scope) => scope.clone(),
                None => Registry::builtin().table(&name.text).map_or_else(Scope::unknown, Scope::of),
            },
            ExprKind::Source(source) => self.source(source, depth),
            ExprKind::Call(call) => {
                let first = call.arguments.first().map(|argument| self.tabular(&argument.value, false, depth + 1));
                for argument in call.arguments.iter().skip(1) {
                    self.tabular(&argument.value, false, depth + 1);
                }
                if call.name.text == "materialize" { first.unwrap_or_else(Scope::unknown) } else { Scope::unknown() }
            }
            _ => {
                for operand in expr.operands() {
                    self.tabular(operand, false, depth + 1);
                }
                Scope::unknown()
            }
        }
    }

    fn source(&mut self, source: &'a Source, depth: usize) -> Scope<'a> {
        match source {
            Source::Union(union) => {
                let mut scopes =
                    union.tables.iter().map(|table| self.tabular(table, false, depth + 1)).collect::<Vec<_>>().into_iter();
                let mut all = scopes.next().unwrap_or_else(Scope::unknown);
                scopes.for_each(|scope| all.join(scope));
                all
            }
            Source::Datatable { columns, .. } | Source::ExternalData { columns, .. } => {
                Scope::named(columns.iter().map(|column| column.name.text.as_str()))
            }
            Source::Range { name, .. } => Scope::named(std::iter::once(name.text.as_str())),
            _ => Scope::unknown(),
        }
    }

    fn pipe(&mut self, source: &'a Expr, operators: &'a [Operator], main: bool, depth: usize) -> Scope<'a> {
        let mut scope = self.tabular(source, false, depth + 1);
        let mut steps = Vec::with_capacity(operators.len());
        for operator in operators {
            for expr in expressions(&operator.kind) {
                self.inner(expr, depth);
            }
            let before = scope.clone();
            step::apply(self, &mut scope, operator, depth);
            steps.push(Step { before, operator });
        }
        self.pipes.push(Pipe { source, steps, end: scope.clone(), main });
        scope
    }

    /// Pipes that stand in a scalar expression.
    fn inner(&mut self, expr: &'a Expr, depth: usize) {
        for part in expr.walk() {
            if matches!(part.kind, ExprKind::Pipe { .. } | ExprKind::Source(_)) {
                self.tabular(part, false, depth + 1);
            }
        }
    }

    /// The steps of all pipes.
    pub(crate) fn steps(&self) -> impl Iterator<Item = &Step<'a>> {
        self.pipes.iter().flat_map(|pipe| &pipe.steps)
    }

    /// An expression, or what its name stands for.
    pub(crate) fn resolved(&self, expr: &'a Expr) -> &'a Expr {
        let mut expr = expr;
        for _ in 0..DEPTH {
            match &expr.kind {
                ExprKind::Paren(inner) => expr = inner,
                ExprKind::Name(name) => match self.lets.get(name.text.as_str()) {
                    Some(value) => expr = value,
                    None => return expr,
                },
                _ => return expr,
            }
        }
        expr
    }
}
