//! `estimate_data_size`: how many bytes columns of a row take.
//!
//! The planner puts columns in the place of `*`.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, Values, each_long},
};

/// `estimate_data_size(column, ...)`.
pub static FUNCTION: Function = Function {
    name: "estimate_data_size",
    aliases: &[],
    section: Section::Metadata,
    doc: "estimate-data-size-function",
    summary: "About how many bytes the values of columns take, or of all columns (`*`).",
    params: &[Param::repeated("column", ParamType::Any, 1, usize::MAX)],
    returns: Returns::Fixed(Type::Long),
    result_name: ResultName::None,
    nulls: Nulls::NeverNull,
    cost: Cost::Cheap,
    status: Status::Partial("The reference does not say how large a dynamic value is: here as large as its JSON."),
    eval: Eval::Binder,
    examples: &[],
};

/// What the planner makes of it.
pub static DATA_SIZE: Function = Function {
    name: "data_size",
    aliases: &[],
    section: Section::Internal,
    doc: "estimate-data-size-function",
    summary: "About how many bytes values take.",
    params: &[Param::repeated("column", ParamType::Any, 0, usize::MAX)],
    returns: Returns::Fixed(Type::Long),
    result_name: ResultName::None,
    nulls: Nulls::NeverNull,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(data_size),
    examples: &[
        Example::gives("A long and a text", r#"data_size(1, "1234567890")"#, "18"),
        Example::gives("Null", "data_size(long(null))", "8"),
    ],
};

fn data_size(args: &Args) -> Result<ArrayRef, KernelError> {
    let columns = Values::from(args, 0)?;
    let mut text = String::new();
    Ok(each_long(args, |row| {
        let size = |column: &Values| match column.ty() {
            Type::Bool => 1,
            Type::Int => 4,
            Type::Long | Type::Real | Type::Datetime | Type::Timespan => 8,
            Type::Decimal | Type::Guid => 16,
            Type::Dynamic => column.json(row).map_or(0, str::len),
            Type::String => {
                text.clear();
                column.write_text(row, &mut text);
                text.len()
            }
        };
        i64::try_from(columns.iter().map(size).sum::<usize>()).ok()
    }))
}
