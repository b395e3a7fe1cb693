//! One element of an Arrow list, for aggregates that compute several columns at once.

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

/// Element `position` (from 0) of a list column; null where the list is null or shorter.
#[must_use]
pub fn list_element(list: Expr, position: usize) -> Expr {
    let udf = Arc::new(ScalarUDF::new_from_impl(ListElement { position, signature: Signature::any(1, Volatility::Immutable) }));
    Expr::ScalarFunction(ScalarFunction::new_udf(udf, vec![list]))
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct ListElement {
    position: usize,
    signature: Signature,
}

impl ScalarUDFImpl for ListElement {
    fn name(&self) -> &'static str {
        "list_element"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        match arguments {
            [DataType::List(element)] => Ok(element.data_type().clone()),
            other => Err(DataFusionError::Plan(format!("list_element() takes a list, and got {other:?}"))),
        }
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let [array] = arrays.as_slice() else {
            return Err(DataFusionError::Internal("list_element() takes one argument".to_owned()));
        };
        let list = array
            .as_list_opt::<i32>()
            .ok_or_else(|| DataFusionError::Internal(format!("list_element() takes a list, and got {}", array.data_type())))?;
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
