//! The networks that an address lies in, found among many.

use std::{collections::BTreeMap, fmt::Debug, hash::Hash, sync::Arc};

use datafusion::{
    arrow::{
        array::{Array, AsArray, ListBuilder, StringViewArray, StringViewBuilder},
        datatypes::{DataType, Field},
    },
    common::{Result, exec_err},
    logical_expr::{ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility},
};
use functions::{
    Typed,
    kernel::json,
    scalar::ip::address::{Family, Network},
};

/// Networks by the number of bits that count, each list sorted by address.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Networks<T> {
    by_prefix: BTreeMap<u32, Vec<(T, usize)>>,
    entries: Vec<Entry>,
}

/// What a network was read from: the key of the join, and the texts that must be equal besides.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Entry {
    key: String,
    extras: Vec<String>,
}

impl<T: Family> Networks<T> {
    /// The networks of these keys: each a JSON array of a network and the texts that must be equal besides. A key whose
    /// network cannot be read is never found.
    pub(crate) fn new<'a>(keys: impl Iterator<Item = &'a str>) -> Self {
        let mut networks = Self { by_prefix: BTreeMap::new(), entries: Vec::new() };
        for key in keys {
            let mut texts = json::elements(key).into_iter().flatten().map(|element| json::text(element).into_owned());
            let Some(network) = texts.next().and_then(|text| Network::<T>::parse(&text)) else { continue };
            let list = networks.by_prefix.entry(network.prefix).or_default();
            list.push((network.first(), networks.entries.len()));
            networks.entries.push(Entry { key: key.to_owned(), extras: texts.collect() });
        }
        for list in networks.by_prefix.values_mut() {
            list.sort_unstable();
        }
        networks
    }

    /// The networks that an address, or a network, shares with one of these: compared by the bits that count in both.
    fn of(&self, source: Network<T>, mut found: impl FnMut(&Entry)) {
        for (&prefix, list) in &self.by_prefix {
            let bits = prefix.min(source.prefix);
            let wanted = source.address.masked(bits);
            let start = list.partition_point(|(address, _)| address.masked(bits) < wanted);
            let same = list[start..].iter().take_while(|(address, _)| address.masked(bits) == wanted);
            same.filter_map(|&(_, entry)| self.entries.get(entry)).for_each(&mut found);
        }
    }
}

/// The keys of the networks of an address, the first of `source`, whose other texts are those of `source` too. Where there is
/// none the list is empty, or with `keep_unmatched` a null.
pub(crate) fn networks_of<T>(networks: Networks<T>, source: Vec<Typed>, keep_unmatched: bool) -> Expr
where
    T: Family + Debug + Hash + Send + Sync + 'static,
{
    let signature = Signature::any(source.len(), Volatility::Immutable);
    let find = FindNetworks { networks: Arc::new(networks), keep_unmatched, signature };
    super::call(find, source.into_iter().map(|value| value.expr).collect())
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct FindNetworks<T> {
    networks: Arc<Networks<T>>,
    keep_unmatched: bool,
    signature: Signature,
}

impl<T: Family + Debug + Hash + Send + Sync + 'static> ScalarUDFImpl for FindNetworks<T> {
    fn name(&self) -> &'static str {
        "networks_of"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(DataType::List(Arc::new(Field::new_list_field(DataType::Utf8View, true))))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let texts: Vec<&StringViewArray> = arrays.iter().map(|array| array.as_string_view()).collect();
        let Some((addresses, extras)) = texts.split_first() else { return exec_err!("networks_of needs an address") };
        let mut lists = ListBuilder::new(StringViewBuilder::new());
        for row in 0..addresses.len() {
            let address = if addresses.is_null(row) { "" } else { addresses.value(row) };
            let mut matched = false;
            if let Some(source) = Network::<T>::parse(address) {
                self.networks.of(source, |entry| {
                    if entry.extras.iter().zip(extras).all(|(extra, texts)| !texts.is_null(row) && texts.value(row) == extra) {
                        lists.values().append_value(&entry.key);
                        matched = true;
                    }
                });
            }
            if !matched && self.keep_unmatched {
                lists.values().append_null();
            }
            lists.append(true);
        }
        Ok(ColumnarValue::Array(Arc::new(lists.finish())))
    }
}
