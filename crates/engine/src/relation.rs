//! A table expression that has been planned: a DataFusion plan and the Kusto columns it yields.

use std::sync::Arc;

use datafusion::{
    common::Column as PlanColumn,
    logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, SortExpr},
};
use diag::Span;
use functions::Typed;
use schema::Type;

use crate::{
    error::{At, Result},
    name::unique_names,
    render::Visualization,
};

/// A column of a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Name, unique within its table.
    pub name: String,
    /// Kusto type.
    pub ty: Type,
}

impl Column {
    /// A column.
    #[must_use]
    pub fn new(name: impl Into<String>, ty: Type) -> Self {
        Self { name: name.into(), ty }
    }
}

/// A planned table. Invariant: the plan's fields are unqualified and have exactly the names of `columns`, in order.
#[derive(Debug, Clone)]
pub(crate) struct Relation {
    pub(crate) plan: Arc<LogicalPlan>,
    pub(crate) columns: Vec<Column>,
    pub(crate) visualization: Option<Visualization>,
    /// What the rows are sorted by; empty where they have no order. `make_list` keeps it, though groups are made in parallel.
    pub(crate) order: Vec<SortExpr>,
    /// What the table is called as a whole, by itself or by `as`; for `union withsource=` and its like.
    pub(crate) name: Option<Arc<str>>,
    /// Its columns depend on data there is none of: what follows may name columns that are not in `columns`, which are null.
    pub(crate) open: bool,
    /// The other tables of a `fork` or `facet`.
    pub(crate) more: Vec<Self>,
}

/// A reference to an unqualified column, whatever characters its name has.
pub(crate) fn column(name: &str) -> Expr {
    Expr::Column(PlanColumn::new_unqualified(name))
}

impl Relation {
    pub(crate) fn new(plan: LogicalPlan, columns: Vec<Column>) -> Self {
        Self { plan: Arc::new(plan), columns, visualization: None, order: Vec::new(), name: None, open: false, more: Vec::new() }
    }

    /// A builder that continues the plan.
    pub(crate) fn builder(&self) -> LogicalPlanBuilder {
        LogicalPlanBuilder::new_from_arc(Arc::clone(&self.plan))
    }

    /// The column of that name.
    pub(crate) fn find(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// Every column as an expression under its name.
    pub(crate) fn all(&self) -> Vec<(String, Typed)> {
        self.columns.iter().map(|column| (column.name.clone(), typed(column))).collect()
    }

    /// The same rows with these columns. Names that repeat get Kusto's number suffix.
    pub(crate) fn project(&self, columns: Vec<(String, Typed)>, span: Span) -> Result<Self> {
        let names = unique_names(columns.iter().map(|(name, _)| name.as_str()));
        let mut exprs = Vec::with_capacity(columns.len());
        let mut kept = Vec::with_capacity(columns.len());
        for ((_, value), name) in columns.into_iter().zip(names) {
            kept.push(Column::new(name.clone(), value.ty));
            exprs.push(match &value.expr {
                Expr::Column(known) if known.relation.is_none() && known.name == name => value.expr,
                _ => value.expr.alias(name),
            });
        }
        let order = if still_there(&self.order, &exprs) { self.order.clone() } else { Vec::new() };
        let plan = self.builder().project(exprs).and_then(LogicalPlanBuilder::build).at(span)?;
        let visualization = self.visualization.clone();
        Ok(Self { visualization, order, open: self.open, ..Self::new(plan, kept) })
    }

    /// The same columns in the same order of rows, another plan.
    pub(crate) fn with_plan(&self, plan: LogicalPlan) -> Self {
        Self { order: self.order.clone(), open: self.open, ..Self::new(plan, self.columns.clone()) }
    }

    /// The same rows, which are sorted by `order`.
    pub(crate) fn ordered(self, order: Vec<SortExpr>) -> Self {
        Self { order, ..self }
    }

    /// The same rows under a name.
    pub(crate) fn named(self, name: &str) -> Self {
        Self { name: Some(name.into()), ..self }
    }

    /// The rows for which `predicate` is true.
    pub(crate) fn filter(&self, predicate: Expr, span: Span) -> Result<Self> {
        Ok(self.with_plan(self.builder().filter(predicate).and_then(LogicalPlanBuilder::build).at(span)?))
    }
}

/// True if the columns that rows are sorted by go through a projection unchanged.
fn still_there(order: &[SortExpr], projected: &[Expr]) -> bool {
    order
        .iter()
        .flat_map(|key| key.expr.column_refs())
        .all(|wanted| projected.iter().any(|expr| matches!(expr, Expr::Column(kept) if kept == wanted)))
}

/// A column as a typed expression.
pub(crate) fn typed(found: &Column) -> Typed {
    Typed::new(column(&found.name), found.ty)
}
