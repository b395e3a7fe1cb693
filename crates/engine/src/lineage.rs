//! What a plan tells of its rows: whether each comes from one stored row, and by which columns they are known.
//!
//! A watch asks both. A rule whose rows come from single stored rows need not look at a window again when rows arrive: it sees those
//! and no others. A rule that counts finds the same groups again in the next window, with other counts.

use datafusion::{
    common::{
        Column as PlanColumn, JoinType,
        tree_node::{TreeNode as _, TreeNodeRecursion},
    },
    logical_expr::{Expr, LogicalPlan},
};

/// How the rows of a plan follow from those of the stored tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Feed {
    /// Not at all: they are the same whatever is stored.
    Still,
    /// Each from one stored row: more stored rows add theirs and change none.
    ByRow,
}

/// Whether each row of a plan comes from one row of a stored table. `stored` tells of which tables.
pub(crate) fn is_by_row(plan: &LogicalPlan, stored: &dyn Fn(&str) -> bool) -> bool {
    feed(plan, stored) == Some(Feed::ByRow)
}

/// `None` where rows follow from several stored rows at once.
fn feed(plan: &LogicalPlan, stored: &dyn Fn(&str) -> bool) -> Option<Feed> {
    if plan.expressions().iter().any(asks_elsewhere) {
        return None;
    }
    match plan {
        LogicalPlan::TableScan(scan) if stored(scan.table_name.table()) => Some(Feed::ByRow),
        LogicalPlan::Projection(_) | LogicalPlan::Filter(_) | LogicalPlan::SubqueryAlias(_) | LogicalPlan::Unnest(_) => {
            plan.inputs().first().and_then(|input| feed(input, stored))
        }
        // Order says nothing about which rows there are, a limit does.
        LogicalPlan::Sort(sort) if sort.fetch.is_none() => feed(&sort.input, stored),
        LogicalPlan::Union(union) => union.inputs.iter().try_fold(Feed::Still, |sum, input| match feed(input, stored)? {
            Feed::Still => Some(sum),
            Feed::ByRow => Some(Feed::ByRow),
        }),
        LogicalPlan::Join(join) => match (feed(&join.left, stored)?, feed(&join.right, stored)?) {
            (Feed::Still, Feed::Still) => Some(Feed::Still),
            (Feed::ByRow, Feed::Still) => {
                matches!(join.join_type, JoinType::Inner | JoinType::Left | JoinType::LeftSemi | JoinType::LeftAnti)
                    .then_some(Feed::ByRow)
            }
            (Feed::Still, Feed::ByRow) => {
                matches!(join.join_type, JoinType::Inner | JoinType::Right | JoinType::RightSemi | JoinType::RightAnti)
                    .then_some(Feed::ByRow)
            }
            (Feed::ByRow, Feed::ByRow) => None,
        },
        _ => plan.inputs().iter().all(|input| feed(input, stored) == Some(Feed::Still)).then_some(Feed::Still),
    }
}

/// Whether an expression holds a query of its own.
fn asks_elsewhere(expr: &Expr) -> bool {
    expr.exists(|inner| {
        Ok(matches!(inner, Expr::ScalarSubquery(_) | Expr::InSubquery(_) | Expr::Exists(_) | Expr::SetComparison(_)))
    })
    .unwrap_or(true)
}

/// Whether a plan reads any table that is stored.
pub(crate) fn reads_stored(plan: &LogicalPlan, stored: &dyn Fn(&str) -> bool) -> bool {
    let mut found = false;
    let walked = plan.apply_with_subqueries(|node| {
        found |= matches!(node, LogicalPlan::TableScan(scan) if stored(scan.table_name.table()));
        Ok(if found { TreeNodeRecursion::Stop } else { TreeNodeRecursion::Continue })
    });
    found || walked.is_err()
}

/// Of these columns of a plan, those that tell its rows apart because the rows are groups; `None` where they are no groups, or where
/// a column they are grouped by is not among them.
pub(crate) fn grouped_by(plan: &LogicalPlan, columns: &[String]) -> Option<Vec<String>> {
    let mut followed: Vec<(String, PlanColumn)> =
        columns.iter().map(|name| (name.clone(), PlanColumn::new_unqualified(name.clone()))).collect();
    let mut node = plan;
    loop {
        match node {
            LogicalPlan::Projection(projection) => {
                let named = projection.schema.columns();
                let source = |column: &PlanColumn| {
                    let place = named.iter().position(|named| named.name == column.name)?;
                    match projection.expr.get(place)?.clone().unalias_nested().data {
                        Expr::Column(source) => Some(source),
                        _ => None,
                    }
                };
                followed = followed.into_iter().filter_map(|(name, column)| Some((name, source(&column)?))).collect();
                node = &projection.input;
            }
            LogicalPlan::Filter(filter) => node = &filter.input,
            LogicalPlan::Sort(sort) => node = &sort.input,
            LogicalPlan::Limit(limit) => node = &limit.input,
            LogicalPlan::SubqueryAlias(alias) => node = &alias.input,
            LogicalPlan::Aggregate(aggregate) => {
                let keys: Vec<PlanColumn> = aggregate.schema.columns().into_iter().take(aggregate.group_expr.len()).collect();
                let found: Vec<String> = followed
                    .iter()
                    .filter(|(_, column)| keys.iter().any(|key| key.name == column.name))
                    .map(|(name, _)| name.clone())
                    .collect();
                let whole = keys.iter().all(|key| followed.iter().any(|(_, column)| column.name == key.name));
                return whole.then_some(found);
            }
            _ => return None,
        }
    }
}
