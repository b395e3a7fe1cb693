//! `translate`: single characters replaced by others.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_text},
};

/// `translate(searchList, replacementList, source)`.
pub static FUNCTION: Function = Function {
    name: "translate",
    aliases: &[],
    section: Section::String,
    doc: "translate-function",
    summary: "The text with each character of one list replaced by that at the same place in another; the last one stands for all that follow.",
    params: &[
        Param::required("searchList", ParamType::Exact(Type::String)),
        Param::required("replacementList", ParamType::Exact(Type::String)),
        Param::required("source", ParamType::Exact(Type::String)),
    ],
    returns: Returns::Fixed(Type::String),
    result_name: ResultName::None,
    nulls: Nulls::AsEmptyText,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(translate),
    examples: &[
        Example::gives("One for all", r#"translate("abc", "x", "abc")"#, r#""xxx""#),
        Example::gives("Removed", r#"translate("abc", "", "ab")"#, r#""""#),
        Example::gives("One for one", r#"translate("krasp", "otsku", "spark")"#, r#""kusto""#),
        Example::gives("Others stay", r#"translate("-", "_", "a-b")"#, r#""a_b""#),
        Example::gives("A null text", r#"translate("a", "b", dynamic(null))"#, r#""""#),
        Example::gives("A null replacement", r#"translate("a", dynamic(null), "abc")"#, r#""bc""#),
        Example::gives("A null search", r#"translate(dynamic(null), "b", "abc")"#, r#""abc""#),
    ],
};

fn translate(args: &Args) -> Result<ArrayRef, KernelError> {
    let (searches, replacements, texts) = (args.texts(0)?, args.texts(1)?, args.texts(2)?);
    Ok(each_text(args, |row, out| {
        let (search, replacement) = (searches.text(row), replacements.text(row));
        for character in texts.text(row).chars() {
            match search.chars().position(|searched| searched == character) {
                None => out.push(character),
                Some(position) => out.extend(replacement.chars().nth(position).or_else(|| replacement.chars().last())),
            }
        }
    }))
}
