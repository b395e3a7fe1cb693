//! `* has "x"`, `Sender* == "x"`: a test that any of the columns of a pattern may pass.
//!
//! <https://learn.microsoft.com/kusto/query/where-operator>, example "All columns". Texts are looked for in what `tostring` makes of a
//! column; a comparison leaves out the columns whose type it does not take.

use diag::Span;
use functions::Typed;
use kql::ast::{BinaryOp, Expr, MatchOp, Name};
use schema::Type;

use crate::{
    error::{Result, Stop, codes},
    plan::{Names, Planner, name_pattern::matches_pattern},
    relation::{Column, typed},
};

impl Planner<'_> {
    /// A text operator over any column. Negated: no column passes.
    pub(crate) fn any_matches(
        &self,
        pattern: &Name,
        (op, op_span): (MatchOp, Span),
        right: &Expr,
        span: Span,
        names: Names,
    ) -> Result<Typed> {
        let right = self.scalar(right, names)?;
        let plain = MatchOp { negated: false, ..op };
        let found = self.any(pattern, span, names, |column| {
            self.match_op(plain, op_span, vec![self.as_text(column, span)?, right.clone()], span)
        })?;
        if op.negated { self.apply("not", vec![found], span) } else { Ok(found) }
    }

    /// `* in ("a", "b")`, `* has_any (...)`.
    pub(crate) fn any_in(
        &self,
        pattern: &Name,
        (op, op_span): (MatchOp, Span),
        list: &[Expr],
        span: Span,
        names: Names,
    ) -> Result<Typed> {
        let plain = MatchOp { negated: false, ..op };
        let values = self.list_values(list, names)?;
        let found = self.any(pattern, span, names, |column| {
            let mut args = vec![self.as_text(column, span)?];
            args.extend(values.iter().cloned());
            self.match_op(plain, op_span, args, span)
        })?;
        if op.negated { self.apply("not", vec![found], span) } else { Ok(found) }
    }

    /// A comparison with any column.
    pub(crate) fn any_compares(&self, pattern: &Name, op: BinaryOp, right: &Expr, span: Span, names: Names) -> Result<Typed> {
        let right = self.scalar(right, names)?;
        let symbol = super::binary::symbol(op);
        self.any(pattern, span, names, |column| self.apply(symbol, vec![column, right.clone()], span))
    }

    /// True where one of the columns passes; texts are asked first, as they need no conversion.
    fn any(&self, pattern: &Name, span: Span, names: Names, test: impl Fn(Typed) -> Result<Typed>) -> Result<Typed> {
        let mut columns: Vec<&Column> = names.row.iter().filter(|column| matches_pattern(&pattern.text, &column.name)).collect();
        columns.sort_by_key(|column| !matches!(column.ty, Type::String | Type::Dynamic));
        let mut any = None;
        for column in columns {
            let passes = match test(typed(column)) {
                Ok(passes) => passes,
                Err(Stop::Fault(fault)) if is_of_types(fault.code) => continue,
                Err(stop) => return Err(stop),
            };
            any = Some(match any {
                None => passes,
                Some(before) => self.apply("or", vec![before, passes], span)?,
            });
        }
        Ok(any.unwrap_or_else(|| Typed::constant(false.into(), Type::Bool)))
    }

    fn as_text(&self, column: Typed, span: Span) -> Result<Typed> {
        match column.ty {
            Type::String | Type::Dynamic => Ok(column),
            _ => self.apply("tostring", vec![column], span),
        }
    }
}

/// True for the faults of operands that do not fit.
pub(crate) fn is_of_types(code: &str) -> bool {
    [codes::OPERANDS, codes::ARGUMENT_TYPE, codes::CONVERSION].contains(&code)
}
