//! `make-series`: aggregates over evenly spaced bins of an axis, as one array a group, with gaps filled.
//!
//! <https://learn.microsoft.com/kusto/query/make-series-operator>

use datafusion::{
    common::ScalarValue,
    functions_aggregate::expr_fn,
    logical_expr::{Expr as PlanExpr, LogicalPlanBuilder, lit},
};
use diag::Span;
use functions::{Typed, coerce, null_of};
use kql::ast::{Expr, operator::MakeSeries};
use schema::Type;

use super::summarize::key_name;
use crate::{
    error::{At, Result, codes, fault},
    name::{implied_name, unique_names},
    plan::{Names, Planner, aggregate::Aggregates},
    relation::{Column, Relation, column},
    scope::Scope,
};

/// Kusto's limit on the length of a series.
const MAX_BINS: i64 = 1_048_576;
/// The number of bins that are not gaps inside the plan.
const BINS: &str = "$bins";
/// The axis position inside the plan.
const BIN: &str = "$bin";

/// The evenly spaced starts of bins: `from + position * step`, below `from + length * step`.
struct Axis {
    ty: Type,
    from: ScalarValue,
    step: ScalarValue,
    length: i64,
}

impl Planner<'_> {
    pub(super) fn make_series(&self, input: &Relation, series: &MakeSeries, span: Span, scope: &Scope) -> Result<Relation> {
        let names = Names::new(scope, &input.columns);
        super::setting::check(&series.settings, "make-series", &["kind"])?;
        let on = self.scalar(&series.on, names)?;
        let on = if on.ty == Type::Int { coerce(on, Type::Long).at(span)? } else { on };
        let axis = self.axis(input, series, &on, span, scope)?;
        let keys = self.columns(&series.by, names, "Column", 1)?;

        // One row a group and bin.
        let aggregates = Aggregates::over(&input.columns);
        let mut values = Vec::new();
        for aggregate in &series.aggregates {
            let names = Names { aggregates: Some(&aggregates), ..Names::new(scope, &[]) };
            let value = self.scalar(&aggregate.value.expr, names)?;
            let name =
                aggregate.value.names.first().map(|name| name.text.clone()).or_else(|| implied_name(&aggregate.value.expr));
            let default = self.default_of(aggregate.default.as_ref(), value.ty, scope)?;
            values.push((name.unwrap_or_else(|| format!("Column{}", values.len() + 1)), value, default));
        }
        let mut groups: Vec<PlanExpr> =
            keys.iter().enumerate().map(|(position, key)| key.value.expr.clone().alias(key_name(position))).collect();
        let inside = axis.holds(&on.expr);
        groups.push(self.bin(on, &axis, span)?.expr.alias(BIN));
        let aggregates = aggregates.into_planned();
        let binned = match inside {
            Some(inside) => input.keep(inside, span)?.aggregate(groups, aggregates, span)?,
            None => {
                let inside = column(BIN).gt_eq(lit(0_i64)).and(column(BIN).lt(lit(axis.length)));
                input.aggregate(groups, aggregates, span)?.keep(inside, span)?
            }
        };

        // One row a group: bins packed into arrays.
        let groups: Vec<PlanExpr> = (0..keys.len()).map(|position| column(&key_name(position))).collect();
        let length = usize::try_from(axis.length).unwrap_or_default();
        let mut packed: Vec<PlanExpr> = Vec::with_capacity(values.len());
        for (position, (_, value, default)) in values.iter().enumerate() {
            let series = functions::aggregate::series_pack::series_pack(column(BIN), value.clone(), length, default).at(span)?;
            packed.push(series.alias(format!("$series{position}")));
        }
        packed.push(expr_fn::count(lit(1_i64)).alias(BINS));
        let relation = binned.aggregate(groups, packed, span)?;

        let mut result: Vec<(String, Typed)> = keys
            .iter()
            .enumerate()
            .map(|(position, key)| (key.name.clone(), Typed::new(column(&key_name(position)), key.value.ty)))
            .collect();
        result.extend(
            values
                .iter()
                .enumerate()
                .map(|(position, (name, _, _))| (name.clone(), Typed::new(column(&format!("$series{position}")), Type::Dynamic))),
        );
        let axis_name = implied_name(&series.on).unwrap_or_else(|| "Column1".to_owned());
        result.push((axis_name, Typed::constant(ScalarValue::Utf8View(Some(axis.written())), Type::Dynamic)));
        let renamed = unique_names(result.iter().map(|(name, _)| name.as_str()));
        let result = renamed.into_iter().zip(result).map(|(name, (_, value))| (name, value)).collect();
        // Without keys, no input means no bins at all; `kind=nonempty` asks for a series of defaults then.
        let filled = if keys.is_empty() && super::setting::word(&series.settings, "kind") != Some("nonempty") {
            self.without_empty(relation, span)?
        } else {
            relation
        };
        filled.reshape(result, span)
    }

    /// An aggregate without groups gives a row even for no input: a series of no bins has no row.
    fn without_empty(&self, relation: Relation, span: Span) -> Result<Relation> {
        relation.keep(column(BINS).gt(lit(0_i64)), span)
    }

    /// What fills a gap: what `default=` says, converted to the aggregate's type where it can be, else zero.
    fn default_of(&self, default: Option<&Expr>, ty: Type, scope: &Scope) -> Result<Typed> {
        let Some(expr) = default else { return Ok(Typed::constant(zero(ty), ty)) };
        let value = self.constant(expr, Names::new(scope, &[]), "the default of a series")?;
        match coerce(value.clone(), ty) {
            Ok(converted) => self.fold(converted, expr.span),
            Err(_) => Ok(value),
        }
    }

    /// The bounds of the axis: constants, or the least and greatest value where `from` or `to` is not written.
    fn axis(&self, input: &Relation, series: &MakeSeries, on: &Typed, span: Span, scope: &Scope) -> Result<Axis> {
        let names = Names::new(scope, &[]);
        let ty = match on.ty {
            Type::Long | Type::Real | Type::Datetime | Type::Timespan => on.ty,
            other => return fault(codes::OPERANDS, format!("a series cannot run over a {other}"), series.on.span),
        };
        let step_type = if ty == Type::Datetime { Type::Timespan } else { ty };
        let step = self.constant(&series.step, names, "the step of a series")?;
        let step = self.converted(step, step_type, series.step.span)?;
        let bound = |expr: &Option<Expr>, max: bool| -> Result<Typed> {
            match expr {
                Some(expr) => {
                    let value = self.constant(expr, names, "a bound of a series")?;
                    self.converted(value, ty, expr.span)
                }
                None => self.data_bound(input, on, &step, max, span),
            }
        };
        let (from, to) = (bound(&series.from, false)?, bound(&series.to, true)?);
        let last_included = series.in_range || series.to.is_none();
        let length = bins(&from, &to, &step, last_included);
        match length {
            Some(length) if (0..=MAX_BINS).contains(&length) => {
                let constant = |value: &Typed| value.as_constant().cloned().unwrap_or(ScalarValue::Null);
                Ok(Axis { ty, from: constant(&from), step: constant(&step), length })
            }
            Some(_) => fault(
                codes::TOO_LARGE,
                format!("a series may have at most {MAX_BINS} values: use a longer step or a shorter range"),
                span,
            ),
            None => {
                fault(codes::ARGUMENT_VALUE, "the bounds of a series must not be null, and its step must be above zero", span)
            }
        }
    }

    /// The least or greatest value of the axis column, binned by the step.
    fn data_bound(&self, input: &Relation, on: &Typed, step: &Typed, max: bool, span: Span) -> Result<Typed> {
        let aggregates = Aggregates::over(&input.columns);
        let Some(function) = functions::find(if max { "max" } else { "min" }) else {
            return fault(codes::UNKNOWN_FUNCTION, "the bounds of the series cannot be found", span);
        };
        let (mut aggregated, ty) = functions::apply_aggregate(function, vec![on.clone()], self.env.clock).at(span)?;
        let values = std::mem::take(&mut aggregated.aggregates).into_iter().map(|part| aggregates.add(part)).collect();
        let Some((_, value)) = aggregated.outputs(values).pop() else { return Ok(Typed::constant(null_of(ty), ty)) };
        let none: Vec<PlanExpr> = vec![];
        let plan = input.builder().aggregate(none, aggregates.into_planned()).and_then(LogicalPlanBuilder::build).at(span)?;
        let relation = Relation::new(plan, vec![]).project(vec![("bound".to_owned(), Typed::new(value, ty))], span)?;
        debug_assert_eq!(relation.columns, [Column::new("bound", ty)]);
        let computed = self.computed(relation, 1)?.first().cloned().unwrap_or_else(|| null_of(ty));
        if computed.is_null() {
            // No data: any bound will do, since nothing falls between.
            let zero = Typed::constant(zero(on.ty), on.ty);
            return self.converted(zero, on.ty, span);
        }
        self.apply("bin", vec![Typed::constant(computed, ty), step.clone()], span)
    }

    /// The position of a value's bin on the axis; anything for a value that is not on it.
    fn bin(&self, on: Typed, axis: &Axis, span: Span) -> Result<Typed> {
        let from = Typed::constant(axis.from.clone(), axis.ty);
        let step_type = if axis.ty == Type::Datetime { Type::Timespan } else { axis.ty };
        let step = Typed::constant(axis.step.clone(), step_type);
        if axis.ty == Type::Real {
            let offset = self.apply("-", vec![on, from], span)?;
            let quotient = self.apply("/", vec![offset, step], span)?;
            let one = Typed::constant(ScalarValue::Float64(Some(1.0)), Type::Real);
            let floor = self.apply("bin", vec![quotient, one], span)?;
            return self.apply("tolong", vec![floor], span);
        }
        // Integers, datetimes and timespans are all ticks or counts here. On the axis the offset is not negative, so that a
        // division that truncates is one that rounds down.
        let whole = |value: Typed| Typed::new(value.expr, Type::Long);
        let offset = self.apply("-", vec![whole(on), whole(from)], span)?;
        self.apply("/", vec![offset, whole(step)], span)
    }
}

impl Axis {
    /// Whether a value lies on the axis, said of the value itself, so that storage can skip what does not. Reals are only
    /// told by their bins: where one ends is a matter of rounding.
    fn holds(&self, on: &PlanExpr) -> Option<PlanExpr> {
        let (ScalarValue::Int64(Some(from)), ScalarValue::Int64(Some(step))) = (&self.from, &self.step) else { return None };
        let end = step.checked_mul(self.length).and_then(|width| from.checked_add(width))?;
        Some(on.clone().gt_eq(lit(*from)).and(on.clone().lt(lit(end))))
    }

    /// The axis as a dynamic array of its bins' starts.
    fn written(&self) -> String {
        let mut out = String::from("[");
        for position in 0..self.length {
            if position > 0 {
                out.push(',');
            }
            let value = match (&self.from, &self.step) {
                (ScalarValue::Int64(Some(from)), ScalarValue::Int64(Some(step))) => {
                    ScalarValue::Int64(step.checked_mul(position).and_then(|offset| from.checked_add(offset)))
                }
                #[expect(clippy::cast_precision_loss, reason = "positions stay below MAX_BINS")]
                (ScalarValue::Float64(Some(from)), ScalarValue::Float64(Some(step))) => {
                    ScalarValue::Float64(Some((position as f64).mul_add(*step, *from)))
                }
                _ => ScalarValue::Null,
            };
            crate::value::write_constant_json(&Typed::constant(value, self.ty), &mut out);
        }
        out.push(']');
        out
    }
}

/// The number of bins from `from` up to `to`; `None` for null bounds or a step that does not go up.
fn bins(from: &Typed, to: &Typed, step: &Typed, last_included: bool) -> Option<i64> {
    match (from.as_constant()?, to.as_constant()?, step.as_constant()?) {
        (ScalarValue::Int64(Some(from)), ScalarValue::Int64(Some(to)), ScalarValue::Int64(Some(step))) if *step > 0 => {
            let span = to.checked_sub(*from)?;
            let bins = if last_included { span.div_euclid(*step) + 1 } else { (span + (step - 1)).div_euclid(*step) };
            Some(bins.max(0))
        }
        (ScalarValue::Float64(Some(from)), ScalarValue::Float64(Some(to)), ScalarValue::Float64(Some(step))) if *step > 0.0 => {
            let span = (to - from) / step;
            let bins = if last_included { span.floor() + 1.0 } else { span.ceil() };
            #[expect(clippy::cast_possible_truncation, reason = "a float's cast saturates, and the caller bounds the length")]
            let bins = bins.max(0.0) as i64;
            bins.checked_add(0).filter(|_| span.is_finite())
        }
        _ => None,
    }
}

fn zero(ty: Type) -> ScalarValue {
    match ty {
        Type::Real => ScalarValue::Float64(Some(0.0)),
        Type::Long | Type::Datetime | Type::Timespan => ScalarValue::Int64(Some(0)),
        Type::Int => ScalarValue::Int32(Some(0)),
        other => null_of(other),
    }
}
