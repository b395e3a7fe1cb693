//! From the syntax tree to a DataFusion plan: statements here, expressions in `expr/`, tabular operators in `tabular/`.
//!
//! Planning is pure. What must be computed first (`toscalar`, `in (table)`) stops it with a [`Need`]; the engine answers and
//! plans again from the start, so that the planner never waits and never touches data.

mod aggregate;
mod expr;
mod group;
mod lookup_call;
pub(crate) mod name_pattern;
pub mod plugin;
mod statement;
pub(crate) mod tabular;
mod user_function;
mod window;

pub(crate) use window::row_number;

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
};

use datafusion::common::ScalarValue;
use diag::{Diagnostic, Span};
use functions::Typed;
use kql::ast::{self, Expr, ExprKind, Operator, operator::OperatorKind};

use crate::{
    Environment,
    error::{Result, Stop, codes, fault},
    explain::{self, StepKind, Trace},
    external::{ExternalError, ExternalRequest, ExternalRows, InferRequest},
    relation::{ARRIVAL, Column, Relation},
    scope::{Binding, Scope},
};

/// Something to find out before planning can go on.
#[derive(Debug)]
pub(crate) struct Need {
    /// Number of the need, in the order of planning.
    pub(crate) id: usize,
    pub(crate) wanted: Wanted,
}

/// What a [`Need`] asks for.
#[derive(Debug)]
pub(crate) enum Wanted {
    /// The first column of the rows, at most so many of them.
    Values { relation: Relation, rows: usize },
    /// The rows of `externaldata`.
    External(ExternalRequest),
    /// The columns of files.
    Columns(InferRequest),
    /// When rows came in: every table is to bring it along from now on.
    Arrival,
}

/// What was found out.
#[derive(Debug)]
pub(crate) enum Answer {
    /// Nothing was computed: the query is only checked.
    Unknown,
    Values(Vec<ScalarValue>),
    External(std::result::Result<ExternalRows, ExternalError>),
    Columns(std::result::Result<Vec<Column>, ExternalError>),
}

/// What earlier runs of planning have brought to light.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    /// What was found out, by the number of the need.
    pub(crate) found: HashMap<usize, Answer>,
    /// Columns that the query wants of a watchlist nobody knows.
    pub(crate) assumed: Vec<String>,
    /// The query asks when rows came in (`ingestion_time()`): tables bring it along in a hidden column.
    pub(crate) arrival: bool,
}

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
    /// Where functions of neighbouring rows may stand.
    pub(crate) windows: Option<&'a window::Windows>,
}

impl<'a> Names<'a> {
    /// The columns of a row; no aggregates.
    pub(crate) const fn new(scope: &'a Scope, row: &'a [Column]) -> Self {
        Self { scope, row, aggregates: None, windows: None }
    }
}

/// One run of planning.
#[derive(Debug)]
pub(crate) struct Planner<'a> {
    pub(crate) env: &'a Environment,
    answers: &'a Answers,
    needs: Cell<usize>,
    operators: Cell<usize>,
    /// Expressions and functions being planned, each within the one before.
    depth: Cell<usize>,
    /// Saved functions being planned, outermost first.
    saved: RefCell<Vec<String>>,
    /// A table was planned whose columns are those that the query wants of it.
    open_ended: Cell<bool>,
    /// Every table was asked for: those that hold nothing have the columns they are documented with.
    everything: Cell<bool>,
    /// Something was to be computed and was not, as the query is only checked: a null may stand for it.
    pub(crate) only_checked: Cell<bool>,
    warnings: RefCell<Vec<Diagnostic>>,
    /// Where the steps are noted, if somebody wants to know.
    pub(crate) trace: Option<&'a Trace>,
}

/// Functions that call functions that call functions nest expressions as no text can; past this they are refused, since the time
/// it takes to plan an expression is cubic in its depth.
const MAX_DEPTH: usize = 1_000;

/// A query that names the same sub-query again and again doubles its plan each time; past this it is refused.
const MAX_OPERATORS: usize = 20_000;

impl<'a> Planner<'a> {
    pub(crate) fn new(env: &'a Environment, answers: &'a Answers, trace: Option<&'a Trace>) -> Self {
        let (saved, warnings) = (RefCell::default(), RefCell::default());
        let (open_ended, everything, only_checked) = (Cell::new(false), Cell::new(false), Cell::new(false));
        Self {
            env,
            answers,
            needs: Cell::new(0),
            operators: Cell::new(0),
            depth: Cell::new(0),
            saved,
            open_ended,
            everything,
            only_checked,
            warnings,
            trace,
        }
    }

    /// Notes that the query asks every table, and gives the columns it wants of those that hold nothing.
    pub(crate) fn wanted_of_empty_tables(&self) -> impl Iterator<Item = Column> {
        self.everything.set(true);
        self.answers.assumed.iter().filter_map(|name| Some(Column::new(name, documented_type(name)?)))
    }

    /// The type that a column has in the tables that hold nothing, where the query asks every table.
    pub(crate) fn type_in_empty_tables(&self, column: &str) -> Option<schema::Type> {
        documented_type(column).filter(|_| self.everything.get())
    }

    /// As [`Planner::warn`], of what the query runs with and not of its words: told wherever it is found.
    pub(crate) fn warn_of_setup(&self, warning: Diagnostic) {
        let mut warnings = self.warnings.borrow_mut();
        if !warnings.iter().any(|known| known.message == warning.message) {
            // A place within a saved function is no place of the query.
            let span = if self.saved.borrow().is_empty() { warning.span } else { Span::default() };
            warnings.push(Diagnostic { span, ..warning });
        }
    }

    /// The column to assume and plan again, if `fault` is that a table of unknown columns, or one that holds nothing, may lack one.
    pub(crate) fn assumable(&self, fault: &Diagnostic) -> Option<String> {
        let empty = |column: &&str| self.everything.get() && documented_type(column).is_some();
        let column = crate::error::missing_column(fault).filter(|column| self.open_ended.get() || empty(column))?;
        (!self.answers.assumed.iter().any(|known| known == column)).then(|| column.to_owned())
    }

    /// Plans a whole query text: a table for each query in it, and for each branch of `fork` and `facet`; at least one.
    pub(crate) fn query(&self, query: &ast::Query) -> Result<Vec<Relation>> {
        let end = query.statements.last().map_or_else(Span::default, |last| last.span);
        let mut tables = Vec::new();
        for value in self.statements(&query.statements, &Scope::default(), end)? {
            let mut relation = match value {
                Value::Table(relation) => relation,
                Value::Scalar(value) => self.print_one(value, end)?,
            };
            let more = std::mem::take(&mut relation.more);
            for table in std::iter::once(relation).chain(more) {
                tables.push(table.finished(end)?);
            }
        }
        Ok(tables)
    }

    /// Notes a finding that does not keep the query from running, once. What is within a saved function is not the query's.
    pub(crate) fn warn(&self, warning: Diagnostic) {
        if !self.saved.borrow().is_empty() {
            return;
        }
        let mut warnings = self.warnings.borrow_mut();
        if !warnings.contains(&warning) {
            warnings.push(warning);
        }
    }

    /// What was noted with [`Planner::warn`].
    pub(crate) fn into_warnings(self) -> Vec<Diagnostic> {
        self.warnings.into_inner()
    }

    /// Plans an expression that must yield rows.
    pub(crate) fn table(&self, expr: &Expr, scope: &Scope) -> Result<Relation> {
        match self.value(expr, Names::new(scope, &[]))? {
            Value::Table(relation) => self.single(relation, expr.span),
            Value::Scalar(_) => fault(codes::KIND, "a table is wanted here, and this is a value", expr.span),
        }
    }

    /// Plans an expression that yields either rows or a value.
    #[recursive::recursive]
    pub(crate) fn value(&self, expr: &Expr, names: Names) -> Result<Value> {
        match &expr.kind {
            ExprKind::Paren(inner) => self.value(inner, names),
            ExprKind::Pipe { source, operators } => {
                if let (ExprKind::Missing, Some(first)) = (&source.kind, operators.first()) {
                    return fault(codes::KIND, "no table flows into this operator: put one and `|` before it", first.span);
                }
                let relation = self.table(source, names.scope)?;
                self.pipe(relation, operators, names.scope).map(Value::Table)
            }
            ExprKind::Source(source) => {
                self.count_operator(expr.span)?;
                let text = || kql::write_expr(expr);
                self.noted(StepKind::Source, text, None, || self.source(source, expr.span, names.scope)).map(Value::Table)
            }
            ExprKind::Name(name) => self.name_value(name, names),
            ExprKind::Call(call) => self.call_value(call, expr.span, names),
            ExprKind::Member { object, name, .. } if expr::is_workspace(object) => {
                self.name_value(name, Names::new(names.scope, &[]))
            }
            ExprKind::MethodCall { object, call } if expr::is_workspace(object) => self.call_value(call, expr.span, names),
            _ => self.scalar(expr, names).map(Value::Scalar),
        }
    }

    /// Plans operators one after the other.
    pub(crate) fn pipe(&self, mut relation: Relation, operators: &[Operator], scope: &Scope) -> Result<Relation> {
        let mut scope = scope.clone();
        for operator in operators {
            self.count_operator(operator.span)?;
            relation = self.step(relation, operator, &mut scope)?;
        }
        Ok(relation)
    }

    /// The same table, which must be one.
    pub(crate) fn single(&self, relation: Relation, span: Span) -> Result<Relation> {
        if relation.more.is_empty() { Ok(relation) } else { several_tables(span) }
    }

    /// Plans an operator; what follows one whose columns nobody knows may name any column.
    fn step(&self, relation: Relation, operator: &Operator, scope: &mut Scope) -> Result<Relation> {
        if !relation.more.is_empty() {
            return several_tables(operator.span);
        }
        if relation.open && !scope.is_open() {
            *scope = scope.opened();
        }
        if self.answers.arrival {
            *scope = scope.with(ARRIVAL, Binding::Scalar(relation.arrival()));
        }
        let open = relation.open;
        let before = self.trace.map(|_| explain::rows(&relation));
        let text = || kql::write_operator(operator);
        let mut result = self.noted(StepKind::Operator, text, before, || self.operator(relation, operator, scope))?;
        result.open = (open || result.open) && !names_columns(&operator.kind);
        Ok(result)
    }

    /// Plans what stands within what is being planned.
    pub(crate) fn deeper<T>(&self, span: Span, plan: impl FnOnce() -> Result<T>) -> Result<T> {
        let depth = self.depth.get();
        if depth >= MAX_DEPTH {
            let message = format!("the query grows past {MAX_DEPTH} levels of expressions once its functions are put in");
            return fault(codes::TOO_LARGE, message, span);
        }
        self.depth.set(depth + 1);
        let planned = plan();
        self.depth.set(depth);
        planned
    }

    pub(crate) fn count_operator(&self, span: Span) -> Result<()> {
        let planned = self.operators.get() + 1;
        self.operators.set(planned);
        if planned > MAX_OPERATORS {
            let message = format!("the query grows past {MAX_OPERATORS} operators once its `let` names are put in");
            return fault(codes::TOO_LARGE, message, span);
        }
        Ok(())
    }

    /// The first column of `relation`, at most `rows` values of it; none where the query is only checked. Stops planning
    /// until it was computed.
    pub(crate) fn computed(&self, relation: Relation, rows: usize) -> Result<&'a [ScalarValue]> {
        let relation = relation.finished(Span::default())?;
        match self.found_out(|| Wanted::Values { relation, rows })? {
            Answer::Values(values) => Ok(values),
            Answer::Unknown | Answer::External(_) | Answer::Columns(_) => {
                self.only_checked.set(true);
                Ok(&[])
            }
        }
    }

    /// What `externaldata` names; `None` where the query is only checked. Stops planning until it was read.
    pub(crate) fn external_rows(
        &self,
        request: ExternalRequest,
    ) -> Result<Option<&'a std::result::Result<ExternalRows, ExternalError>>> {
        match self.found_out(|| Wanted::External(request))? {
            Answer::External(outcome) => Ok(Some(outcome)),
            Answer::Unknown | Answer::Values(_) | Answer::Columns(_) => Ok(None),
        }
    }

    /// The columns of files; `None` where the query is only checked. Stops planning until they were looked at.
    pub(crate) fn columns_of_files(
        &self,
        request: InferRequest,
    ) -> Result<Option<&'a std::result::Result<Vec<Column>, ExternalError>>> {
        match self.found_out(|| Wanted::Columns(request))? {
            Answer::Columns(outcome) => Ok(Some(outcome)),
            Answer::Unknown | Answer::Values(_) | Answer::External(_) => Ok(None),
        }
    }

    /// True if tables bring along when their rows came in.
    pub(crate) const fn wants_arrival(&self) -> bool {
        self.answers.arrival
    }

    /// When the row came in. Stops planning until tables bring it along.
    pub(crate) fn arrival(&self, names: Names) -> Result<Typed> {
        if !self.answers.arrival {
            return Err(Stop::Need(Box::new(Need { id: usize::MAX, wanted: Wanted::Arrival })));
        }
        match names.scope.get(ARRIVAL) {
            Some(Binding::Scalar(arrival)) => Ok(arrival.clone()),
            _ => Ok(Typed::constant(functions::null_of(schema::Type::Datetime), schema::Type::Datetime)),
        }
    }

    /// The answer to the next need.
    fn found_out(&self, wanted: impl FnOnce() -> Wanted) -> Result<&'a Answer> {
        let id = self.needs.get();
        self.needs.set(id + 1);
        self.answers.found.get(&id).ok_or_else(|| Stop::Need(Box::new(Need { id, wanted: wanted() })))
    }
}

/// The type of a column of that name in the first documented table that has one. What every table has in a workspace, such as
/// `Type`, is told by some tables only.
fn documented_type(column: &str) -> Option<schema::Type> {
    schema::Registry::builtin().tables().iter().find_map(|table| table.column(column)).map(|found| found.ty)
}

/// True for operators after which only the columns are left that they name.
const fn names_columns(kind: &OperatorKind) -> bool {
    matches!(
        kind,
        OperatorKind::Project(_)
            | OperatorKind::ProjectKeep(_)
            | OperatorKind::Summarize(_)
            | OperatorKind::Distinct(_)
            | OperatorKind::Count(_)
            | OperatorKind::MakeSeries(_)
            | OperatorKind::GetSchema
    )
}

fn several_tables<T>(span: Span) -> Result<T> {
    fault(codes::KIND, "one table is wanted here, and `fork` or `facet` gives several", span)
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
