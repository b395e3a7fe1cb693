//! `strcat_array`: the elements of an array joined into one text.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_text, json, truncate},
};

/// `strcat_array(array, delimiter)`.
pub static FUNCTION: Function = Function {
    name: "strcat_array",
    aliases: &["array_strcat"],
    section: Section::Dynamic,
    doc: "strcat-array-function",
    summary: "The elements of an array as one text with a delimiter between them.",
    params: &[
        Param::required("array", ParamType::Exact(Type::Dynamic)),
        Param::required("delimiter", ParamType::Exact(Type::String)),
    ],
    returns: Returns::Fixed(Type::String),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A null array gives an empty text; a null delimiter is an empty text."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(strcat_array),
    examples: &[
        Example::gives("Numbers", r#"strcat_array(dynamic([1, 2, 3]), "->")"#, r#""1->2->3""#),
        Example::gives("Texts", "strcat_array(dynamic(['a', 'b']), ', ')", r#""a, b""#),
        Example::gives("Null elements are empty", r#"strcat_array(dynamic([1, null, 2]), ",")"#, r#""1,,2""#),
        Example::gives("Nested values by their JSON", r#"strcat_array(dynamic([[1], {"a":2}]), " ")"#, r#"@'[1] {"a":2}'"#),
        Example::gives("No array", r#"strcat_array(dynamic("a"), ",")"#, r#""""#),
        Example::gives("Null", r#"strcat_array(dynamic(null), ",")"#, r#""""#),
        Example::gives("A null delimiter", "strcat_array(dynamic([1, 2]), dynamic(null))", r#""12""#),
    ],
};

fn strcat_array(args: &Args) -> Result<ArrayRef, KernelError> {
    let (arrays, delimiters) = (args.texts(0)?, args.texts(1)?);
    Ok(each_text(args, |row, out| {
        for (number, element) in json::elements(arrays.text(row)).into_iter().flatten().enumerate() {
            if number > 0 {
                out.push_str(delimiters.text(row));
            }
            out.push_str(&json::text(element));
        }
        truncate(out);
    }))
}
