//! Elements of dynamic arrays as a list of structs, for `mv-expand`: `index`, `c0`, `c1` ...

use std::sync::Arc;

use datafusion::{
    arrow::{
        array::{Array, ArrayRef, AsArray, Int64Builder, ListArray, StringViewBuilder, StructArray},
        buffer::OffsetBuffer,
        datatypes::{DataType, Field, Fields},
    },
    common::{Result, exec_err},
    logical_expr::{ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility},
};
use functions::kernel::json;

/// The elements of several arrays in parallel, shorter ones padded with null.
pub(crate) fn expand(columns: Vec<Expr>, as_arrays: bool, limit: Option<usize>) -> Expr {
    let signature = Signature::any(columns.len(), Volatility::Immutable);
    super::call(Expand { width: columns.len(), as_arrays, limit, signature }, columns)
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Expand {
    width: usize,
    /// `kind=array`: a bag's member becomes `["key", value]`, and not a bag of one key.
    as_arrays: bool,
    limit: Option<usize>,
    signature: Signature,
}

impl Expand {
    fn fields(&self) -> Fields {
        let index = Field::new("index", DataType::Int64, true);
        let columns = (0..self.width).map(|position| Field::new(format!("c{position}"), DataType::Utf8View, true));
        std::iter::once(index).chain(columns).collect()
    }

    fn item(&self) -> Arc<Field> {
        Arc::new(Field::new("item", DataType::Struct(self.fields()), true))
    }

    /// A value's elements; what is neither array nor bag is its own only element, and null one null.
    fn elements(&self, value: Option<&str>, out: &mut Vec<Option<String>>) {
        out.clear();
        let limit = self.limit.unwrap_or(usize::MAX);
        let Some(value) = value else { return out.push(None) };
        if let Some(elements) = json::elements(value) {
            out.extend(elements.take(limit).map(|element| json::not_null(element).map(str::to_owned)));
        } else if let Some(members) = json::members(value) {
            let (open, close, between) = if self.as_arrays { ('[', ']', ',') } else { ('{', '}', ':') };
            out.extend(members.take(limit).map(|(key, value)| Some(format!("{open}\"{key}\"{between}{value}{close}"))));
        } else {
            out.push(json::not_null(value).map(str::to_owned));
        }
    }
}

impl ScalarUDFImpl for Expand {
    fn name(&self) -> &'static str {
        "expand"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(DataType::List(self.item()))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let rows = arrays.first().map_or(0, Array::len);
        let mut offsets = vec![0_i32];
        let mut index = Int64Builder::new();
        let mut columns: Vec<StringViewBuilder> = (0..self.width).map(|_| StringViewBuilder::new()).collect();
        let mut elements: Vec<Vec<Option<String>>> = vec![Vec::new(); self.width];
        let mut total = 0_usize;
        for row in 0..rows {
            for (array, elements) in arrays.iter().zip(&mut elements) {
                let array = array.as_string_view();
                self.elements((!array.is_null(row)).then(|| array.value(row)), elements);
            }
            let count = elements.iter().map(Vec::len).max().unwrap_or(0);
            for at in 0..count {
                index.append_value(i64::try_from(at).unwrap_or(i64::MAX));
                for (column, elements) in columns.iter_mut().zip(&elements) {
                    column.append_option(elements.get(at).and_then(Option::as_deref));
                }
            }
            total += count;
            match i32::try_from(total) {
                Ok(offset) => offsets.push(offset),
                Err(_) => return exec_err!("mv-expand: the arrays of a batch have more than 2,147,483,647 elements together"),
            }
        }
        let mut arrays: Vec<ArrayRef> = vec![Arc::new(index.finish())];
        arrays.extend(columns.iter_mut().map(|column| -> ArrayRef { Arc::new(column.finish()) }));
        let structs = StructArray::try_new(self.fields(), arrays, None)?;
        let list = ListArray::try_new(self.item(), OffsetBuffer::new(offsets.into()), Arc::new(structs), None)?;
        Ok(ColumnarValue::Array(Arc::new(list)))
    }
}
