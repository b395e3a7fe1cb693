//! `pack_array`: values as an array.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, Values, each_text_or_null},
};

/// `pack_array(value, ...)`.
pub static FUNCTION: Function = Function {
    name: "pack_array",
    aliases: &[],
    section: Section::Dynamic,
    doc: "pack-array-function",
    summary: "The arguments as elements of an array.",
    params: &[Param::repeated("value", ParamType::Any, 0, usize::MAX)],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A null argument is a null element."),
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(pack_array),
    examples: &[
        Example::gives("Numbers", "pack_array(1, 2, 4)", "dynamic([1,2,4])"),
        Example::gives(
            "Values of several types",
            r#"pack_array(1, "2", 2s, 1.5, true)"#,
            r#"dynamic([1,"2","00:00:02",1.5,true])"#,
        ),
        Example::gives("A moment", "pack_array(datetime(2026-01-01))", r#"dynamic(["2026-01-01T00:00:00.0000000Z"])"#),
        Example::gives("Dynamic values", r#"pack_array(dynamic([1]), dynamic({"a":1}))"#, r#"dynamic([[1],{"a":1}])"#),
        Example::gives("Null", "pack_array(1, long(null))", "dynamic([1,null])"),
    ],
};

fn pack_array(args: &Args) -> Result<ArrayRef, KernelError> {
    let values = Values::from(args, 0)?;
    Ok(each_text_or_null(args, |row, out| {
        out.push('[');
        for (position, value) in values.iter().enumerate() {
            if position > 0 {
                out.push(',');
            }
            value.write_json(row, out);
        }
        out.push(']');
        true
    }))
}
