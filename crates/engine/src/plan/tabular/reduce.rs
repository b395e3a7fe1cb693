//! `reduce`: texts grouped by the pattern they follow.
//!
//! <https://learn.microsoft.com/kusto/query/reduce-operator>, which names the method: Vaarandi, A Data Clustering Algorithm for Mining
//! Patterns From Event Logs (2003). A word that enough rows have at its place is kept, any other becomes `*`; a pattern of enough
//! rows is a group, and the rows of no group are `others`. A number is never kept: the page's examples have it so.

use std::collections::BTreeSet;

use datafusion::{
    common::{ScalarValue, UnnestOptions},
    functions_aggregate::{count::count_udaf, expr_fn},
    logical_expr::{Expr as PlanExpr, ExprFunctionExt, LogicalPlanBuilder, expr::WindowFunction, lit},
};
use diag::Span;
use functions::{Typed, coerce, kernel::native};
use kql::ast::{Expr, Literal, operator::Setting};
use schema::Type;

use super::setting;
use crate::{
    error::{At, Result, codes, fault},
    kernel::{self, Separators},
    plan::{Names, Planner},
    relation::{Column, Relation, column},
    scope::Scope,
};

/// The fraction of the rows that a word needs where the query gives none.
const DEFAULT_THRESHOLD: f64 = 0.1;
/// More frequent words than these are not kept apart.
const MAX_WORDS: usize = 100_000;
/// A pattern is one of several rows.
const MIN_ROWS: i64 = 2;

impl Planner<'_> {
    pub(super) fn reduce(
        &self,
        input: &Relation,
        (settings, with): (&[Setting], &[Setting]),
        by: &Expr,
        span: Span,
        scope: &Scope,
    ) -> Result<Relation> {
        setting::check(settings, "reduce", &["kind"])?;
        setting::check(with, "reduce", &["threshold", "characters"])?;
        let keeps_rows = match setting::word(settings, "kind") {
            None => false,
            Some("source") => true,
            Some(_) => return setting::unknown_value(settings, "kind", &["source"]),
        };
        let separators = match setting::word(with, "characters") {
            Some(characters) if !characters.is_empty() => Separators::These(characters.to_owned()),
            _ => Separators::NotAlphanumeric,
        };
        let text = coerce(self.scalar(by, Names::new(scope, &input.columns))?, Type::String).at(by.span)?;
        let texts = input.project(vec![("text".to_owned(), text.clone())], span)?;
        let support = self.support(&texts, threshold(with)?, span)?;
        let frequent = self.frequent_words(&texts, &separators, support, span)?;
        let pattern = kernel::word_pattern(text.expr.clone(), separators, frequent);
        if keeps_rows { with_pattern(input, pattern, support, span) } else { groups(input, pattern, &text, support, span) }
    }

    /// How many rows a word or a pattern needs.
    fn support(&self, texts: &Relation, threshold: f64, span: Span) -> Result<i64> {
        let none: Vec<PlanExpr> = vec![];
        let counted = expr_fn::count(lit(1_i64)).alias("rows");
        let plan = texts.builder().aggregate(none, vec![counted]).and_then(LogicalPlanBuilder::build).at(span)?;
        let computed = self.computed(Relation::new(plan, vec![Column::new("rows", Type::Long)]), 1)?;
        let rows = match computed.first() {
            Some(ScalarValue::Int64(Some(rows))) => *rows,
            _ => 0,
        };
        #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "a fraction of a number of rows")]
        let share = (rows as f64 * threshold).ceil() as i64;
        Ok(share.max(MIN_ROWS))
    }

    /// The words that enough rows have at the same place; none where the query is only checked.
    fn frequent_words(&self, texts: &Relation, separators: &Separators, support: i64, span: Span) -> Result<BTreeSet<String>> {
        let words = kernel::words(column("text"), separators.clone()).alias("word");
        let frequent = expr_fn::count(lit(1_i64)).alias("rows");
        let plan = texts
            .builder()
            .project(vec![words])
            .and_then(|words| kernel::unnest(words, "word", UnnestOptions::new()))
            .and_then(|words| words.aggregate(vec![column("word")], vec![frequent]))
            .and_then(|words| words.filter(column("word").is_not_null().and(column("rows").gt_eq(lit(support)))))
            .and_then(|words| words.project(vec![column("word")]))
            .and_then(LogicalPlanBuilder::build)
            .at(span)?;
        let words = Relation::new(plan, vec![Column::new("word", Type::String)]);
        let found = self.computed(words, MAX_WORDS + 1)?;
        if found.len() > MAX_WORDS {
            return fault(codes::TOO_LARGE, format!("more than {MAX_WORDS} words are frequent: raise `threshold`"), span);
        }
        Ok(found.iter().filter_map(|word| word.try_as_str().flatten().map(str::to_owned)).collect())
    }
}

fn threshold(with: &[Setting]) -> Result<f64> {
    let Some(setting) = with.iter().find(|setting| setting.name.text == "threshold") else { return Ok(DEFAULT_THRESHOLD) };
    let value = match &setting.value.kind {
        kql::ast::ExprKind::Literal(Literal::Real(Some(value))) => *value,
        kql::ast::ExprKind::Literal(Literal::Long(Some(0))) => 0.0,
        kql::ast::ExprKind::Literal(Literal::Long(Some(1))) => 1.0,
        _ => f64::NAN,
    };
    match (0.0..=1.0).contains(&value) {
        true => Ok(value),
        false => fault(codes::ARGUMENT_VALUE, "`threshold` is a number from 0 to 1", setting.value.span),
    }
}

/// True for a pattern that enough rows have, and in which a word is left.
fn is_group(pattern: PlanExpr, rows: PlanExpr, support: i64) -> PlanExpr {
    pattern.is_not_null().and(rows.gt_eq(lit(support)))
}

/// The pattern of a group, else `others`.
fn or_others(pattern: PlanExpr, rows: PlanExpr, support: i64) -> PlanExpr {
    native::choose(is_group(pattern.clone(), rows, support), pattern, Typed::text("others").expr)
}

/// `Pattern`, `Count`, `Representative`.
fn groups(input: &Relation, pattern: PlanExpr, text: &Typed, support: i64, span: Span) -> Result<Relation> {
    let rows = expr_fn::count(lit(1_i64)).alias("rows");
    let first = expr_fn::min(text.expr.clone()).alias("first");
    let of_group = is_group(column("pattern"), column("rows"), support);
    let first_of_group = native::choose(of_group, column("first"), Typed::text("").expr).alias("Representative");
    let plan = input
        .builder()
        .aggregate(vec![pattern.alias("pattern")], vec![rows, first])
        .and_then(|groups| {
            groups.project(vec![
                or_others(column("pattern"), column("rows"), support).alias("Pattern"),
                column("rows"),
                first_of_group,
            ])
        })
        .and_then(|groups| {
            let (count, first) = (expr_fn::sum(column("rows")), expr_fn::min(column("Representative")));
            groups.aggregate(vec![column("Pattern")], vec![count.alias("Count"), first.alias("first")])
        })
        .and_then(LogicalPlanBuilder::build)
        .at(span)?;
    let columns = vec![
        ("Pattern".to_owned(), kernel::text(column("Pattern"))),
        ("Count".to_owned(), Typed::new(column("Count"), Type::Long)),
        ("Representative".to_owned(), kernel::text(column("first"))),
    ];
    Relation::new(plan, vec![]).project(columns, span)
}

/// The rows with a column `Pattern`.
fn with_pattern(input: &Relation, pattern: PlanExpr, support: i64, span: Span) -> Result<Relation> {
    let mut columns: Vec<PlanExpr> = input.columns.iter().map(|found| column(&found.name)).collect();
    columns.push(pattern.alias("$pattern"));
    let rows: PlanExpr = WindowFunction::new(count_udaf(), vec![lit(1_i64)]).into();
    let rows = rows.partition_by(vec![column("$pattern")]).build().at(span)?.alias("$rows");
    let plan = input
        .builder()
        .project(columns)
        .and_then(|rows_with| rows_with.window(vec![rows]))
        .and_then(LogicalPlanBuilder::build)
        .at(span)?;
    let mut result = input.all();
    let pattern = or_others(column("$pattern"), column("$rows"), support);
    result.push(("Pattern".to_owned(), kernel::text(pattern)));
    Relation::new(plan, vec![]).project(result, span)
}
