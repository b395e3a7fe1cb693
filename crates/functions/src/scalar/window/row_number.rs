//! `row_number`: the number of a row among rows that have an order.

use arrow::array::ArrayRef;
use datafusion_common::{Result, ScalarValue};
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::rows::{self, RowState},
};

/// `row_number([starting_index, [restart]])`.
pub static FUNCTION: Function = Function {
    name: "row_number",
    aliases: &[],
    section: Section::Window,
    doc: "row-number-function",
    summary: "The number of the row, from a starting index, which is 1 if not given; counted anew where `restart` is true.",
    params: &[
        Param::optional("starting_index", ParamType::Exact(Type::Long)),
        Param::optional("restart", ParamType::Exact(Type::Bool)),
    ],
    returns: Returns::Fixed(Type::Long),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A null `restart` is false; from a null starting index there is no number."),
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Window(|call| {
        let args = call.args.iter().map(|arg| arg.expr.clone()).collect();
        Ok(rows::running("row_number", Type::Long, || Box::<Number>::default(), args))
    }),
    examples: &[
        Example::gives(
            "From 1",
            "range x from 5 to 3 step -1 | extend n = row_number() | summarize make_list(n)",
            "dynamic([1, 2, 3])",
        ),
        Example::gives(
            "From 7",
            "range x from 1 to 3 step 1 | extend n = row_number(7) | summarize make_list(n)",
            "dynamic([7, 8, 9])",
        ),
        Example::gives(
            "Restarted",
            "range x from 1 to 5 step 1 | extend n = row_number(0, x in (3, 4)) | summarize make_list(n)",
            "dynamic([0, 1, 0, 0, 1])",
        ),
        Example::gives(
            "Null",
            "range x from 1 to 2 step 1 | extend n = row_number(long(null), bool(null)) | summarize countif(isnull(n))",
            "2",
        ),
        Example::fails("Needs an order", "datatable(x: long)[1] | extend row_number()", "K0209"),
    ],
};

#[derive(Debug, Default)]
struct Number {
    last: Option<i64>,
    begun: bool,
}

impl RowState for Number {
    fn next(&mut self, args: &[ArrayRef], row: usize) -> Result<ScalarValue> {
        let from = if args.is_empty() { Some(1) } else { rows::long(args, 0, row) };
        let anew = !self.begun || rows::restarts(args, 1, row);
        self.begun = true;
        self.last = if anew { from } else { self.last.and_then(|last| last.checked_add(1)) };
        Ok(ScalarValue::Int64(self.last))
    }
}
