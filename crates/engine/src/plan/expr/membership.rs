//! `in`, `has_any`, `has_all` and their kin: a list of values, an array, or a table on the right.

use diag::Span;
use functions::{Typed, null_of};
use kql::ast::{Expr, MatchOp};
use schema::Type;

use crate::{
    error::{Result, codes, fault},
    plan::{Names, Planner, Value},
    relation::Relation,
};

/// A table on the right of `in` may hold this many values; Kusto's own limit is 1,000,000.
const MAX_VALUES: usize = 1_000_000;

impl Planner<'_> {
    pub(crate) fn membership(
        &self,
        op: MatchOp,
        op_span: Span,
        left: &Expr,
        list: &[Expr],
        span: Span,
        names: Names,
    ) -> Result<Typed> {
        let mut args = vec![self.scalar(left, names)?];
        args.extend(self.list_values(list, names)?);
        if args.len() == 1 {
            // A table without rows: nothing is in it, and every one of no needles is found.
            let all = op.kind == kql::ast::MatchKind::HasAll;
            return Ok(Typed::constant((all != op.negated).into(), Type::Bool));
        }
        self.match_op(op, op_span, args, span)
    }

    /// The values of a list; of a table on the right, those of its first column.
    pub(super) fn list_values(&self, list: &[Expr], names: Names) -> Result<Vec<Typed>> {
        let mut values = Vec::with_capacity(list.len());
        for item in list {
            match self.value(item, names)? {
                Value::Scalar(value) => values.push(self.fold(value, item.span)?),
                Value::Table(relation) => values.extend(self.column_values(relation, item.span)?),
            }
        }
        Ok(values)
    }

    /// The values of a table's first column. Arrays are left as they are: operators take their elements.
    fn column_values(&self, relation: Relation, span: Span) -> Result<Vec<Typed>> {
        let Some(ty) = relation.columns.first().map(|column| column.ty) else {
            return fault(codes::KIND, "this table has no column", span);
        };
        let values = self.computed(relation, MAX_VALUES + 1)?;
        if values.len() > MAX_VALUES {
            return fault(codes::TOO_LARGE, format!("this table has more than the {MAX_VALUES} values a list may have"), span);
        }
        Ok(values
            .iter()
            .map(|value| if value.is_null() { null_of(ty) } else { value.clone() })
            .map(|value| Typed::constant(value, ty))
            .collect())
    }
}
