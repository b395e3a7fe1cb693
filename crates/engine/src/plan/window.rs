//! Functions of neighbouring rows (`prev`, `row_number`) inside expressions: each call is set aside for a window node, and the
//! expression goes on with its value.
//!
//! They see rows in the order of the relation, which must have one: Kusto's "serialized row set"
//! (<https://learn.microsoft.com/kusto/query/window-functions>). Start with [`Planner::over_rows`].

use std::cell::RefCell;

use datafusion::logical_expr::{Expr as PlanExpr, ExprFunctionExt, LogicalPlanBuilder, SortExpr};
use diag::{Diagnostic, Span};
use functions::{Function, Typed, apply_window};

use super::{Names, Planner};
use crate::{
    error::{At, Result, codes},
    relation::{Relation, column},
    scope::Scope,
};

/// The name of the columns that hold the functions' values inside the plan.
const WINDOW: &str = "$window";
/// The name of the column that numbers rows in their order.
const PLACE: &str = "$place";

/// The calls of one operator.
#[derive(Debug)]
pub(crate) struct Windows {
    /// Whether the rows have an order.
    serialized: bool,
    /// The calls, each with the number of calls it has inside itself at most: those come first.
    planned: RefCell<Vec<(usize, PlanExpr)>>,
}

impl Windows {
    fn add(&self, function: PlanExpr) -> PlanExpr {
        let mut planned = self.planned.borrow_mut();
        // The same call twice is one: `prev(x) != x` often stands in several columns.
        if let Some(number) = planned.iter().position(|(_, known)| *known == function) {
            return column(&format!("{WINDOW}{number}"));
        }
        let inside = function.column_refs().into_iter().filter_map(|known| known.name.strip_prefix(WINDOW)?.parse().ok());
        let depth = inside.filter_map(|number: usize| planned.get(number)).map(|(depth, _)| depth + 1).max().unwrap_or(0);
        let name = format!("{WINDOW}{}", planned.len());
        planned.push((depth, function));
        column(&name)
    }
}

impl Planner<'_> {
    /// Plans expressions over the rows of `input` in which functions of neighbouring rows may stand. What is returned with
    /// them is the relation that has their values in hidden columns; it is `input` itself if there are none.
    pub(crate) fn over_rows<T>(
        &self,
        input: &Relation,
        scope: &Scope,
        span: Span,
        plan: impl FnOnce(Names) -> Result<T>,
    ) -> Result<(Relation, T)> {
        let windows = Windows { serialized: !input.order.is_empty(), planned: RefCell::default() };
        let planned = plan(Names { windows: Some(&windows), ..Names::new(scope, &input.columns) })?;
        let calls = windows.planned.into_inner();
        if calls.is_empty() {
            return Ok((input.clone(), planned));
        }
        let mut relation = input.numbered(span)?;
        for depth in 0..=calls.iter().map(|(depth, _)| *depth).max().unwrap_or(0) {
            let mut layer = Vec::new();
            for (number, (_, call)) in calls.iter().enumerate().filter(|(_, (at, _))| *at == depth) {
                let call = if depth == 0 { call.clone() } else { relation.computing_arguments(call.clone(), span)? };
                layer.push((format!("{WINDOW}{number}"), call));
            }
            relation = relation.with_windows(layer, span)?;
        }
        Ok((relation, planned))
    }

    /// The value of a call, which is set aside.
    pub(crate) fn window(&self, function: &'static Function, args: Vec<Typed>, span: Span, names: Names) -> Result<Typed> {
        let applied = apply_window(function, args, self.env.clock).at(span)?;
        match names.windows {
            Some(windows) if windows.serialized => Ok(Typed::new(windows.add(applied.expr), applied.ty)),
            _ => {
                let message = format!("{}() needs rows in an order", function.name);
                let help = "put `sort by ...` before it, or `serialize` to take the rows as they come";
                Err(Diagnostic::error(codes::SERIALIZED, message, span).with_help(help).into())
            }
        }
    }
}

impl Relation {
    /// The same rows with a number in a hidden column, by which they are ordered: no two rows are equal in it.
    pub(crate) fn numbered(&self, span: Span) -> Result<Self> {
        if let [only] = self.order.as_slice()
            && let PlanExpr::Column(known) = &only.expr
            && known.name.starts_with(PLACE)
        {
            return Ok(self.clone());
        }
        let place = self.free_name(PLACE);
        let numbered = self.with_windows(vec![(place.clone(), row_number())], span)?;
        Ok(numbered.ordered(vec![column(&place).sort(true, true)]))
    }

    /// Puts what a call computes its arguments from into hidden columns of their own.
    ///
    /// DataFusion's elimination of common expressions takes window nodes that follow one another for one, and would compute an
    /// argument that two calls share below the window it is made of.
    fn computing_arguments(&mut self, call: PlanExpr, span: Span) -> Result<PlanExpr> {
        let PlanExpr::WindowFunction(mut function) = call else { return Ok(call) };
        for argument in &mut function.params.args {
            if !matches!(argument, PlanExpr::Column(_) | PlanExpr::Literal(..)) {
                let name = self.free_name("$argument");
                *self = self.hide(&name, argument.clone(), span)?;
                *argument = column(&name);
            }
        }
        Ok(PlanExpr::WindowFunction(function))
    }

    /// The same rows and hidden columns that window functions give, over the order and inside the groups of the relation.
    pub(crate) fn with_windows(&self, calls: Vec<(String, PlanExpr)>, span: Span) -> Result<Self> {
        self.with_windows_by(calls, self.order.clone(), vec![], span)
    }

    /// As [`Relation::with_windows`], over another order and in finer groups.
    pub(crate) fn with_windows_by(
        &self,
        calls: Vec<(String, PlanExpr)>,
        order: Vec<SortExpr>,
        groups: Vec<PlanExpr>,
        span: Span,
    ) -> Result<Self> {
        let groups: Vec<PlanExpr> = self.groups().into_iter().chain(groups).collect();
        let mut exprs = Vec::with_capacity(calls.len());
        let mut names = Vec::with_capacity(calls.len());
        for (name, call) in calls {
            // An empty list is refused.
            let over = match (order.is_empty(), groups.is_empty()) {
                (true, true) => Ok(call),
                (true, false) => call.partition_by(groups.clone()).build(),
                (false, true) => call.order_by(order.clone()).build(),
                (false, false) => call.order_by(order.clone()).partition_by(groups.clone()).build(),
            };
            let over = over.at(span)?;
            exprs.push(over.alias(&name));
            names.push(name);
        }
        let plan = self.builder().window(exprs).and_then(LogicalPlanBuilder::build).at(span)?;
        let mut relation = self.with_plan(plan);
        relation.hidden.extend(names);
        Ok(relation)
    }
}

impl Relation {
    /// What tells the groups apart that a sub-query runs on; nothing elsewhere.
    pub(crate) fn groups(&self) -> Vec<PlanExpr> {
        let within = self.within.iter().flat_map(|within| within.keys.iter().chain(&within.live));
        within.map(|name| column(name)).collect()
    }

    /// The same rows and a hidden column that a whole window function gives, with an order, groups and a frame of its own.
    pub(crate) fn with_window(&self, name: &str, window: PlanExpr, span: Span) -> Result<Self> {
        let plan = self.builder().window(vec![window.alias(name)]).and_then(LogicalPlanBuilder::build).at(span)?;
        let mut relation = self.with_plan(plan);
        relation.hidden.push(name.to_owned());
        Ok(relation)
    }
}

/// The number of a row in its group, from 1.
pub(crate) fn row_number() -> PlanExpr {
    datafusion::functions_window::expr_fn::row_number()
}
