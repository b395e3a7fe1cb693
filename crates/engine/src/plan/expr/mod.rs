//! Scalar expressions: one file a kind of node.

mod any_column;
mod binary;
mod call;
mod literal;
mod membership;
mod name;
mod path;
mod row_call;

use std::sync::Arc;

use datafusion::{
    common::{DFSchema, ScalarValue, tree_node::TreeNode},
    logical_expr::{
        ColumnarValue, Expr as PlanExpr, execution_props::ExecutionProps, physical_planning_context::PhysicalPlanningContext,
    },
    physical_expr::create_physical_expr,
};
use diag::Span;
use functions::{Function, Typed, apply};
use kql::ast::{Expr, ExprKind, UnaryOp};

pub(crate) use any_column::is_of_types;
pub(crate) use literal::parse_constant;
pub(crate) use name::is_workspace;
pub(crate) use path::{STATE, state_name};

use super::{Names, Planner, Value};
use crate::error::{At, Result, Stop, codes, fault};

impl Planner<'_> {
    /// Plans an expression that must yield a value.
    #[recursive::recursive]
    pub(crate) fn scalar(&self, expr: &Expr, names: Names) -> Result<Typed> {
        self.deeper(expr.span, || self.scalar_of(expr, names))
    }

    fn scalar_of(&self, expr: &Expr, names: Names) -> Result<Typed> {
        match &expr.kind {
            ExprKind::Literal(literal) => literal::literal_at(literal, self.env.clock, expr.span),
            ExprKind::Paren(inner) => self.scalar(inner, names),
            ExprKind::Name(name) => match self.name_value(name, names)? {
                Value::Scalar(value) => Ok(value),
                Value::Table(_) => table_as_value(expr.span),
            },
            ExprKind::Member { object, name, .. } => self.member(object, name, expr.span, names),
            ExprKind::Index { object, index } => self.index(object, index, expr.span, names),
            ExprKind::Call(call) => match self.call_value(call, expr.span, names)? {
                Value::Scalar(value) => Ok(value),
                Value::Table(_) => table_as_value(expr.span),
            },
            ExprKind::Unary { op: UnaryOp::Plus, operand } => self.scalar(operand, names),
            ExprKind::Unary { op: UnaryOp::Minus, operand } => {
                let operand = self.scalar(operand, names)?;
                self.apply("negate", vec![operand], expr.span)
            }
            ExprKind::Binary { op, left, right } => match pattern_of(left) {
                Some(pattern) => self.any_compares(pattern, *op, right, expr.span, names),
                None => self.binary(*op, left, right, expr.span, names),
            },
            ExprKind::Match { op, op_span, left, right } => match pattern_of(left) {
                Some(pattern) => self.any_matches(pattern, (*op, *op_span), right, expr.span, names),
                None => {
                    let (left, right) = (self.scalar(left, names)?, self.scalar(right, names)?);
                    self.match_op(*op, *op_span, vec![left, right], expr.span)
                }
            },
            ExprKind::In { op, op_span, left, list } => match pattern_of(left) {
                Some(pattern) => self.any_in(pattern, (*op, *op_span), list, expr.span, names),
                None => self.membership(*op, *op_span, left, list, expr.span, names),
            },
            ExprKind::Between { negated, operand, from, to } => self.between(*negated, operand, from, to, expr.span, names),
            ExprKind::TypeOf(_) => fault(codes::KIND, "`typeof` is not a value of its own", expr.span),
            ExprKind::Wildcard(name) => fault(codes::KIND, format!("`{}` cannot stand here", name.text), name.span),
            ExprKind::Pipe { .. } | ExprKind::Source(_) => table_as_value(expr.span),
            ExprKind::MethodCall { call, .. } => {
                fault(codes::UNKNOWN_FUNCTION, format!("`.{}()` is not known here", call.name.text), call.name.span)
            }
            ExprKind::Missing => fault(codes::KIND, "an expression is missing here", expr.span),
        }
    }

    /// Applies a function or operator known by name, and computes it at once when its arguments are constants.
    pub(crate) fn apply(&self, name: &str, args: Vec<Typed>, span: Span) -> Result<Typed> {
        let Some(function) = functions::find(name) else {
            return Err(self.unknown_function(name, &[], span));
        };
        self.apply_function(function, args, span)
    }

    /// The same for a function that is known.
    pub(crate) fn apply_function(&self, function: &'static Function, args: Vec<Typed>, span: Span) -> Result<Typed> {
        let constant = args.iter().all(|arg| arg.as_constant().is_some());
        let applied = apply(function, args, self.env.clock).at(span)?;
        if constant && function.cost != functions::Cost::Volatile { self.fold(applied, span) } else { Ok(applied) }
    }

    /// Computes an expression that refers to no column.
    pub(crate) fn fold(&self, value: Typed, span: Span) -> Result<Typed> {
        if value.as_constant().is_some() || !is_foldable(&value.expr) {
            return Ok(value);
        }
        let schema = DFSchema::empty();
        let physical =
            create_physical_expr(&value.expr, &schema, &ExecutionProps::new(), &PhysicalPlanningContext::default()).at(span)?;
        let row = datafusion::arrow::array::RecordBatch::try_new_with_options(
            Arc::clone(schema.inner()),
            vec![],
            &datafusion::arrow::array::RecordBatchOptions::new().with_row_count(Some(1)),
        );
        let row = row.map_err(datafusion::error::DataFusionError::from).at(span)?;
        let constant = match physical.evaluate(&row).at(span)? {
            ColumnarValue::Scalar(constant) => constant,
            ColumnarValue::Array(array) => ScalarValue::try_from_array(&array, 0).at(span)?,
        };
        Ok(Typed::constant(constant, value.ty))
    }

    /// A constant of the query, such as the `10` of `take 10`.
    pub(crate) fn constant(&self, expr: &Expr, names: Names, what: &str) -> Result<Typed> {
        let value = self.scalar(expr, names)?;
        let value = self.fold(value, expr.span)?;
        if value.as_constant().is_none() {
            return fault(codes::ARGUMENT_VALUE, format!("{what} must be a constant"), expr.span);
        }
        Ok(value)
    }

    /// A constant row count. It sees no row; the row's columns are there to tell one that is named from a misspelt name.
    pub(crate) fn row_count(&self, expr: &Expr, names: Names, what: &str) -> Result<usize> {
        let value = match self.constant(expr, Names::new(names.scope, &[]), what) {
            Err(Stop::Fault(found)) if found.code == codes::UNKNOWN_TABLE => {
                let named = kql::write_expr(expr);
                if names.row.iter().any(|column| column.name == named) {
                    let message = format!("{what} must be a constant, and `{named}` is a column");
                    return fault(codes::ARGUMENT_VALUE, message, expr.span);
                }
                return Err(Stop::Fault(found));
            }
            other => other?,
        };
        match value.as_long().map(usize::try_from) {
            Some(Ok(count)) => Ok(count),
            // `take toscalar(...)` of a query that is only checked.
            None if self.only_checked.get() && value.as_constant().is_some_and(ScalarValue::is_null) => Ok(0),
            _ => fault(codes::ARGUMENT_VALUE, format!("{what} must be a whole number from 0"), expr.span),
        }
    }
}

/// The pattern, such as the `*` of `* has "x"`, on the left of an operator.
fn pattern_of(left: &Expr) -> Option<&kql::ast::Name> {
    match &left.kind {
        ExprKind::Wildcard(pattern) => Some(pattern),
        ExprKind::Paren(inner) => pattern_of(inner),
        _ => None,
    }
}

fn table_as_value<T>(span: Span) -> Result<T> {
    use diag::Diagnostic;
    Err(Diagnostic::error(codes::KIND, "a value is wanted here, and this is a table", span)
        .with_help("`toscalar(...)` takes the first value of a table; `in (...)` looks a value up in one")
        .into())
}

/// True if the expression refers to no column, holds no sub-query and gives the same answer each time.
fn is_foldable(expr: &PlanExpr) -> bool {
    let varies = expr.exists(|node| {
        Ok(match node {
            PlanExpr::Column(_)
            | PlanExpr::OuterReferenceColumn(..)
            | PlanExpr::AggregateFunction(_)
            | PlanExpr::WindowFunction(_) => true,
            PlanExpr::ScalarFunction(function) => {
                function.func.signature().volatility == datafusion::logical_expr::Volatility::Volatile
            }
            _ => false,
        })
    });
    matches!(varies, Ok(false))
}
