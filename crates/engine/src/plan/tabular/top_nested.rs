//! `top-nested`: the top values of an expression, in each of them the top values of the next, and so on.
//!
//! Every row learns, level by level, what its value sums up to among the rows of its path and which rank that has; rows beyond the
//! rank go, or become those of `others`. At the end there is one row for each path.
//! <https://learn.microsoft.com/kusto/query/top-nested-operator>

use datafusion::logical_expr::{Expr as PlanExpr, SortExpr, expr::WindowFunction, lit, when};
use datafusion::logical_expr::{WindowFunctionDefinition, expr::AggregateFunction};
use diag::Span;
use functions::{Typed, coerce, null_of};
use kql::ast::operator::TopNested;

use crate::{
    error::{At, Result},
    name::{implied_name, unique_names},
    plan::{Names, Planner, aggregate::Aggregates},
    relation::{Relation, column},
    scope::Scope,
};

/// What a level adds: columns inside the plan, and what is made of them.
struct Level {
    /// The value's column.
    value: Typed,
    /// The aggregate's.
    total: Typed,
    value_name: String,
    total_name: Option<String>,
    descending: bool,
}

impl Planner<'_> {
    pub(super) fn top_nested(&self, input: &Relation, levels: &[TopNested], span: Span, scope: &Scope) -> Result<Relation> {
        let mut rows = input.clone().ordered(vec![]);
        let rest = rows.free_name("$others");
        rows = rows.hide(&rest, lit(false), span)?;
        let mut path: Vec<PlanExpr> = vec![column(&rest)];
        let mut planned: Vec<Level> = Vec::with_capacity(levels.len());
        for level in levels {
            let next;
            (rows, next) = self.nest(&rows, level, &path, &rest, span, scope)?;
            path.push(next.value.expr.clone());
            planned.push(next);
        }
        let names = names(&planned);
        // One row a path. What rows of a path share is part of the key.
        let keys: Vec<(String, PlanExpr)> = planned
            .iter()
            .flat_map(|level| [&level.value, &level.total])
            .enumerate()
            .map(|(position, value)| (format!("$level{position}"), value.expr.clone()))
            .collect();
        let mut grouping: Vec<PlanExpr> = keys.iter().map(|(name, expr)| expr.clone().alias(name)).collect();
        grouping.push(column(&rest).alias("$rest"));
        let grouped = rows.aggregate(grouping, vec![], span)?;
        // The greatest come first and the others last, level by level.
        let mut order: Vec<SortExpr> = vec![column("$rest").sort(true, false)];
        for (level, pair) in planned.iter().zip(keys.chunks_exact(2)) {
            order.push(column(&pair[1].0).sort(!level.descending, false));
            order.push(column(&pair[0].0).sort(true, false));
        }
        let types = planned.iter().flat_map(|level| [level.value.ty, level.total.ty]);
        let columns = keys.iter().zip(types).zip(names).map(|(((key, _), ty), name)| (name, Typed::new(column(key), ty)));
        grouped.ordered(order).reshape(columns.collect(), span)
    }

    /// The rows of one more level, and its columns.
    fn nest(
        &self,
        rows: &Relation,
        level: &TopNested,
        path: &[PlanExpr],
        rest: &str,
        span: Span,
        scope: &Scope,
    ) -> Result<(Relation, Level)> {
        let names = Names::new(scope, &rows.columns);
        let value = self.scalar(&level.of.expr, names)?;
        let count = level.count.as_ref().map(|count| self.row_count(count, Names::new(scope, &[]), "the number of values"));
        let count = count.transpose()?;
        let others = match &level.others {
            Some(others) => {
                let word = self.constant(others, Names::new(scope, &[]), "the name of the others")?;
                Some(coerce(word, value.ty).at(others.span)?)
            }
            None => None,
        };
        let descending = level.descending.unwrap_or(true);
        let value_name = level.of.names.first().map(|name| name.text.clone()).or_else(|| implied_name(&level.of.expr));
        let total_name = level.by.names.first().map(|name| name.text.clone());

        // Rows that are others already are one value here.
        let none = Typed::constant(null_of(value.ty), value.ty);
        let instead = others.clone().unwrap_or_else(|| none.clone());
        let key = rows.free_name("$value");
        let of_others = when(column(rest), none.expr).otherwise(value.expr.clone()).at(span)?;
        let rows = rows.hide(&key, of_others, span)?;
        let within: Vec<PlanExpr> = path.iter().cloned().chain([column(&key)]).collect();
        let (rows, total) = self.total(&rows, level, within, span, scope)?;

        let rank = rows.free_name("$rank");
        let order = vec![total.expr.clone().sort(!descending, false), column(&key).sort(true, false)];
        let ranked = datafusion::functions_window::expr_fn::dense_rank();
        let rows = rows.with_windows_by(vec![(rank.clone(), ranked)], order, path.to_vec(), span)?;
        let beyond = match count {
            Some(count) => column(&rank).gt(lit(u64::try_from(count).unwrap_or(u64::MAX))).and(column(rest).is_false()),
            None => lit(false),
        };
        if others.is_none() {
            let rows = rows.keep(PlanExpr::Not(Box::new(beyond)), span)?;
            // Others of a level above have no value and no total at a level that names none.
            let nothing = Typed::constant(null_of(total.ty), total.ty);
            let shown = when(column(rest), nothing.expr).otherwise(total.expr).at(span)?;
            let total_column = rows.free_name("$total");
            let rows = rows.hide(&total_column, shown, span)?;
            let total = Typed::new(column(&total_column), total.ty);
            let value = Typed::new(column(&key), value.ty);
            return Ok((rows, named(value, total, value_name, total_name, descending)));
        }
        let flag = rows.free_name("$others");
        let rows = rows.hide(&flag, column(rest).or(beyond), span)?;
        let groups = path.iter().cloned().chain([column(&flag)]).collect();
        let (rows, total_of_others) = self.total(&rows, level, groups, span, scope)?;
        let shown = rows.free_name("$value");
        let shown_value = when(column(&flag), instead.expr).otherwise(column(&key)).at(span)?;
        let rows = rows.hide(&shown, shown_value, span)?;
        let shown_total = when(column(&flag), total_of_others.expr).otherwise(total.expr).at(span)?;
        let total_column = rows.free_name("$total");
        let rows = rows.hide(&total_column, shown_total, span)?.replace_hidden(rest, column(&flag), span)?;
        let value = Typed::new(column(&shown), value.ty);
        let total = Typed::new(column(&total_column), total.ty);
        Ok((rows, named(value, total, value_name, total_name, descending)))
    }

    /// The level's aggregate over the rows that agree in `groups`, in every row.
    fn total(
        &self,
        rows: &Relation,
        level: &TopNested,
        groups: Vec<PlanExpr>,
        span: Span,
        scope: &Scope,
    ) -> Result<(Relation, Typed)> {
        let aggregates = Aggregates::over(&rows.columns);
        let names = Names { aggregates: Some(&aggregates), ..Names::new(scope, &[]) };
        let value = self.scalar(&level.by.expr, names)?;
        let mut calls = Vec::new();
        for aggregate in aggregates.into_planned() {
            let name = aggregate.schema_name().to_string();
            calls.push((name, over(aggregate.unalias())));
        }
        let rows = rows.with_windows_by(calls, vec![], groups, span)?;
        // The next level's aggregates have the same names.
        let total = rows.free_name("$total");
        let kept: Vec<String> = rows.hidden.iter().filter(|name| !name.starts_with("$aggregate")).cloned().collect();
        let hidden = rows.hide(&total, value.expr, span)?;
        let kept = kept.into_iter().chain([total.clone()]).collect();
        Ok((hidden.hiding_only(kept, span)?, Typed::new(column(&total), value.ty)))
    }
}

fn named(value: Typed, total: Typed, value_name: Option<String>, total_name: Option<String>, descending: bool) -> Level {
    Level { value, total, value_name: value_name.unwrap_or_else(|| "Column1".to_owned()), total_name, descending }
}

/// The names of values and totals, in turn: `State`, `aggregated_State`.
fn names(levels: &[Level]) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(levels.len() * 2);
    for level in levels {
        names.push(level.value_name.clone());
        let unique = unique_names(names.iter().map(String::as_str)).pop().unwrap_or_default();
        names.push(level.total_name.clone().unwrap_or_else(|| format!("aggregated_{unique}")));
    }
    unique_names(names.iter().map(String::as_str))
}

/// An aggregate as a window function over all rows of its group.
fn over(aggregate: PlanExpr) -> PlanExpr {
    match aggregate {
        PlanExpr::AggregateFunction(AggregateFunction { func, params }) => {
            let mut function = WindowFunction::new(WindowFunctionDefinition::AggregateUDF(func), params.args);
            function.params.filter = params.filter;
            function.params.distinct = params.distinct;
            function.params.null_treatment = params.null_treatment;
            PlanExpr::from(function)
        }
        other => other,
    }
}
