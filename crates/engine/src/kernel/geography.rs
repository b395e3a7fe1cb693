//! `geo_info_from_ip_address` with something to look addresses up in.
//!
//! <https://learn.microsoft.com/kusto/query/geo-info-from-ip-address-function>

use std::{
    collections::HashMap,
    hash::{Hash, Hasher},
    net::IpAddr,
    sync::{Arc, LazyLock},
};

use datafusion::{
    arrow::{
        array::{Array, AsArray, StringViewBuilder},
        datatypes::DataType,
    },
    common::Result,
    logical_expr::{ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility},
};
use functions::Typed;
use schema::Type;
use serde_json::{Map, Value};

use crate::{Geography, Whereabouts};

/// Where the address that `address` holds is: a bag, or null.
pub(crate) fn geography(address: Expr, source: Arc<dyn Geography>) -> Typed {
    Typed::new(super::call(GeoInfo { source }, vec![address]), Type::Dynamic)
}

#[derive(Debug)]
struct GeoInfo {
    source: Arc<dyn Geography>,
}

/// Two calls are the same if they look into the same source.
impl PartialEq for GeoInfo {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.source, &other.source)
    }
}

impl Eq for GeoInfo {}

impl Hash for GeoInfo {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Arc::as_ptr(&self.source).cast::<()>().hash(state);
    }
}

impl ScalarUDFImpl for GeoInfo {
    fn name(&self) -> &'static str {
        "geo_info_from_ip_address"
    }

    fn signature(&self) -> &Signature {
        static SIGNATURE: LazyLock<Signature> = LazyLock::new(|| Signature::any(1, Volatility::Immutable));
        &SIGNATURE
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8View)
    }

    /// Each distinct address of a batch is looked up once.
    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let mut known: HashMap<&str, Option<String>> = HashMap::new();
        let mut out = StringViewBuilder::new().with_deduplicate_strings();
        if let Some(texts) = arrays.first().map(|array| array.as_string_view()) {
            for row in 0..texts.len() {
                let text = if texts.is_null(row) { "" } else { texts.value(row) };
                let bag = known.entry(text).or_insert_with(|| bag(self.source.locate(text.trim().parse::<IpAddr>().ok()?)?));
                out.append_option(bag.as_deref());
            }
        }
        Ok(ColumnarValue::Array(Arc::new(out.finish())))
    }
}

/// The bag of what is known; null if that is nothing.
fn bag(place: Whereabouts) -> Option<String> {
    let mut bag = Map::new();
    for (key, text) in [("country", place.country), ("state", place.state), ("city", place.city)] {
        if !text.is_empty() {
            bag.insert(key.to_owned(), Value::String(text));
        }
    }
    for (key, number) in [("latitude", place.latitude), ("longitude", place.longitude)] {
        if let Some(number) = number.and_then(serde_json::Number::from_f64) {
            bag.insert(key.to_owned(), Value::Number(number));
        }
    }
    if bag.is_empty() { None } else { Some(Value::Object(bag).to_string()) }
}
