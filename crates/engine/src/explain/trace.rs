//! Notes what the planner binds, as a tree of [`Step`]s. A planner without a trace notes nothing.

use std::cell::RefCell;

use datafusion::logical_expr::{Expr, SortExpr};

use super::{Rows, Step, StepKind, Yield};
use crate::{
    error::Result,
    plan::{Planner, Value},
    relation::Relation,
    scope::Binding,
};

/// The steps of each part that is being planned, outermost first.
#[derive(Debug)]
pub(crate) struct Trace {
    open: RefCell<Vec<Vec<Step>>>,
}

impl Default for Trace {
    fn default() -> Self {
        Self { open: RefCell::new(vec![Vec::new()]) }
    }
}

impl Trace {
    /// What was noted of the whole query.
    pub(crate) fn into_steps(self) -> Vec<Step> {
        self.open.into_inner().into_iter().next().unwrap_or_default()
    }

    fn begin(&self) {
        self.open.borrow_mut().push(Vec::new());
    }

    fn end(&self) -> Vec<Step> {
        self.open.borrow_mut().pop().unwrap_or_default()
    }

    fn add(&self, step: Step) {
        if let Some(steps) = self.open.borrow_mut().last_mut() {
            steps.push(step);
        }
    }
}

/// What planning gives and a step can show.
pub(crate) trait Shown {
    fn shown(&self) -> Yield;
}

impl Shown for Relation {
    fn shown(&self) -> Yield {
        Yield::Rows(rows(self))
    }
}

impl Shown for Value {
    fn shown(&self) -> Yield {
        match self {
            Self::Scalar(value) => Yield::Value(value.ty),
            Self::Table(relation) => relation.shown(),
        }
    }
}

impl Shown for Binding {
    fn shown(&self) -> Yield {
        match self {
            Self::Scalar(value) => Yield::Value(value.ty),
            Self::Table(relation) => relation.shown(),
            Self::Function(..) => Yield::Function,
        }
    }
}

/// A relation as its columns and order.
pub(crate) fn rows(relation: &Relation) -> Rows {
    Rows { columns: relation.columns.clone(), order: relation.order.iter().map(key).collect() }
}

impl Planner<'_> {
    /// Plans a part of the query and notes it, with what is planned on the way inside it. The text is made only where
    /// somebody wants it.
    pub(crate) fn noted<T: Shown>(
        &self,
        kind: StepKind,
        text: impl FnOnce() -> String,
        input: Option<Rows>,
        plan: impl FnOnce() -> Result<T>,
    ) -> Result<T> {
        let Some(trace) = self.trace else { return plan() };
        trace.begin();
        let outcome = plan();
        // Also of what failed: some faults end in another plan (`union isfuzzy`), and not in an error.
        let inside = trace.end();
        if let Ok(result) = &outcome {
            trace.add(Step { kind, text: text(), input, result: result.shown(), inside });
        }
        outcome
    }

    /// As [`Planner::noted`], of a call: one that gives a value is part of an expression, and only what is saved is shown.
    pub(crate) fn noted_call(&self, kind: StepKind, name: &str, plan: impl FnOnce() -> Result<Value>) -> Result<Value> {
        let Some(trace) = self.trace else { return plan() };
        trace.begin();
        let outcome = plan();
        let inside = trace.end();
        if let Ok(value) = &outcome
            && (kind == StepKind::SavedFunction || matches!(value, Value::Table(_)))
        {
            trace.add(Step { kind, text: format!("{name}()"), input: None, result: value.shown(), inside });
        }
        outcome
    }
}

/// A sort key in the query language's words.
fn key(key: &SortExpr) -> String {
    let by = match &key.expr {
        Expr::Column(column) if column.name.starts_with("$order") => "a column that was projected away".to_owned(),
        Expr::Column(column) => column.name.clone(),
        other => other.human_display().to_string(),
    };
    let nulls = match (key.asc, key.nulls_first) {
        (true, false) => " nulls last",
        (false, true) => " nulls first",
        _ => "",
    };
    format!("{by} {}{nulls}", if key.asc { "asc" } else { "desc" })
}
