//! Text that is never null: a missing text is `""`.

use std::sync::{Arc, LazyLock};

use datafusion::{
    arrow::{
        array::{Array, AsArray, StringViewArray},
        buffer::ScalarBuffer,
        datatypes::{DataType, Field, FieldRef},
    },
    common::{Result, ScalarValue},
    logical_expr::{ColumnarValue, Expr, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility},
};
use functions::Typed;
use schema::Type;

/// The text of a column that may hold nulls.
pub(crate) fn text(expr: Expr) -> Typed {
    Typed::new(super::call(Text, vec![expr]), Type::String)
}

/// Reads a missing text as an empty one.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct Text;

impl ScalarUDFImpl for Text {
    fn name(&self) -> &'static str {
        "text"
    }

    fn signature(&self) -> &Signature {
        static SIGNATURE: LazyLock<Signature> = LazyLock::new(|| Signature::any(1, Volatility::Immutable));
        &SIGNATURE
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8View)
    }

    fn return_field_from_args(&self, _arguments: ReturnFieldArgs) -> Result<FieldRef> {
        Ok(Field::new("text", DataType::Utf8View, false).into())
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        match args.args.into_iter().next() {
            Some(ColumnarValue::Array(array)) if array.null_count() == 0 => Ok(ColumnarValue::Array(array)),
            Some(ColumnarValue::Array(array)) => Ok(ColumnarValue::Array(Arc::new(without_nulls(array.as_string_view())?))),
            Some(ColumnarValue::Scalar(value)) => {
                let text = value.try_as_str().flatten().unwrap_or("").to_owned();
                Ok(ColumnarValue::Scalar(ScalarValue::Utf8View(Some(text))))
            }
            None => Ok(ColumnarValue::Scalar(ScalarValue::Utf8View(Some(String::new())))),
        }
    }
}

/// The same texts with empty ones for nulls: an empty text is the view 0, so that no text is copied.
fn without_nulls(array: &StringViewArray) -> Result<StringViewArray> {
    let views: ScalarBuffer<u128> =
        array.views().iter().enumerate().map(|(row, &view)| if array.is_null(row) { 0 } else { view }).collect();
    Ok(StringViewArray::try_new(views, array.data_buffers().to_vec(), None)?)
}
