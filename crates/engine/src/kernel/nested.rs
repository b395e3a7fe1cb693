//! Arrow structs, lists and maps as dynamic values.

use std::sync::{Arc, LazyLock};

use datafusion::{
    arrow::{
        array::{Array, ArrayRef, AsArray, StringViewBuilder},
        datatypes::DataType,
        util::display::{ArrayFormatter, FormatOptions},
    },
    common::{Result, ScalarValue},
    logical_expr::{ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility},
};
use functions::Typed;
use schema::Type;

/// A nested column as `dynamic`.
pub(crate) fn nested(expr: Expr, _stored: &DataType) -> Typed {
    Typed::new(super::call(Nested, vec![expr]), Type::Dynamic)
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Nested;

impl ScalarUDFImpl for Nested {
    fn name(&self) -> &'static str {
        "nested_to_dynamic"
    }

    fn signature(&self) -> &Signature {
        static SIGNATURE: LazyLock<Signature> = LazyLock::new(|| Signature::any(1, Volatility::Immutable));
        &SIGNATURE
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8View)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        match args.args.into_iter().next() {
            Some(ColumnarValue::Array(array)) => Ok(ColumnarValue::Array(convert(&array)?)),
            Some(ColumnarValue::Scalar(value)) => {
                Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&convert(&value.to_array()?)?, 0)?))
            }
            None => Ok(ColumnarValue::Scalar(ScalarValue::Utf8View(None))),
        }
    }
}

fn convert(array: &ArrayRef) -> Result<ArrayRef> {
    let mut builder = StringViewBuilder::with_capacity(array.len());
    let mut out = String::new();
    for row in 0..array.len() {
        if array.is_null(row) {
            builder.append_null();
            continue;
        }
        out.clear();
        write(array, row, &mut out)?;
        builder.append_value(&out);
    }
    Ok(Arc::new(builder.finish()))
}

/// Writes one value as JSON. Nesting is as deep as the column's type, which a file's schema bounds.
fn write(array: &ArrayRef, row: usize, out: &mut String) -> Result<()> {
    if array.is_null(row) {
        out.push_str("null");
        return Ok(());
    }
    match array.data_type() {
        DataType::Struct(fields) => {
            out.push('{');
            for (position, (field, column)) in fields.iter().zip(array.as_struct().columns()).enumerate() {
                if position > 0 {
                    out.push(',');
                }
                out.push_str(&serde_json::Value::from(field.name().as_str()).to_string());
                out.push(':');
                write(column, row, out)?;
            }
            out.push('}');
        }
        DataType::List(_) => write_list(&array.as_list::<i32>().value(row), out)?,
        DataType::LargeList(_) => write_list(&array.as_list::<i64>().value(row), out)?,
        DataType::FixedSizeList(..) => write_list(&array.as_fixed_size_list().value(row), out)?,
        DataType::Map(..) => {
            let entries = array.as_map().value(row);
            let (keys, values) = (entries.column(0), entries.column(1));
            let names = ArrayFormatter::try_new(keys, &FormatOptions::default())?;
            out.push('{');
            for at in 0..entries.len() {
                if at > 0 {
                    out.push(',');
                }
                out.push_str(&serde_json::Value::from(names.value(at).to_string()).to_string());
                out.push(':');
                write(values, at, out)?;
            }
            out.push('}');
        }
        DataType::Boolean
        | DataType::Int8
        | DataType::Int16
        | DataType::Int32
        | DataType::Int64
        | DataType::UInt8
        | DataType::UInt16
        | DataType::UInt32
        | DataType::UInt64
        | DataType::Float32
        | DataType::Float64 => {
            let text = ArrayFormatter::try_new(array, &FormatOptions::default())?.value(row).to_string();
            // JSON has no NaN or infinity: they are written as texts, as Kusto does.
            let plain =
                text.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == 't' || c == 'f') && !text.contains("inf");
            if plain { out.push_str(&text) } else { out.push_str(&serde_json::Value::from(text).to_string()) }
        }
        _ => {
            let text = ArrayFormatter::try_new(array, &FormatOptions::default())?.value(row).to_string();
            out.push_str(&serde_json::Value::from(text).to_string());
        }
    }
    Ok(())
}

fn write_list(items: &ArrayRef, out: &mut String) -> Result<()> {
    out.push('[');
    for row in 0..items.len() {
        if row > 0 {
            out.push(',');
        }
        write(items, row, out)?;
    }
    out.push(']');
    Ok(())
}
