//! Compares stored values as they are, so that storage can skip files, row groups and pages by what it knows of them.
//!
//! A nullable text column is read as `text(column)`, which has `""` for null, and a stored timestamp as `ticks(column)`. Storage
//! knows nothing of either, so that `text(Sender) = "a@b"` reads every row; `Sender = "a@b"` keeps the same rows, for null is
//! not `"a@b"` either way. True only where a row is kept if the condition is true and left out otherwise: at the top of a
//! filter, under `AND` and `OR`, never under `NOT`.
//!
//! DataFusion would do it for timestamps by their preimage, had a second comparison of the same column not been made a
//! common subexpression first.

use std::any::Any;

use datafusion::{
    common::{Result, ScalarValue, tree_node::Transformed},
    logical_expr::{BinaryExpr, Case, Expr, Filter, LogicalPlan, Operator, TableScan, expr::InList, lit},
    optimizer::{ApplyOrder, OptimizerConfig, OptimizerRule},
};

use crate::kernel::{Text, Ticks};

/// The rule.
#[derive(Debug)]
pub(super) struct AsStored;

impl OptimizerRule for AsStored {
    fn name(&self) -> &'static str {
        "as_stored"
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
        Expr::BinaryExpr(BinaryExpr { left, op, right }) => match (left.as_ref(), right.as_ref()) {
            (time, Expr::Literal(value, _)) => moment(time, *op, value),
            (Expr::Literal(value, _), time) => moment(time, op.swap()?, value),
            _ => None,
        },
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

/// A comparison of a stored timestamp with ticks as one with what is stored: a whole number of its units.
fn moment(time: &Expr, operator: Operator, ticks: &ScalarValue) -> Option<Expr> {
    if let Expr::Case(Case { expr: None, when_then_expr, else_expr: Some(other) }) = time
        && let [(present, first)] = when_then_expr.as_slice()
    {
        // When a row came in: what is stored of it, else the row's own time.
        let missing = match present.as_ref() {
            Expr::IsNotNull(tested) if tested == first => stored_time(first)?.0.clone().is_null(),
            _ => return None,
        };
        return Some(moment(first, operator, ticks)?.or(missing.and(moment(other, operator, ticks)?)));
    }
    let ScalarValue::Int64(Some(ticks)) = ticks else { return None };
    let (column, function) = stored_time(time)?;
    let (at_or_before, at_or_after) = function.neighbours(*ticks)?;
    let exact = at_or_before == at_or_after;
    let (operator, bound) = match operator {
        Operator::Eq if exact => (Operator::Eq, at_or_after),
        Operator::Lt | Operator::GtEq => (operator, at_or_after),
        Operator::LtEq | Operator::Gt => (operator, at_or_before),
        _ => return None,
    };
    Some(Expr::BinaryExpr(BinaryExpr::new(Box::new(column.clone()), operator, Box::new(lit(bound)))))
}

/// The column of a stored time that is read as ticks, and how it is read.
fn stored_time(time: &Expr) -> Option<(&Expr, &Ticks)> {
    let Expr::ScalarFunction(call) = time else { return None };
    let function = (call.func.inner().as_ref() as &dyn Any).downcast_ref::<Ticks>()?;
    let column = call.args.first().filter(|argument| matches!(argument, Expr::Column(_)))?;
    Some((column, function))
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

    use datafusion::arrow::datatypes::{DataType, TimeUnit};
    use schema::text::datetime;

    use super::plain;
    use crate::kernel::{text, ticks};

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
    fn moments_are_compared_in_the_stored_unit() {
        let stored = |micros| lit(ScalarValue::TimestampMicrosecond(Some(micros), None));
        let read = || ticks(col("Timestamp"), &DataType::Timestamp(TimeUnit::Microsecond, None)).expr;
        let noon = datetime::from_unix_micros(1_000).unwrap_or_default();
        let both = read().gt_eq(lit(noon)).and(read().lt(lit(noon + 10)));
        assert_eq!(plain(&both), Some(col("Timestamp").gt_eq(stored(1_000)).and(col("Timestamp").lt(stored(1_001)))));
        assert_eq!(plain(&lit(noon).lt(read())), Some(col("Timestamp").gt(stored(1_000))));
        assert_eq!(plain(&read().eq(lit(noon))), Some(col("Timestamp").eq(stored(1_000))));
        // Between two microseconds.
        assert_eq!(plain(&read().gt(lit(noon + 1))), Some(col("Timestamp").gt(stored(1_000))));
        assert_eq!(plain(&read().gt_eq(lit(noon + 1))), Some(col("Timestamp").gt_eq(stored(1_001))));
        assert_eq!(plain(&read().lt(lit(noon + 1))), Some(col("Timestamp").lt(stored(1_001))));
        assert_eq!(plain(&read().lt_eq(lit(noon + 1))), Some(col("Timestamp").lt_eq(stored(1_000))));
        assert_eq!(plain(&read().eq(lit(noon + 1))), None);
        assert_eq!(plain(&read().not_eq(lit(noon))), None);
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
