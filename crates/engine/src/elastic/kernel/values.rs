//! The values that a field names in columns of text and within the JSON of others, as a list of texts without those that come again.

use std::sync::Arc;

use datafusion::{
    arrow::{
        array::{Array, AsArray, ListBuilder, StringViewBuilder},
        datatypes::{DataType, Field},
    },
    common::{Result, exec_err},
    logical_expr::{ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility},
};

use crate::elastic::route::Route;

/// The values of a field, from columns of JSON by their route and from columns that are the field itself, whose empty text is no
/// value; where there is none, with `keep` a list of one null, else an empty list.
pub(crate) fn values(columns: Vec<(Expr, Option<Route>)>, keep: bool) -> Expr {
    let (columns, routes): (Vec<Expr>, Vec<Option<Route>>) = columns.into_iter().unzip();
    let signature = Signature::any(columns.len(), Volatility::Immutable);
    crate::kernel::call(ElasticValues { routes, keep, signature }, columns)
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct ElasticValues {
    /// One for each argument; `None` where the argument is the value.
    routes: Vec<Option<Route>>,
    keep: bool,
    signature: Signature,
}

impl ScalarUDFImpl for ElasticValues {
    fn name(&self) -> &'static str {
        "elastic_values"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(DataType::List(Arc::new(Field::new_list_field(DataType::Utf8View, true))))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let mut lists = ListBuilder::new(StringViewBuilder::new());
        let mut found: Vec<String> = Vec::new();
        let mut columns = Vec::with_capacity(arrays.len());
        for array in &arrays {
            let Some(texts) = array.as_string_view_opt() else { return exec_err!("elastic_values needs texts") };
            columns.push(texts);
        }
        for row in 0..args.number_rows {
            found.clear();
            for (texts, route) in columns.iter().zip(&self.routes) {
                if !texts.is_valid(row) {
                    continue;
                }
                let mut take = |text: &str| {
                    if !found.iter().any(|known| known == text) {
                        found.push(text.to_owned());
                    }
                };
                match route {
                    Some(route) => {
                        route.any(texts.value(row), &mut |leaf| {
                            take(leaf.text());
                            false
                        });
                    }
                    None if texts.value(row).is_empty() => {}
                    None => take(texts.value(row)),
                }
            }
            for text in &found {
                lists.values().append_value(text);
            }
            if found.is_empty() && self.keep {
                lists.values().append_null();
            }
            lists.append(true);
        }
        Ok(ColumnarValue::Array(Arc::new(lists.finish())))
    }
}
