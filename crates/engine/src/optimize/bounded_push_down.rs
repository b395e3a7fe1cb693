//! DataFusion's rules that move predicates through projections, kept from growing them without bound.
//!
//! A filter that moves below a projection takes the projection's expressions in place of its column names. In a chain such
//! as `| extend a = iff(x has "1", strcat(a, "1"), a) | extend a = iff(x has "2", strcat(a, "2"), a) ...` each step doubles
//! the predicate, and published queries have twenty such steps: planning would end with the memory. Where a predicate
//! would grow, and past [`MOST_NODES`], the filter stays above the projection, which also computes each step once.
//!
//! And a filter stays above an aggregate without keys, which gives a row whatever it reads: DataFusion 55 moves a predicate below
//! it that has become a constant on its way.

use std::{collections::HashMap, sync::Arc};

use datafusion::{
    common::{
        Column, Result,
        tree_node::{Transformed, TreeNode, TreeNodeRecursion},
    },
    logical_expr::{Expr, LogicalPlan, Projection},
    optimizer::{ApplyOrder, OptimizerConfig, OptimizerRule},
};

/// How many nodes a predicate may grow to: no person writes more about a computed column, and DataFusion's search for common
/// parts of an expression takes time quadratic in them.
const MOST_NODES: usize = 256;

/// How far down a rule of DataFusion takes a predicate at once.
#[derive(Debug, Clone, Copy)]
enum Reach {
    /// Below the projection the filter stands on.
    One,
    /// Below every projection of a chain.
    Chain,
}

/// A rule of DataFusion, run where it is bounded.
#[derive(Debug)]
pub(super) struct Bounded {
    rule: Arc<dyn OptimizerRule + Send + Sync>,
    reach: Reach,
}

impl Bounded {
    /// `rule`, bounded if it is one that moves predicates.
    pub(super) fn of(rule: Arc<dyn OptimizerRule + Send + Sync>) -> Arc<dyn OptimizerRule + Send + Sync> {
        match rule.name() {
            "push_down_filter" => Arc::new(Self { rule, reach: Reach::One }),
            "eliminate_outer_join" => Arc::new(Self { rule, reach: Reach::Chain }),
            _ => rule,
        }
    }
}

impl OptimizerRule for Bounded {
    fn name(&self) -> &str {
        self.rule.name()
    }

    fn apply_order(&self) -> Option<ApplyOrder> {
        self.rule.apply_order()
    }

    fn supports_rewrite(&self) -> bool {
        true
    }

    fn rewrite(&self, plan: LogicalPlan, config: &dyn OptimizerConfig) -> Result<Transformed<LogicalPlan>> {
        if filters_the_only_row(&plan) || grows_too_large(&plan, self.reach)? {
            Ok(Transformed::no(plan))
        } else {
            self.rule.rewrite(plan, config)
        }
    }
}

/// Whether the plan is a filter of an aggregate without keys.
fn filters_the_only_row(plan: &LogicalPlan) -> bool {
    let LogicalPlan::Filter(filter) = plan else { return false };
    matches!(filter.input.as_ref(), LogicalPlan::Aggregate(aggregate) if aggregate.group_expr.is_empty())
}

/// Whether the plan is a filter that would grow past the limit on its way down.
fn grows_too_large(plan: &LogicalPlan, reach: Reach) -> Result<bool> {
    let LogicalPlan::Filter(filter) = plan else { return Ok(false) };
    let mut chain: Vec<&Projection> = Vec::new();
    let mut next = filter.input.as_ref();
    while let LogicalPlan::Projection(projection) = next {
        chain.push(projection);
        match reach {
            Reach::One => break,
            Reach::Chain => next = projection.input.as_ref(),
        }
    }
    let mut sizes: HashMap<Column, usize> = HashMap::new();
    for projection in chain.into_iter().rev() {
        let mut above = HashMap::with_capacity(projection.expr.len());
        for (expr, (qualifier, field)) in projection.expr.iter().zip(projection.schema.iter()) {
            above.insert(Column::from((qualifier, field)), nodes(expr, &sizes)?);
        }
        sizes = above;
    }
    let moved = nodes(&filter.predicate, &sizes)?;
    Ok(moved > MOST_NODES && moved > nodes(&filter.predicate, &HashMap::new())?)
}

/// How many nodes, constants apart, an expression has once each column is replaced by an expression of the size in `sizes`.
fn nodes(expr: &Expr, sizes: &HashMap<Column, usize>) -> Result<usize> {
    let mut found = 0_usize;
    expr.apply(|node| {
        found = found.saturating_add(match node {
            Expr::Column(column) => sizes.get(column).copied().unwrap_or(1),
            Expr::Literal(..) => 0,
            _ => 1,
        });
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(found)
}
