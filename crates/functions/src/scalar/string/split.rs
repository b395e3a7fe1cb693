//! `split`: a text taken apart at a delimiter.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_text_or_null, json},
};

/// `split(source, delimiter, [requestedIndex])`.
pub static FUNCTION: Function = Function {
    name: "split",
    aliases: &[],
    section: Section::String,
    doc: "split-function",
    summary: "The parts of a text between the occurrences of a delimiter, or an array of the one part asked for.",
    params: &[
        Param::required("source", ParamType::Exact(Type::String)),
        Param::required("delimiter", ParamType::Exact(Type::String)),
        Param::optional("requestedIndex", ParamType::Exact(Type::Long)),
    ],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Custom("A null source or delimiter is an empty text; a null index gives null."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(split),
    examples: &[
        Example::gives("Parts", r#"split("aa_bb", "_")"#, r#"dynamic(["aa","bb"])"#),
        Example::gives("One part", r#"split("aaa_bbb_ccc", "_", 1)"#, r#"dynamic(["bbb"])"#),
        Example::gives("An empty text", r#"split("", "_")"#, r#"dynamic([""])"#),
        Example::gives("An empty part", r#"split("a__b", "_")"#, r#"dynamic(["a","","b"])"#),
        Example::gives("A longer delimiter", r#"split("aabbcc", "bb")"#, r#"dynamic(["aa","cc"])"#),
        Example::gives("The domain of an address", r#"tostring(split("user@contoso.com", "@")[1])"#, r#""contoso.com""#),
        Example::gives("The last part", r#"tostring(split("a.b.c", ".")[-1])"#, r#""c""#),
        Example::gives("Quotes in a part", r#"split("a'b\"c", "'")"#, r#"dynamic(["a","b\"c"])"#),
        Example::gives("No such part", r#"split("a_b", "_", 5)"#, "dynamic([])"),
        Example::gives("No delimiter", r#"split("abc", "")"#, r#"dynamic(["abc"])"#),
        Example::gives("A null text", r#"split(dynamic(null), "_")"#, r#"dynamic([""])"#),
        Example::gives("A null delimiter", r#"split("a_b", dynamic(null))"#, r#"dynamic(["a_b"])"#),
        Example::gives("A null index", r#"split("a_b", "_", long(null))"#, "dynamic(null)"),
    ],
};

fn split(args: &Args) -> Result<ArrayRef, KernelError> {
    let (texts, delimiters) = (args.texts(0)?, args.texts(1)?);
    let indexes = if args.len() > 2 { Some(args.longs(2)?) } else { None };
    Ok(each_text_or_null(args, |row, out| {
        let (text, delimiter) = (texts.text(row), delimiters.text(row));
        let wanted = match indexes.as_ref().map(|indexes| indexes.get(row)) {
            None => None,
            Some(Some(index)) => Some(usize::try_from(index).unwrap_or(usize::MAX)),
            Some(None) => return false,
        };
        out.push('[');
        let mut write = |part: &str| {
            if out.len() > 1 {
                out.push(',');
            }
            json::quote(part, out);
        };
        match wanted {
            _ if delimiter.is_empty() => write(text),
            Some(index) => text.split(delimiter).nth(index).into_iter().for_each(write),
            None => text.split(delimiter).for_each(write),
        }
        out.push(']');
        true
    }))
}
