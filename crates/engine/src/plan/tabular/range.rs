//! `range`: a column of evenly spaced values.

use std::sync::Arc;

use datafusion::{
    arrow::array::{ArrayRef, Float64Array, Int64Array},
    common::ScalarValue,
};
use diag::Span;
use functions::{Typed, coerce, common_type};
use kql::ast::{Expr, Name};
use schema::Type;

use crate::{
    error::{At, Result, codes, fault},
    plan::{Names, Planner},
    relation::{Column, Relation},
    scope::Scope,
    source,
};

/// More values than this are refused: they are held in memory.
const MAX_VALUES: usize = 10_000_000;

impl Planner<'_> {
    pub(super) fn range(&self, name: &Name, bounds: [&Expr; 3], span: Span, scope: &Scope) -> Result<Relation> {
        let names = Names::new(scope, &[]);
        let [from, to, step] = bounds;
        let values = [
            self.constant(from, names, "the first value")?,
            self.constant(to, names, "the last value")?,
            self.constant(step, names, "the step")?,
        ];
        let ty = match (values[0].ty, values[2].ty) {
            (Type::Datetime, Type::Timespan) => Type::Datetime,
            (Type::Timespan, Type::Timespan) => Type::Timespan,
            (first, third) => match common_type(common_type(first, values[1].ty).unwrap_or(first), third) {
                Some(Type::Real | Type::Decimal) => Type::Real,
                Some(Type::Int | Type::Long) => Type::Long,
                _ => return fault(codes::OPERANDS, format!("`range` cannot step a {first} by a {third}"), span),
            },
        };
        let downwards = match values[2].as_constant() {
            Some(ScalarValue::Float64(Some(step))) => *step < 0.0,
            _ => values[2].as_long().is_some_and(|step| step < 0),
        };
        let values: ArrayRef = if ty == Type::Real {
            let reals = values.map(|value| coerce(value, Type::Real).ok().and_then(|value| real(&value)));
            Arc::new(Float64Array::from(reals_between(reals, span)?))
        } else {
            let step_type = if ty == Type::Datetime { Type::Timespan } else { ty };
            let [from, to, step] = values;
            let longs = [
                coerce(from, ty).at(span)?.as_long(),
                coerce(to, ty).at(span)?.as_long(),
                coerce(step, step_type).at(span)?.as_long(),
            ];
            Arc::new(Int64Array::from(longs_between(longs, span)?))
        };
        // The values come in order, which functions of neighbouring rows may rely on.
        source::sorted_memory("range", vec![Column::new(&name.text, ty)], vec![values], downwards, span)
    }
}

fn real(value: &Typed) -> Option<f64> {
    match value.as_constant() {
        Some(ScalarValue::Float64(value)) => *value,
        _ => None,
    }
}

fn longs_between(bounds: [Option<i64>; 3], span: Span) -> Result<Vec<i64>> {
    let [Some(from), Some(to), Some(step)] = bounds else { return Ok(vec![]) };
    if step == 0 {
        return fault(codes::ARGUMENT_VALUE, "the step of `range` must not be 0", span);
    }
    let mut values = Vec::new();
    let mut next = Some(from);
    while let Some(value) = next.filter(|&value| if step > 0 { value <= to } else { value >= to }) {
        values.push(value);
        within_limit(values.len(), span)?;
        next = value.checked_add(step);
    }
    Ok(values)
}

fn reals_between(bounds: [Option<f64>; 3], span: Span) -> Result<Vec<f64>> {
    let [Some(from), Some(to), Some(step)] = bounds else { return Ok(vec![]) };
    if step == 0.0 || !step.is_finite() {
        return fault(codes::ARGUMENT_VALUE, "the step of `range` must be a number other than 0", span);
    }
    let mut values = Vec::new();
    let mut value = from;
    while if step > 0.0 { value <= to } else { value >= to } {
        values.push(value);
        within_limit(values.len(), span)?;
        #[expect(clippy::cast_precision_loss, reason = "the count stays below MAX_VALUES, which a real holds exactly")]
        let count = values.len() as f64;
        value = count.mul_add(step, from);
    }
    Ok(values)
}

fn within_limit(count: usize, span: Span) -> Result<()> {
    if count > MAX_VALUES {
        return fault(codes::TOO_LARGE, format!("`range` gives more than {MAX_VALUES} values"), span);
    }
    Ok(())
}
