//! A value as it is, which the optimiser takes for a computed one.

use std::sync::{Arc, LazyLock};

use datafusion::{
    arrow::datatypes::{DataType, Field, FieldRef},
    common::{Column, Result, ScalarValue, UnnestOptions, tree_node::TreeNode},
    logical_expr::{
        ColumnarValue, Expr, LogicalPlan, LogicalPlanBuilder, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDFImpl, Signature,
        Volatility,
        sort_properties::{ExprProperties, SortProperties},
    },
};

/// A row for each element of the column `list`.
///
/// Unnesting gives a row many times, and with it the keys it was grouped by; DataFusion 55 goes on to believe that these keys tell the
/// rows apart, and drops whatever else is sorted or grouped by beside them. The columns therefore pass through [`Apart`], where
/// something below makes such keys.
pub(crate) fn unnest(rows: LogicalPlanBuilder, list: &str, options: UnnestOptions) -> Result<LogicalPlanBuilder> {
    let plan = rows.plan();
    let keyed =
        plan.exists(|node| Ok(matches!(node, LogicalPlan::Aggregate(_) | LogicalPlan::Distinct(_) | LogicalPlan::Window(_))))?;
    let rows = if keyed {
        let columns = plan.schema().iter().map(|(qualifier, field)| {
            let column = Expr::Column(Column::from((qualifier, field)));
            if field.name() == list {
                column
            } else {
                super::call(Apart, vec![column]).alias_qualified(qualifier.cloned(), field.name())
            }
        });
        let columns: Vec<Expr> = columns.collect();
        rows.project(columns)?
    } else {
        rows
    };
    rows.unnest_column_with_options(Column::new_unqualified(list), options)
}

/// Gives its argument.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Apart;

impl ScalarUDFImpl for Apart {
    fn name(&self) -> &'static str {
        "apart"
    }

    fn signature(&self) -> &Signature {
        static SIGNATURE: LazyLock<Signature> = LazyLock::new(|| Signature::any(1, Volatility::Immutable));
        &SIGNATURE
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        Ok(arguments.first().cloned().unwrap_or(DataType::Null))
    }

    fn return_field_from_args(&self, arguments: ReturnFieldArgs) -> Result<FieldRef> {
        let unknown = || Arc::new(Field::new("apart", DataType::Null, true));
        Ok(arguments.arg_fields.first().cloned().unwrap_or_else(unknown))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        Ok(args.args.into_iter().next().unwrap_or(ColumnarValue::Scalar(ScalarValue::Null)))
    }

    fn output_ordering(&self, inputs: &[ExprProperties]) -> Result<SortProperties> {
        Ok(inputs.first().map_or(SortProperties::Unordered, |input| input.sort_properties))
    }
}
