//! `top-hitters`: the values that occur most often, or that sum up to most.
//!
//! Kusto approximates; here the answer is exact, which is what it approximates: `summarize` and `top`.
//! <https://learn.microsoft.com/kusto/query/top-hitters-operator>

use datafusion::logical_expr::SortExpr;
use diag::Span;
use kql::ast::{Argument, Call, Expr, ExprKind, Name, Named, operator::Summarize};

use crate::{
    error::Result,
    name::implied_name,
    plan::{Names, Planner},
    relation::{Relation, column},
    scope::Scope,
};

impl Planner<'_> {
    pub(super) fn top_hitters(
        &self,
        input: &Relation,
        count: &Expr,
        [of, by]: [Option<&Expr>; 2],
        span: Span,
        scope: &Scope,
    ) -> Result<Relation> {
        let count = self.row_count(count, Names::new(scope, &input.columns), "the number of values")?;
        let (function, prefix, weighed) = match by {
            Some(weight) => ("sum", "approximate_sum_", Some(weight)),
            None => ("count", "approximate_count_", of),
        };
        let total = format!("{prefix}{}", weighed.and_then(implied_name).unwrap_or_default());
        let arguments = by.iter().map(|weight| Argument { name: None, value: (*weight).clone() }).collect();
        let call = Call { name: Name { text: function.to_owned(), span }, arguments };
        let aggregate = Named { names: vec![Name { text: total, span }], expr: Expr { kind: ExprKind::Call(call), span } };
        let keys = of.iter().map(|of| Named { names: vec![], expr: (*of).clone() }).collect();
        let summarize = Summarize { settings: vec![], aggregates: vec![aggregate], by: Some(keys) };
        let summed = self.summarize(input, &summarize, span, scope)?;
        let most: Vec<SortExpr> = summed.columns.last().map(|total| column(&total.name).sort(false, false)).into_iter().collect();
        summed.ordered(most).first_rows(count, span)
    }
}
