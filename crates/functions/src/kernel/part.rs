//! One element of an Arrow list or struct, for aggregates that compute several columns at once.

use std::sync::Arc;

use arrow::{
    array::{Array, AsArray, UInt64Array},
    compute::take,
    datatypes::DataType,
};
use datafusion_common::{DataFusionError, Result};
use datafusion_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility, expr::ScalarFunction,
};

/// Element `position` (from 0) of a list, null where the list is shorter, or field `position` of a struct.
#[must_use]
pub fn part(composite: Expr, position: usize) -> Expr {
    let udf = Arc::new(ScalarUDF::new_from_impl(Part { position, signature: Signature::any(1, Volatility::Immutable) }));
    Expr::ScalarFunction(ScalarFunction::new_udf(udf, vec![composite]))
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Part {
    position: usize,
    signature: Signature,
}

impl ScalarUDFImpl for Part {
    fn name(&self) -> &'static str {
        "part"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        match arguments {
            [DataType::List(element)] => Ok(element.data_type().clone()),
            [DataType::Struct(fields)] if self.position < fields.len() => Ok(fields[self.position].data_type().clone()),
            other => Err(DataFusionError::Plan(format!("part {} of {other:?} does not exist", self.position))),
        }
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let [array] = arrays.as_slice() else {
            return Err(DataFusionError::Internal("part() takes one argument".to_owned()));
        };
        if let Some(row) = array.as_struct_opt() {
            return Ok(ColumnarValue::Array(Arc::clone(row.column(self.position))));
        }
        let list = array
            .as_list_opt::<i32>()
            .ok_or_else(|| DataFusionError::Internal(format!("part() takes a list, and got {}", array.data_type())))?;
        let indices: UInt64Array = (0..list.len())
            .map(|row| {
                let (start, length) = (list.value_offsets()[row], list.value_length(row));
                let within = list.is_valid(row) && usize::try_from(length).is_ok_and(|length| self.position < length);
                within.then(|| u64::try_from(start).ok().map(|start| start + self.position as u64)).flatten()
            })
            .collect();
        Ok(ColumnarValue::Array(take(list.values(), &indices, None)?))
    }
}
