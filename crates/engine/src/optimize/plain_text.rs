//! Compares a stored text as it is, where no missing text can be meant.
//!
//! A nullable text column is read as `text(column)`, which has `""` for null. Storage knows nothing of `text`, so that
//! `text(Sender) = "a@b"` reads every row; `Sender = "a@b"` keeps the same rows, for null is not `"a@b"` either way, and skips
//! files, row groups and pages by their statistics and Bloom filters. True only where a row is kept if the condition is
//! true and left out otherwise: at the top of a filter, under `AND` and `OR`, never under `NOT`.

use std::any::Any;

use datafusion::{
    common::{Result, tree_node::Transformed},
    logical_expr::{BinaryExpr, Expr, Filter, LogicalPlan, Operator, TableScan, expr::InList},
    optimizer::{ApplyOrder, OptimizerConfig, OptimizerRule},
};

use crate::kernel::Text;

/// The rule.
#[derive(Debug)]
pub(super) struct PlainText;

impl OptimizerRule for PlainText {
    fn name(&self) -> &'static str {
        "plain_text"
    }

    fn apply_order(&self) -> Option<ApplyOrder> {
        Some(ApplyOrder::TopDown)
    }

    fn rewrite(&self, plan: LogicalPlan, _config: &dyn OptimizerConfig) -> Result<Transformed<LogicalPlan>> {
        match plan {
            LogicalPlan::Filter(filter) => match plain(&filter.predicate) {
                Some(predicate) => Ok(Transformed::yes(LogicalPlan::Filter(Filter::try_new(predicate, filter.input)?))),
                None => Ok(Transformed::no(LogicalPlan::Filter(filter))),
            },
            LogicalPlan::TableScan(scan) => {
                let filters: Vec<Option<Expr>> = scan.filters.iter().map(plain).collect();
                if filters.iter().all(Option::is_none) {
                    return Ok(Transformed::no(LogicalPlan::TableScan(scan)));
                }
                let filters = filters.into_iter().zip(&scan.filters).map(|(new, old)| new.unwrap_or_else(|| old.clone()));
                let filters = filters.collect();
                Ok(Transformed::yes(LogicalPlan::TableScan(TableScan { filters, ..scan })))
            }
            other => Ok(Transformed::no(other)),
        }
    }
}

/// A condition without `text` where it says nothing; `None` if nothing changes.
fn plain(condition: &Expr) -> Option<Expr> {
    match condition {
        Expr::BinaryExpr(BinaryExpr { left, op: op @ (Operator::And | Operator::Or), right }) => {
            let (new_left, new_right) = (plain(left), plain(right));
            if new_left.is_none() && new_right.is_none() {
                return None;
            }
            let left = new_left.unwrap_or_else(|| left.as_ref().clone());
            let right = new_right.unwrap_or_else(|| right.as_ref().clone());
            Some(Expr::BinaryExpr(BinaryExpr::new(Box::new(left), *op, Box::new(right))))
        }
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::Eq, right }) if says_something(right) => {
            Some(stored(left)?.clone().eq(right.as_ref().clone()))
        }
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::Eq, right }) if says_something(left) => {
            Some(left.as_ref().clone().eq(stored(right)?.clone()))
        }
        Expr::InList(InList { expr, list, negated: false }) if list.iter().all(says_something) => {
            Some(stored(expr)?.clone().in_list(list.clone(), false))
        }
        _ => None,
    }
}

/// What `text` is applied to, if the expression is that.
fn stored(expr: &Expr) -> Option<&Expr> {
    match expr {
        Expr::ScalarFunction(call) if (call.func.inner().as_ref() as &dyn Any).is::<Text>() => {
            call.args.first().filter(|argument| matches!(argument, Expr::Column(_)))
        }
        _ => None,
    }
}

/// A constant text that is not empty.
fn says_something(expr: &Expr) -> bool {
    matches!(expr, Expr::Literal(value, _) if value.try_as_str().flatten().is_some_and(|text| !text.is_empty()))
}

#[cfg(test)]
mod tests {
    use datafusion::{
        common::ScalarValue,
        logical_expr::{Expr, col, lit, not},
    };

    use super::plain;
    use crate::kernel::text;

    fn literal(value: &str) -> Expr {
        lit(ScalarValue::Utf8View(Some(value.to_owned())))
    }

    #[test]
    fn equality_with_a_text_is_one_of_the_stored_column() {
        let read = || text(col("Sender")).expr;
        assert_eq!(plain(&read().eq(literal("a"))), Some(col("Sender").eq(literal("a"))));
        let either = read().eq(literal("a")).or(col("x").gt(lit(1)));
        assert_eq!(plain(&either), Some(col("Sender").eq(literal("a")).or(col("x").gt(lit(1)))));
        let listed = read().in_list(vec![literal("a"), literal("b")], false);
        assert_eq!(plain(&listed), Some(col("Sender").in_list(vec![literal("a"), literal("b")], false)));
    }

    #[test]
    fn where_a_missing_text_counts_nothing_changes() {
        let read = || text(col("Sender")).expr;
        assert_eq!(plain(&read().eq(literal(""))), None);
        assert_eq!(plain(&not(read().eq(literal("a")))), None);
        assert_eq!(plain(&read().not_eq(literal("a"))), None);
        assert_eq!(plain(&read().in_list(vec![literal("a"), literal("")], false)), None);
        assert_eq!(plain(&read().in_list(vec![literal("a")], true)), None);
    }
}
