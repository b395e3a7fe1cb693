//! `getschema`: the columns as rows.
//!
//! <https://learn.microsoft.com/kusto/query/getschema-operator>. `DataType` is the .NET type that Kusto names; for `bool` that
//! is `System.SByte`, which is what it stores.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Int32Array, StringViewArray};
use diag::Span;
use schema::Type;

use crate::{
    error::Result,
    plan::Planner,
    relation::{Column, Relation},
    source,
};

impl Planner<'_> {
    pub(super) fn getschema(&self, input: &Relation, span: Span) -> Result<Relation> {
        let texts =
            |of: fn(&Column) -> &str| -> ArrayRef { Arc::new(StringViewArray::from_iter_values(input.columns.iter().map(of))) };
        let ordinals: Int32Array = (0_i32..).take(input.columns.len()).collect();
        let columns = [
            ("ColumnName", Type::String, texts(|column| &column.name)),
            ("ColumnOrdinal", Type::Int, Arc::new(ordinals) as ArrayRef),
            ("DataType", Type::String, texts(|column| data_type(column.ty))),
            ("ColumnType", Type::String, texts(|column| column.ty.name())),
        ];
        let (columns, arrays) = columns.into_iter().map(|(name, ty, array)| (Column::new(name, ty), array)).unzip();
        source::memory("getschema", columns, arrays, span)
    }
}

const fn data_type(ty: Type) -> &'static str {
    match ty {
        Type::Bool => "System.SByte",
        Type::Int => "System.Int32",
        Type::Long => "System.Int64",
        Type::Real => "System.Double",
        Type::Decimal => "System.Data.SqlTypes.SqlDecimal",
        Type::String => "System.String",
        Type::Datetime => "System.DateTime",
        Type::Timespan => "System.TimeSpan",
        Type::Guid => "System.Guid",
        Type::Dynamic => "System.Object",
    }
}
