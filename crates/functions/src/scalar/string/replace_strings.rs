//! `replace_strings`: several texts replaced by others in one pass.
//!
//! A lookup that comes first takes precedence over later ones wherever they would overlap, and what has been put in is not
//! looked at again.

use std::{borrow::Cow, collections::BTreeMap};

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_text, json, truncate},
};

/// `replace_strings(text, lookups, rewrites)`.
pub static FUNCTION: Function = Function {
    name: "replace_strings",
    aliases: &[],
    section: Section::String,
    doc: "replace-strings-function",
    summary: "The text with all occurrences of several texts replaced, earlier ones first.",
    params: &[
        Param::required("text", ParamType::Exact(Type::String)),
        Param::required("lookups", ParamType::Exact(Type::Dynamic)),
        Param::required("rewrites", ParamType::Exact(Type::Dynamic)),
    ],
    returns: Returns::Fixed(Type::String),
    result_name: ResultName::None,
    nulls: Nulls::Custom("Null lookups or rewrites change nothing; a null text is empty."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(replace_strings),
    examples: &[
        Example::gives(
            "Each by its own",
            r#"replace_strings("turn a cat into a dog", dynamic(["cat", "dog"]), dynamic(["dog", "pigeon"]))"#,
            r#""turn a dog into a pigeon""#,
        ),
        Example::gives("Removed", r#"replace_strings("a-b_c", dynamic(["-", "_"]), dynamic(["", ""]))"#, r#""abc""#),
        Example::gives(
            "The earlier lookup wins",
            r#"replace_strings("This is", dynamic(["This", "is"]), dynamic(["This", "was"]))"#,
            r#""This was""#,
        ),
        Example::gives(
            "Wherever it stands",
            r#"replace_strings("This is", dynamic(["is", "This"]), dynamic(["was", "This"]))"#,
            r#""Thwas was""#,
        ),
        Example::gives(
            "A rewrite that is no text keeps what was found",
            r#"replace_strings("This is", dynamic(["This", "is"]), dynamic([12345, "was"]))"#,
            r#""This was""#,
        ),
        Example::gives("Null lists", r#"replace_strings("abc", dynamic(null), dynamic(null))"#, r#""abc""#),
        Example::gives("A null text", r#"replace_strings(dynamic(null), dynamic(["a"]), dynamic(["b"]))"#, r#""""#),
    ],
};

fn replace_strings(args: &Args) -> Result<ArrayRef, KernelError> {
    let (texts, lookups, rewrites) = (args.texts(0)?, args.texts(1)?, args.texts(2)?);
    Ok(each_text(args, |row, out| {
        let (lookups, rewrites) = (strings(lookups.text(row)), strings(rewrites.text(row)));
        replace(texts.text(row), &lookups, &rewrites, out);
        truncate(out);
    }))
}

/// The elements of an array that are texts; `None` in the place of others.
fn strings(array: &str) -> Vec<Option<Cow<'_, str>>> {
    json::elements(array).into_iter().flatten().map(json::string).collect()
}

fn replace(text: &str, lookups: &[Option<Cow<str>>], rewrites: &[Option<Cow<str>>], out: &mut String) {
    // Where each occurrence begins and ends, and which lookup it is one of.
    let mut taken: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
    for (number, lookup) in lookups.iter().enumerate() {
        let Some(lookup) = lookup.as_deref().filter(|lookup| !lookup.is_empty()) else { continue };
        let mut from = 0;
        while let Some(at) = text.get(from..).and_then(|rest| rest.find(lookup)).map(|step| from + step) {
            let end = at + lookup.len();
            // Only the last one that begins before our end can reach into it: those taken do not overlap.
            match taken.range(..end).next_back().filter(|(_, (taken_end, _))| *taken_end > at) {
                None => {
                    taken.insert(at, (end, number));
                    from = end;
                }
                Some(_) => from = at + text[at..].chars().next().map_or(1, char::len_utf8),
            }
        }
    }
    let mut from = 0;
    for (at, (end, number)) in taken {
        out.push_str(&text[from..at]);
        out.push_str(rewrites.get(number).and_then(|rewrite| rewrite.as_deref()).unwrap_or(&text[at..end]));
        from = end;
    }
    out.push_str(&text[from..]);
}
