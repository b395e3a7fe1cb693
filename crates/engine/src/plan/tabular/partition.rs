//! `partition`: a sub-query over the rows of each value of a column.
//!
//! The strategies that Kusto calls `native` and `shuffle` differ in how they run, not in what they give: here both are one plan
//! over groups. `legacy`, which is also meant where none is named, allows more inside (`join`, `union`, `as`, a query with a
//! source of its own), and is limited to 64 values for it: then the values are found first, and each has its own plan.
//! <https://learn.microsoft.com/kusto/query/partition-operator>

use datafusion::{
    common::ScalarValue,
    logical_expr::{Expr as PlanExpr, LogicalPlanBuilder, lit},
};
use diag::{Diagnostic, Span};
use functions::{Typed, null_of};
use kql::ast::{Expr, ExprKind, Operator, operator::Setting};
use schema::Type;

use super::{columns::find_column, setting, union::stack, within};
use crate::{
    error::{At, Result, codes, fault, unsupported},
    plan::Planner,
    relation::{Column, Relation, Within, column},
    scope::{Binding, Scope},
};

/// The most values of a partition by the `legacy` strategy, which is Kusto's own limit.
const MAX_VALUES: usize = 64;

impl Planner<'_> {
    pub(super) fn partition(
        &self,
        input: &Relation,
        settings: &[Setting],
        by: &Expr,
        body: &Expr,
        span: Span,
        scope: &Scope,
    ) -> Result<Relation> {
        setting::check(settings, "partition", &[])?;
        let strategy = setting::word(settings, "hint.strategy").unwrap_or("legacy");
        if !matches!(strategy, "legacy" | "native" | "shuffle") {
            return setting::unknown_value(settings, "hint.strategy", &["native", "shuffle", "legacy"]);
        }
        let ExprKind::Name(name) = &by.kind else {
            return fault(codes::KIND, "`partition` goes by a column", by.span);
        };
        let key = find_column(input, &name.text, by)?;
        if key.ty == Type::Dynamic {
            return fault(codes::OPERANDS, "`partition` cannot go by a dynamic column", by.span);
        }
        let operators = operators(body);
        match operators.map(within::needs) {
            Some(Ok(needs)) => self.partition_groups(input, key, operators.unwrap_or_default(), needs, span, scope),
            // The pages of other functions have queries of their own under `native`, which this operator's page leaves to `legacy`.
            None if input.within.is_none() => self.partition_values(input, key, operators, body, span, scope),
            Some(Err(_)) if strategy == "legacy" && input.within.is_none() => {
                self.partition_values(input, key, operators, body, span, scope)
            }
            Some(Err(operator)) => {
                let what = format!("{} inside `partition`", super::quoted(&operator.kind));
                unsupported(format!("{what} with the strategy `{strategy}`"), operator.span)
            }
            None => unsupported("a query of its own inside `partition` inside another", body.span),
        }
    }

    /// All values at once.
    fn partition_groups(
        &self,
        input: &Relation,
        key: &Column,
        operators: &[Operator],
        needs: within::Needs,
        span: Span,
        scope: &Scope,
    ) -> Result<Relation> {
        let outer = input.within.clone();
        let group = input.free_name("$group");
        let mut rows = input.hide(&group, column(&key.name), span)?;
        let mut keys: Vec<String> = outer.iter().flat_map(|outer| outer.keys.iter().chain(&outer.live)).cloned().collect();
        keys.push(group);
        let carried = outer.iter().flat_map(|outer| outer.carried.iter().cloned()).collect();
        let live = if needs.live {
            let (marked, live) = rows.hide_live(span)?;
            rows = marked;
            Some(live)
        } else {
            None
        };
        let inside = Within { keys, live, carried };
        let columns = rows.all();
        let rows = Relation { within: Some(inside.clone()), ..rows }.reshape(columns, span)?;
        let applied = self.run_within(rows, inside, operators, span, scope)?;
        let result = Relation { within: outer, order: vec![], ..applied };
        result.reshape(result.all(), span)
    }

    /// One value after another: a plan each.
    fn partition_values(
        &self,
        input: &Relation,
        key: &Column,
        operators: Option<&[Operator]>,
        body: &Expr,
        span: Span,
        scope: &Scope,
    ) -> Result<Relation> {
        let values = input.project(vec![(key.name.clone(), crate::relation::typed(key))], span)?;
        let plan = values.builder().distinct().and_then(LogicalPlanBuilder::build).at(span)?;
        let values = self.computed(values.with_plan(plan).ordered(vec![]), MAX_VALUES + 1)?;
        if values.len() > MAX_VALUES {
            let message = format!("`{}` has more than the {MAX_VALUES} values `partition` can go by here", key.name);
            let help = "`hint.strategy=native` has no limit, and allows no tables but the partition inside";
            return Err(Diagnostic::error(codes::TOO_LARGE, message, span).with_help(help).into());
        }
        let mut parts = Vec::with_capacity(values.len());
        for value in values {
            let value = if value.is_null() { null_of(key.ty) } else { value.clone() };
            let rows = input.filter(is_value(key, &value), span)?;
            parts.push((String::new(), self.partition_value(rows, key, value, operators, body, scope)?));
        }
        if parts.is_empty() {
            // No rows, but columns.
            let rows = input.filter(lit(false), span)?;
            let none = self.partition_value(rows, key, null_of(key.ty), operators, body, scope)?;
            parts.push((String::new(), none.filter(lit(false), span)?));
        }
        stack(&parts, false, None, span)
    }

    fn partition_value(
        &self,
        rows: Relation,
        key: &Column,
        value: ScalarValue,
        operators: Option<&[Operator]>,
        body: &Expr,
        scope: &Scope,
    ) -> Result<Relation> {
        let scope = scope.with(&key.name, Binding::Scalar(Typed::constant(value, key.ty)));
        match operators {
            Some(operators) => self.single(self.pipe(rows, operators, &scope)?, body.span),
            None => self.table(body, &scope),
        }
    }
}

/// The operators of a sub-query whose source is the partition; `None` for a query with a source of its own.
fn operators(body: &Expr) -> Option<&[Operator]> {
    match &body.kind {
        ExprKind::Paren(inner) => operators(inner),
        ExprKind::Pipe { source, operators } if matches!(source.kind, ExprKind::Missing) => Some(operators),
        _ => None,
    }
}

fn is_value(key: &Column, value: &ScalarValue) -> PlanExpr {
    let value = PlanExpr::Literal(value.clone(), None);
    datafusion::logical_expr::binary_expr(column(&key.name), datafusion::logical_expr::Operator::IsNotDistinctFrom, value)
}
