//! `row_rank_dense` and `row_rank_min`: the rank of a row whose value may be that of its neighbours.

use arrow::array::ArrayRef;
use datafusion_common::{Result, ScalarValue};
use schema::Type;

use crate::{
    Call, Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::rows::{self, RowState},
};

/// `row_rank_dense(term, [restart])`.
pub static ROW_RANK_DENSE: Function = Function {
    name: "row_rank_dense",
    aliases: &["row_rank"],
    section: Section::Window,
    doc: "row-rank-dense-function",
    summary: "The rank of the row, from 1: one more than the row before if `term` differs from that row's, begun anew where \
              `restart` is true.",
    params: &[Param::required("term", ParamType::Any), Param::optional("restart", ParamType::Exact(Type::Bool))],
    returns: Returns::Fixed(Type::Long),
    result_name: ResultName::None,
    nulls: Nulls::Custom("Null is a value like others, equal to null; a null `restart` is false."),
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Window(|call| Ok(rows::running("row_rank_dense", Type::Long, || Box::<Dense>::default(), exprs(call)))),
    examples: &[
        Example::gives(
            "Equal rows have one rank",
            "datatable(x: long)[2, 3, 3, 9] | serialize r = row_rank_dense(x) | summarize make_list(r)",
            "dynamic([1, 2, 2, 3])",
        ),
        Example::gives(
            "Begun anew",
            "datatable(x: long)[2, 3, 3, 9] | serialize r = row_rank_dense(x, x == 9) | summarize make_list(r)",
            "dynamic([1, 2, 2, 1])",
        ),
        Example::gives(
            "Nulls",
            "datatable(x: long)[long(null), long(null), 3] | serialize r = row_rank_dense(x) | summarize make_list(r)",
            "dynamic([1, 1, 2])",
        ),
    ],
};

/// `row_rank_min(term, [restart])`.
pub static ROW_RANK_MIN: Function = Function {
    name: "row_rank_min",
    aliases: &[],
    section: Section::Window,
    doc: "row-rank-min-function",
    summary: "The number, from 1, of the first of the neighbouring rows that have this row's `term`, begun anew where \
              `restart` is true.",
    params: &[Param::required("term", ParamType::Any), Param::optional("restart", ParamType::Exact(Type::Bool))],
    returns: Returns::Fixed(Type::Long),
    result_name: ResultName::None,
    nulls: Nulls::Custom("Null is a value like others, equal to null; a null `restart` is false."),
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Window(|call| Ok(rows::running("row_rank_min", Type::Long, || Box::<Min>::default(), exprs(call)))),
    examples: &[
        Example::gives(
            "The rank of the first",
            "datatable(x: long)[2, 3, 3, 9] | serialize r = row_rank_min(x) | summarize make_list(r)",
            "dynamic([1, 2, 2, 4])",
        ),
        Example::gives(
            "Begun anew",
            "datatable(x: string)['a', 'b', 'b', 'b'] | serialize r = row_rank_min(x, prev(x) == 'a') | summarize make_list(r)",
            "dynamic([1, 1, 1, 1])",
        ),
        Example::gives(
            "Nulls",
            "datatable(x: long)[long(null), long(null), 3] | serialize r = row_rank_min(x) | summarize make_list(r)",
            "dynamic([1, 1, 3])",
        ),
    ],
};

fn exprs(call: &Call) -> Vec<datafusion_expr::Expr> {
    call.args.iter().map(|arg| arg.expr.clone()).collect()
}

/// The value of the row before.
#[derive(Debug, Default)]
struct Last(Option<ScalarValue>);

impl Last {
    /// True if this row's value is that of the row before; it is remembered.
    fn same(&mut self, args: &[ArrayRef], row: usize) -> Result<bool> {
        let Some(values) = args.first() else { return Ok(false) };
        if let Some(last) = &self.0
            && last.eq_array(values, row)?
        {
            return Ok(true);
        }
        self.0 = Some(ScalarValue::try_from_array(values, row)?);
        Ok(false)
    }
}

#[derive(Debug, Default)]
struct Dense {
    last: Last,
    rank: i64,
}

impl RowState for Dense {
    fn next(&mut self, args: &[ArrayRef], row: usize) -> Result<ScalarValue> {
        let same = self.last.same(args, row)?;
        if rows::restarts(args, 1, row) {
            self.rank = 1;
        } else if !same {
            self.rank += 1;
        }
        Ok(ScalarValue::Int64(Some(self.rank)))
    }
}

#[derive(Debug, Default)]
struct Min {
    last: Last,
    row: i64,
    rank: i64,
}

impl RowState for Min {
    fn next(&mut self, args: &[ArrayRef], row: usize) -> Result<ScalarValue> {
        let same = self.last.same(args, row)?;
        let anew = rows::restarts(args, 1, row);
        self.row = if anew { 1 } else { self.row + 1 };
        if anew || !same {
            self.rank = self.row;
        }
        Ok(ScalarValue::Int64(Some(self.rank)))
    }
}
