//! `array_iff`: for each element of an array of conditions one of two values.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{
        Args, KernelError, Values, each_text_or_null,
        json::{self, Elements, Kind},
    },
};

/// `array_iff(condition_array, when_true, when_false)`.
pub static FUNCTION: Function = Function {
    name: "array_iff",
    aliases: &["array_iif"],
    section: Section::Dynamic,
    doc: "array-iff-function",
    summary: "For each condition the value of one array where it is true, of another where it is false.",
    params: &[
        Param::required("condition_array", ParamType::Exact(Type::Dynamic)),
        Param::required("when_true", ParamType::Any),
        Param::required("when_false", ParamType::Any),
    ],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A null array of conditions gives null; null values stand for themselves."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(array_iff),
    examples: &[
        Example::gives(
            "Two arrays",
            "array_iff(dynamic([true, false, true]), dynamic([1, 2, 3]), dynamic([4, 5, 6]))",
            "dynamic([1,5,3])",
        ),
        Example::gives("Two values", r#"array_iff(dynamic([1, 0, 50]), "yes", "no")"#, r#"dynamic(["yes","no","yes"])"#),
        Example::gives("No conditions", r#"array_iff(dynamic(["a", null]), 1, 0)"#, "dynamic([null,null])"),
        Example::gives(
            "Too short an array",
            "array_iff(dynamic([true, true, true]), dynamic([1, 2]), dynamic([3, 4]))",
            "dynamic([1,2,null])",
        ),
        Example::gives("Null conditions", "array_iff(dynamic(null), 1, 0)", "dynamic(null)"),
        Example::gives("A null value", "array_iff(dynamic([true, false]), long(null), 0)", "dynamic([null,0])"),
        Example::gives("A null other value", "array_iff(dynamic([true, false]), 1, long(null))", "dynamic([1,null])"),
    ],
};

fn array_iff(args: &Args) -> Result<ArrayRef, KernelError> {
    let (conditions, when_true, when_false) = (args.texts(0)?, Values::of(args, 1)?, Values::of(args, 2)?);
    Ok(each_text_or_null(args, |row, out| {
        let Some(conditions) = conditions.get(row).and_then(json::elements) else { return false };
        let (mut yes, mut no) = (String::new(), String::new());
        when_true.write_json(row, &mut yes);
        when_false.write_json(row, &mut no);
        let (mut yes, mut no) = (Choices::new(&yes), Choices::new(&no));
        let chosen = conditions.map(|condition| {
            let (yes, no) = (yes.next(), no.next());
            match json::kind(condition) {
                Kind::Bool | Kind::Number if json::typed::bool(condition) == Some(true) => yes,
                Kind::Bool | Kind::Number => no,
                Kind::Null | Kind::String | Kind::Array | Kind::Bag => "null",
            }
        });
        json::write_array(chosen, out);
        true
    }))
}

/// The elements of an array, then nulls; or one value again and again.
enum Choices<'a> {
    Elements(Elements<'a>),
    Value(&'a str),
}

impl<'a> Choices<'a> {
    fn new(value: &'a str) -> Self {
        json::elements(value).map_or(Self::Value(value), Self::Elements)
    }

    fn next(&mut self) -> &'a str {
        match self {
            Self::Elements(elements) => elements.next().unwrap_or("null"),
            Self::Value(value) => value,
        }
    }
}
