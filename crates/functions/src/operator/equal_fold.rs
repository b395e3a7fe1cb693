//! `=~`: whether two texts are equal but for case.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_bool, fold},
};

/// `text =~ search`.
pub static FUNCTION: Function = Function {
    name: "=~",
    aliases: &[],
    section: Section::Operator,
    doc: "equals-operator",
    summary: "Whether two texts are equal but for case.",
    params: &[Param::required("text", ParamType::Exact(Type::String)), Param::required("search", ParamType::Exact(Type::String))],
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::None,
    nulls: Nulls::AsEmptyText,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(equal_fold),
    examples: &[
        Example::gives("In any case", r#""Fail" =~ "FAIL""#, "true"),
        Example::gives("Another text", r#""fail" =~ "failed""#, "false"),
        Example::gives("Letters of any script", r#""ÄÖÜ" =~ "äöü""#, "true"),
        Example::gives("Accents count", r#""café" =~ "cafe""#, "false"),
        Example::gives("A dynamic text", r#"dynamic({"SPF":"Fail"}).SPF =~ "fail""#, "true"),
        Example::gives("Empty texts", r#""" =~ """#, "true"),
        Example::gives("A null and an empty text", r#"dynamic(null) =~ """#, "true"),
    ],
};

fn equal_fold(args: &Args) -> Result<ArrayRef, KernelError> {
    let (left, right) = (args.texts(0)?, args.texts(1)?);
    Ok(each_bool(args, |row| Some(fold::equal(left.text(row), right.text(row)))))
}
