//! `bag_zip`: an array of keys and one of values as a property bag.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{
        Args, KernelError, each_text_or_null,
        json::{self, Kind},
    },
};

/// `bag_zip(keys, values)`.
pub static FUNCTION: Function = Function {
    name: "bag_zip",
    aliases: &[],
    section: Section::Dynamic,
    doc: "bag-zip-function",
    summary: "A property bag of the keys in one array and the values in another; missing values are null, and so are all if the second is no array.",
    params: &[
        Param::required("keys", ParamType::Exact(Type::Dynamic)),
        Param::required("values", ParamType::Exact(Type::Dynamic)),
    ],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(bag_zip),
    examples: &[
        Example::gives("One for one", r#"bag_zip(dynamic(["a", "b"]), dynamic([1, "x"]))"#, r#"dynamic({"a":1,"b":"x"})"#),
        Example::gives("Too few values", r#"bag_zip(dynamic(["a", "b"]), dynamic([1]))"#, r#"dynamic({"a":1,"b":null})"#),
        Example::gives(
            "Keys that are no texts are left out",
            r#"bag_zip(dynamic(["a", 5]), dynamic([1, 2]))"#,
            r#"dynamic({"a":1})"#,
        ),
        Example::gives(
            "Values that are no array",
            r#"bag_zip(dynamic(["a", 8, "b"]), dynamic(1))"#,
            r#"dynamic({"a":null,"b":null})"#,
        ),
        Example::gives("Keys that are no array", r#"bag_zip(dynamic("a"), dynamic([1]))"#, "dynamic(null)"),
        Example::gives("Null", "bag_zip(dynamic(null), dynamic([1]))", "dynamic(null)"),
    ],
};

fn bag_zip(args: &Args) -> Result<ArrayRef, KernelError> {
    let (keys, values) = (args.texts(0)?, args.texts(1)?);
    Ok(each_text_or_null(args, |row, out| {
        let (Some(keys), Some(values)) = (keys.get(row).and_then(json::elements), values.get(row)) else { return false };
        let mut values = json::elements(values).into_iter().flatten();
        let pairs = keys.map(|key| (key, values.next().unwrap_or("null")));
        let inner = |key: &'_ str| key.len() >= 2 && json::kind(key) == Kind::String;
        let pairs: Vec<(&str, &str)> =
            pairs.filter(|(key, _)| inner(key)).map(|(key, value)| (&key[1..key.len() - 1], value)).collect();
        json::write_bag(pairs, out);
        true
    }))
}
