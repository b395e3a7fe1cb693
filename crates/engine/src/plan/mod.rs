//! From the syntax tree to a DataFusion plan: statements here, expressions in `expr/`, tabular operators in `tabular/`.
//!
//! Planning is pure. What must be computed first (`toscalar`, `in (table)`) stops it with a [`Need`]; the engine answers and
//! plans again from the start, so that the planner never waits and never touches data.

mod aggregate;
mod expr;
mod statement;
mod tabular;
mod user_function;

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
};

use datafusion::common::ScalarValue;
use diag::Span;
use functions::Typed;
use kql::ast::{self, Expr, ExprKind, StatementKind};

use crate::{
    Environment,
    error::{Result, codes, fault},
    relation::{Column, Relation},
    scope::Scope,
};

/// Something to compute before planning can go on.
#[derive(Debug)]
pub(crate) struct Need {
    /// Number of the need, in the order of planning.
    pub(crate) id: usize,
    /// What to run.
    pub(crate) relation: Relation,
    /// How many rows are wanted at most.
    pub(crate) rows: usize,
}

/// Values that were computed, by the number of their need: the first column of the rows.
pub(crate) type Answers = HashMap<usize, Vec<ScalarValue>>;

/// A planned expression: which of both only binding can tell.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Scalar(Typed),
    Table(Relation),
}

/// What is visible to an expression: `let` names, the columns of the row, and aggregates where those may stand.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Names<'a> {
    pub(crate) scope: &'a Scope,
    pub(crate) row: &'a [Column],
    pub(crate) aggregates: Option<&'a aggregate::Aggregates<'a>>,
}

impl<'a> Names<'a> {
    /// The columns of a row; no aggregates.
    pub(crate) const fn new(scope: &'a Scope, row: &'a [Column]) -> Self {
        Self { scope, row, aggregates: None }
    }
}

/// One run of planning.
#[derive(Debug)]
pub(crate) struct Planner<'a> {
    pub(crate) env: &'a Environment,
    answers: &'a Answers,
    needs: Cell<usize>,
    operators: Cell<usize>,
    /// Saved functions being planned, outermost first.
    saved: RefCell<Vec<String>>,
}

/// A query that names the same sub-query again and again doubles its plan each time; past this it is refused.
const MAX_OPERATORS: usize = 20_000;

impl<'a> Planner<'a> {
    pub(crate) fn new(env: &'a Environment, answers: &'a Answers) -> Self {
        Self { env, answers, needs: Cell::new(0), operators: Cell::new(0), saved: RefCell::default() }
    }

    /// Plans a whole query text.
    pub(crate) fn query(&self, query: &ast::Query) -> Result<Relation> {
        let queries = query.statements.iter().filter(|statement| matches!(statement.kind, StatementKind::Query(_)));
        if let Some(second) = queries.clone().nth(1) {
            return crate::error::unsupported("more than one query in a text", second.span);
        }
        let end = query.statements.last().map_or_else(Span::default, |last| last.span);
        match self.block(&query.statements, &Scope::default(), end)? {
            Value::Table(relation) => Ok(relation),
            Value::Scalar(value) => self.print_one(value, end),
        }
    }

    /// Plans an expression that must yield rows.
    pub(crate) fn table(&self, expr: &Expr, scope: &Scope) -> Result<Relation> {
        match self.value(expr, Names::new(scope, &[]))? {
            Value::Table(relation) => Ok(relation),
            Value::Scalar(_) => fault(codes::KIND, "a table is wanted here, and this is a value", expr.span),
        }
    }

    /// Plans an expression that yields either rows or a value.
    #[recursive::recursive]
    pub(crate) fn value(&self, expr: &Expr, names: Names) -> Result<Value> {
        match &expr.kind {
            ExprKind::Paren(inner) => self.value(inner, names),
            ExprKind::Pipe { source, operators } => {
                let mut relation = self.table(source, names.scope)?;
                let mut scope = names.scope.clone();
                for operator in operators {
                    self.count_operator(operator.span)?;
                    relation = self.operator(relation, operator, &mut scope)?;
                }
                Ok(Value::Table(relation))
            }
            ExprKind::Source(source) => {
                self.count_operator(expr.span)?;
                self.source(source, expr.span, names.scope).map(Value::Table)
            }
            ExprKind::Name(name) => self.name_value(name, names),
            ExprKind::Call(call) => self.call_value(call, expr.span, names),
            ExprKind::Member { object, name, .. } if expr::is_workspace(object) => {
                self.known_table(&name.text, name.span).map(Value::Table)
            }
            ExprKind::MethodCall { object, call } if expr::is_workspace(object) => self.call_value(call, expr.span, names),
            _ => self.scalar(expr, names).map(Value::Scalar),
        }
    }

    fn count_operator(&self, span: Span) -> Result<()> {
        let planned = self.operators.get() + 1;
        self.operators.set(planned);
        if planned > MAX_OPERATORS {
            let message = format!("the query grows past {MAX_OPERATORS} operators once its `let` names are put in");
            return fault(codes::TOO_LARGE, message, span);
        }
        Ok(())
    }

    /// The first column of `relation`, at most `rows` values of it; stops planning until it was computed.
    pub(crate) fn computed(&self, relation: Relation, rows: usize) -> Result<&'a [ScalarValue]> {
        let id = self.needs.get();
        self.needs.set(id + 1);
        match self.answers.get(&id) {
            Some(values) => Ok(values),
            None => Err(crate::error::Stop::Need(Box::new(Need { id, relation, rows }))),
        }
    }
}

/// The function that converts to a type explicitly (`tolong`, `todatetime`).
pub(crate) const fn conversion(ty: schema::Type) -> &'static str {
    use schema::Type;
    match ty {
        Type::Bool => "tobool",
        Type::Int => "toint",
        Type::Long => "tolong",
        Type::Real => "toreal",
        Type::Decimal => "todecimal",
        Type::String => "tostring",
        Type::Datetime => "todatetime",
        Type::Timespan => "totimespan",
        Type::Guid => "toguid",
        Type::Dynamic => "to_dynamic",
    }
}
