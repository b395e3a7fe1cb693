//! `datatable`: rows written in the query.

use datafusion::{arrow::array::ArrayRef, common::ScalarValue};
use diag::Span;
use functions::null_of;
use kql::ast::{ColumnDecl, Expr, ExprKind, Literal};
use schema::Type;

use crate::{
    error::{At, Result, codes, fault},
    plan::{Names, Planner, conversion, statement::type_of},
    relation::{Column, Relation},
    scope::Scope,
    source,
};

impl Planner<'_> {
    pub(super) fn datatable(&self, columns: &[ColumnDecl], values: &[Expr], span: Span, scope: &Scope) -> Result<Relation> {
        let declared = declared_columns(columns)?;
        if declared.is_empty() || !values.len().is_multiple_of(declared.len()) {
            let message = format!("the {} values do not fill rows of {} columns", values.len(), declared.len());
            return fault(codes::ARGUMENT_COUNT, message, span);
        }
        let mut cells: Vec<Vec<ScalarValue>> = vec![Vec::with_capacity(values.len() / declared.len()); declared.len()];
        for (position, expr) in values.iter().enumerate() {
            let at = position % declared.len();
            cells[at].push(self.cell(expr, declared[at].ty, scope)?);
        }
        let arrays = cells
            .into_iter()
            .zip(&declared)
            .map(|(cells, column)| column_of(cells, column.ty, span))
            .collect::<Result<Vec<_>>>()?;
        source::memory("datatable", declared, arrays, span)
    }

    /// A cell: converted to its column's type; a value that does not convert is null, as Kusto has it.
    fn cell(&self, expr: &Expr, ty: Type, scope: &Scope) -> Result<ScalarValue> {
        if let ExprKind::Literal(Literal::String { value, .. }) = &expr.kind
            && !matches!(ty, Type::String | Type::Dynamic)
        {
            return Ok(super::super::expr::parse_constant(value, ty, expr.span)
                .ok()
                .and_then(|constant| constant.as_constant().cloned())
                .unwrap_or_else(|| null_of(ty)));
        }
        let value = self.constant(expr, Names::new(scope, &[]), "a value of `datatable`")?;
        let name = conversion(ty);
        let value = if value.ty == ty {
            value
        } else if ty == Type::Dynamic {
            self.converted(value, ty, expr.span)?
        } else {
            self.apply(name, vec![value], expr.span)?
        };
        Ok(value.as_constant().cloned().unwrap_or_else(|| null_of(ty)))
    }
}

/// The columns that `(name:type, ...)` declares.
pub(crate) fn declared_columns(columns: &[ColumnDecl]) -> Result<Vec<Column>> {
    columns.iter().map(|column| Ok(Column::new(&column.name.text, type_of(&column.ty)?))).collect()
}

fn column_of(cells: Vec<ScalarValue>, ty: Type, span: Span) -> Result<ArrayRef> {
    if cells.is_empty() {
        return Ok(datafusion::arrow::array::new_empty_array(&ty.engine_type()));
    }
    ScalarValue::iter_to_array(cells).at(span)
}
