//! Aggregates inside expressions: each call is set aside for the aggregate node, and the expression goes on with its value.

use std::cell::RefCell;

use datafusion::logical_expr::Expr as PlanExpr;
use diag::Span;
use functions::{Aggregated, Function, Typed, apply_aggregate};
use kql::ast::Call;
use schema::Type;

use super::{Names, Planner};
use crate::{
    error::{At, Result, codes, fault},
    relation::{Column, column},
    scope::Scope,
};

/// The aggregates of one `summarize` or `make-series`.
#[derive(Debug)]
pub(crate) struct Aggregates<'a> {
    /// The columns that aggregates see; around them only the keys are visible.
    input: &'a [Column],
    planned: RefCell<Vec<PlanExpr>>,
    /// The number of the row in the input's order, if it has one: what lists are built by.
    place: Option<PlanExpr>,
}

impl<'a> Aggregates<'a> {
    pub(crate) const fn over(input: &'a [Column]) -> Self {
        Self { input, planned: RefCell::new(Vec::new()), place: None }
    }

    /// The same over sorted rows, which `place` numbers.
    pub(crate) fn in_order(self, place: Option<PlanExpr>) -> Self {
        Self { place, ..self }
    }

    /// Sets an aggregate aside; its value will be in the column that is returned.
    pub(crate) fn add(&self, aggregate: PlanExpr) -> PlanExpr {
        let aggregate = match &self.place {
            Some(place) => functions::aggregate::make_list::in_order(aggregate, place.clone()),
            None => aggregate,
        };
        let mut planned = self.planned.borrow_mut();
        let name = format!("$aggregate{}", planned.len());
        planned.push(aggregate.alias(&name));
        column(&name)
    }

    /// What was set aside, under the names that [`Aggregates::add`] gave.
    pub(crate) fn into_planned(self) -> Vec<PlanExpr> {
        self.planned.into_inner()
    }

    /// The columns that aggregates see.
    pub(crate) const fn input(&self) -> &'a [Column] {
        self.input
    }
}

impl Planner<'_> {
    /// The value of an aggregate call within an expression.
    pub(crate) fn aggregate(
        &self,
        function: &'static Function,
        call: &Call,
        span: Span,
        scope: &Scope,
        aggregates: &Aggregates,
    ) -> Result<Typed> {
        let (aggregated, ty, values) = self.aggregate_values(function, call, span, scope, aggregates)?;
        let mut outputs = aggregated.outputs(values);
        match outputs.pop() {
            Some((_, value)) if outputs.is_empty() => Ok(Typed::new(value, ty)),
            _ => fault(
                codes::AGGREGATE,
                format!("{}() gives several columns, and cannot stand inside an expression", call.name.text),
                span,
            ),
        }
    }

    /// An aggregate's parts set aside: what finishes it, its type, and the columns that will hold the parts.
    pub(crate) fn aggregate_values(
        &self,
        function: &'static Function,
        call: &Call,
        span: Span,
        scope: &Scope,
        aggregates: &Aggregates,
    ) -> Result<(Aggregated, Type, Vec<PlanExpr>)> {
        let names = Names::new(scope, aggregates.input);
        let args = call.arguments.iter().map(|argument| self.scalar(&argument.value, names)).collect::<Result<Vec<_>>>()?;
        let (mut aggregated, ty) = apply_aggregate(function, args, self.env.clock).at(span)?;
        let values = std::mem::take(&mut aggregated.aggregates).into_iter().map(|part| aggregates.add(part)).collect();
        Ok((aggregated, ty, values))
    }
}
