//! A table expression that has been planned: a DataFusion plan and the Kusto columns it yields.

use std::{collections::HashMap, sync::Arc};

use datafusion::{
    common::{
        Column as PlanColumn,
        tree_node::{Transformed, TreeNode},
    },
    error::Result as PlanResult,
    logical_expr::{Expr, Filter, LogicalPlan, LogicalPlanBuilder, Projection, Sort, SortExpr},
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

/// A planned table. Invariant: the plan's fields are unqualified; first come exactly the names of `columns`, in order, then
/// exactly those of `hidden`.
#[derive(Debug, Clone)]
pub(crate) struct Relation {
    pub(crate) plan: Arc<LogicalPlan>,
    pub(crate) columns: Vec<Column>,
    pub(crate) visualization: Option<Visualization>,
    /// What the rows are sorted by; empty where they have no order ("are not serialized"). An operator that depends on the
    /// order asks for it again by these keys: what lies between may have run in parallel.
    pub(crate) order: Vec<SortExpr>,
    /// What the table is called as a whole, by itself or by `as`; for `union withsource=` and its like.
    pub(crate) name: Option<Arc<str>>,
    /// Its columns depend on data there is none of: what follows may name columns that are not in `columns`, which are null.
    pub(crate) open: bool,
    /// The other tables of a `fork` or `facet`.
    pub(crate) more: Vec<Self>,
    /// Columns that no query sees: keys of `order` that were projected away, and what `within` needs.
    pub(crate) hidden: Vec<String>,
    /// Set inside `partition` and `mv-apply`: each group of rows is a table of its own.
    pub(crate) within: Option<Within>,
}

/// The hidden column that tells when a row came in.
pub(crate) const ARRIVAL: &str = "$arrival";

/// The groups that a sub-query runs on, all at once. Every name is one of [`Relation::hidden`].
#[derive(Debug, Clone)]
pub(crate) struct Within {
    /// Rows that agree in these are one table.
    pub(crate) keys: Vec<String>,
    /// True for a row that is there. A row that `where` dropped stays, so that its table does not vanish: `count` of none is 0.
    pub(crate) live: Option<String>,
    /// Columns that are the same in all rows of a table and are wanted when the sub-query is done.
    pub(crate) carried: Vec<String>,
}

/// A reference to an unqualified column, whatever characters its name has.
pub(crate) fn column(name: &str) -> Expr {
    Expr::Column(PlanColumn::new_unqualified(name))
}

impl Relation {
    pub(crate) fn new(plan: LogicalPlan, columns: Vec<Column>) -> Self {
        let plan = Arc::new(plan);
        let (order, more, hidden) = (Vec::new(), Vec::new(), Vec::new());
        Self { plan, columns, visualization: None, order, name: None, open: false, more, hidden, within: None }
    }

    /// A builder that continues the plan.
    pub(crate) fn builder(&self) -> LogicalPlanBuilder {
        LogicalPlanBuilder::new_from_arc(Arc::clone(&self.plan))
    }

    /// The column of that name.
    pub(crate) fn find(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// When a row came in: what the table brings along, else the row's own time, else null.
    pub(crate) fn arrival(&self) -> Typed {
        if self.hidden.iter().any(|name| name == ARRIVAL) {
            return Typed::new(column(ARRIVAL), Type::Datetime);
        }
        let time = |name: &&str| self.find(name).filter(|found| found.ty == Type::Datetime);
        let own = crate::source::TIMES.iter().find_map(time);
        own.map_or_else(|| Typed::constant(functions::null_of(Type::Datetime), Type::Datetime), typed)
    }

    /// The same rows, whose last column, called [`ARRIVAL`], is hidden.
    pub(crate) fn with_arrival(mut self) -> Self {
        if self.columns.last().is_some_and(|last| last.name == ARRIVAL) {
            self.columns.pop();
            self.hidden.insert(0, ARRIVAL.to_owned());
        }
        self
    }

    /// Every column as an expression under its name.
    pub(crate) fn all(&self) -> Vec<(String, Typed)> {
        self.columns.iter().map(|column| (column.name.clone(), typed(column))).collect()
    }

    /// The same rows with exactly these columns. Names that repeat get Kusto's number suffix. The order is forgotten where
    /// the columns it goes by are.
    pub(crate) fn project(&self, columns: Vec<(String, Typed)>, span: Span) -> Result<Self> {
        let (exprs, kept) = renamed(columns);
        let order = if still_there(&self.order, &exprs) { self.order.clone() } else { Vec::new() };
        let plan = projection(&self.plan, exprs).at(span)?;
        let visualization = self.visualization.clone();
        Ok(Self { visualization, order, open: self.open, ..Self::new(plan, kept) })
    }

    /// The same rows with these columns, in the same order and groups: what those go by stays, hidden where it must.
    pub(crate) fn reshape(&self, columns: Vec<(String, Typed)>, span: Span) -> Result<Self> {
        let (mut exprs, kept) = renamed(columns);
        let mut hidden = Vec::new();
        if self.hidden.iter().any(|name| name == ARRIVAL) {
            hidden.push(ARRIVAL.to_owned());
            exprs.push(column(ARRIVAL));
        }
        if let Some(within) = &self.within {
            hidden.extend(within.names().cloned());
            exprs.extend(hidden.iter().map(|name| column(name)));
        }
        let mut moved: HashMap<PlanColumn, PlanColumn> = HashMap::new();
        for wanted in self.order.iter().flat_map(|key| key.expr.column_refs()) {
            if moved.contains_key(wanted) {
                continue;
            }
            let shown = exprs.iter().find_map(|expr| match expr {
                Expr::Column(same) if same == wanted => Some(same.name.clone()),
                Expr::Alias(alias) if matches!(alias.expr.as_ref(), Expr::Column(same) if same == wanted) => {
                    Some(alias.name.clone())
                }
                _ => None,
            });
            let name = shown.unwrap_or_else(|| {
                let name = free_name("$order", |name| exprs.iter().any(|expr| expr.schema_name().to_string() == name));
                exprs.push(Expr::Column(wanted.clone()).alias(&name));
                hidden.push(name.clone());
                name
            });
            moved.insert(wanted.clone(), PlanColumn::new_unqualified(name));
        }
        let order = self.order.iter().map(|key| with_columns(key, &moved)).collect::<PlanResult<_>>().at(span)?;
        let plan = projection(&self.plan, exprs).at(span)?;
        let (visualization, within) = (self.visualization.clone(), self.within.clone());
        Ok(Self { visualization, order, open: self.open, hidden, within, ..Self::new(plan, kept) })
    }

    /// The rows and columns a query sees, and in their order: nothing is hidden any more.
    pub(crate) fn finished(self, span: Span) -> Result<Self> {
        let name = self.name.clone();
        let sorted = if self.order.is_empty() || is_sorted_last(&self.plan) {
            self
        } else {
            let visualization = self.visualization.clone();
            Self { visualization, ..self.sorted(None) }
        };
        let shown = if sorted.hidden.is_empty() { sorted } else { sorted.project(sorted.all(), span)? };
        Ok(Self { name, ..shown })
    }

    /// The same rows sorted by the order of the relation, or the first `count` of them.
    ///
    /// The node is made here, as a plan builder takes a key's column for one of the input of a projection below it: after
    /// `project a = b, b = a` it would sort by the other column.
    pub(crate) fn sorted(&self, count: Option<usize>) -> Self {
        self.with_plan(LogicalPlan::Sort(Sort { expr: self.order.clone(), input: Arc::clone(&self.plan), fetch: count }))
    }

    /// A name for a hidden column, such as `$place`, that the plan does not have.
    pub(crate) fn free_name(&self, base: &str) -> String {
        free_name(base, |name| self.plan.schema().fields().iter().any(|field| field.name() == name))
    }

    /// The same rows and one more hidden column.
    pub(crate) fn hide(&self, name: &str, value: Expr, span: Span) -> Result<Self> {
        self.hide_all(vec![(name.to_owned(), value)], span)
    }

    /// The same rows and more hidden columns.
    pub(crate) fn hide_all(&self, columns: Vec<(String, Expr)>, span: Span) -> Result<Self> {
        let mut exprs: Vec<Expr> = self.plan.schema().fields().iter().map(|field| column(field.name())).collect();
        let mut hidden = self.hidden.clone();
        for (name, value) in columns {
            exprs.push(value.alias(&name));
            hidden.push(name);
        }
        let plan = projection(&self.plan, exprs).at(span)?;
        Ok(Self { hidden, ..self.with_plan(plan) })
    }

    /// The same columns in the same order of rows, another plan.
    pub(crate) fn with_plan(&self, plan: LogicalPlan) -> Self {
        let (order, hidden, within) = (self.order.clone(), self.hidden.clone(), self.within.clone());
        Self { order, open: self.open, hidden, within, ..Self::new(plan, self.columns.clone()) }
    }

    /// The same rows, which are sorted by `order`.
    pub(crate) fn ordered(self, order: Vec<SortExpr>) -> Self {
        Self { order, ..self }
    }

    /// The same rows under a name.
    pub(crate) fn named(self, name: &str) -> Self {
        Self { name: Some(name.into()), ..self }
    }

    /// The same rows with another value in a hidden column.
    pub(crate) fn replace_hidden(&self, name: &str, value: Expr, span: Span) -> Result<Self> {
        let fields = self.plan.schema().fields().iter().map(|field| match field.name() {
            found if found == name => value.clone().alias(name),
            found => column(found),
        });
        let fields: Vec<Expr> = fields.collect();
        Ok(self.with_plan(projection(&self.plan, fields).at(span)?))
    }

    /// The same rows with fewer hidden columns.
    pub(crate) fn hiding_only(&self, names: Vec<String>, span: Span) -> Result<Self> {
        let shown = self.columns.iter().map(|found| column(&found.name));
        let fields: Vec<Expr> = shown.chain(names.iter().map(|name| column(name))).collect();
        let plan = projection(&self.plan, fields).at(span)?;
        Ok(Self { hidden: names, ..self.with_plan(plan) })
    }

    /// The rows for which `predicate` is true; inside groups whose tables must not vanish, the others stay as rows that are
    /// not there.
    pub(crate) fn keep(&self, predicate: Expr, span: Span) -> Result<Self> {
        let Some(live) = self.within.as_ref().and_then(|within| within.live.clone()) else {
            return self.filter(predicate, span);
        };
        self.replace_hidden(&live, column(&live).and(predicate), span)
    }

    /// The rows for which `predicate` is true.
    pub(crate) fn filter(&self, predicate: Expr, span: Span) -> Result<Self> {
        Ok(self.with_plan(filter(&self.plan, predicate).at(span)?))
    }
}

impl Within {
    /// Every column that must stay.
    pub(crate) fn names(&self) -> impl Iterator<Item = &String> {
        self.keys.iter().chain(&self.live).chain(&self.carried)
    }
}

/// Columns under unique names.
fn renamed(columns: Vec<(String, Typed)>) -> (Vec<Expr>, Vec<Column>) {
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
    (exprs, kept)
}

/// A projection. A builder looks through the whole plan below for every name of a column, to find the table it is of: planning would
/// take time cubic in the number of steps. Names without tables are what they are.
fn projection(plan: &Arc<LogicalPlan>, exprs: Vec<Expr>) -> PlanResult<LogicalPlan> {
    if is_unqualified(plan) {
        return Projection::try_new(exprs, Arc::clone(plan)).map(LogicalPlan::Projection);
    }
    LogicalPlanBuilder::new_from_arc(Arc::clone(plan)).project(exprs).and_then(LogicalPlanBuilder::build)
}

/// A filter, made in the same way.
fn filter(plan: &Arc<LogicalPlan>, predicate: Expr) -> PlanResult<LogicalPlan> {
    if is_unqualified(plan) {
        return Filter::try_new(predicate, Arc::clone(plan)).map(LogicalPlan::Filter);
    }
    LogicalPlanBuilder::new_from_arc(Arc::clone(plan)).filter(predicate).and_then(LogicalPlanBuilder::build)
}

fn is_unqualified(plan: &LogicalPlan) -> bool {
    plan.schema().iter().all(|(table, _)| table.is_none())
}

fn free_name(base: &str, taken: impl Fn(&str) -> bool) -> String {
    let mut name = base.to_owned();
    let mut number = 0_usize;
    while taken(&name) {
        number += 1;
        name = format!("{base}{number}");
    }
    name
}

/// A sort key over columns that have new names.
fn with_columns(key: &SortExpr, moved: &HashMap<PlanColumn, PlanColumn>) -> PlanResult<SortExpr> {
    let expr = key.expr.clone().transform(|node| match &node {
        Expr::Column(old) => match moved.get(old) {
            Some(new) => Ok(Transformed::yes(Expr::Column(new.clone()))),
            None => Ok(Transformed::no(node)),
        },
        _ => Ok(Transformed::no(node)),
    })?;
    Ok(SortExpr { expr: expr.data, ..key.clone() })
}

/// True if the plan ends in a sort: nothing came after it that could run in parallel.
fn is_sorted_last(plan: &LogicalPlan) -> bool {
    match plan {
        LogicalPlan::Sort(_) => true,
        LogicalPlan::Limit(limit) => is_sorted_last(&limit.input),
        _ => false,
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
