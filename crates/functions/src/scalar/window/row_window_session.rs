//! `row_window_session`: rows that follow one another closely share the moment their session began.

use arrow::array::ArrayRef;
use datafusion_common::{Result, ScalarValue};
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::rows::{self, RowState},
};

/// `row_window_session(expr, max_from_first, max_between, [restart])`.
pub static FUNCTION: Function = Function {
    name: "row_window_session",
    aliases: &[],
    section: Section::Window,
    doc: "row-window-session-function",
    summary: "The first moment of the row's session. A session ends where the next moment is the first distance or more after \
              its beginning, the second or more after the moment before, or where `restart` is true.",
    params: &[
        Param::required("expr", ParamType::Exact(Type::Datetime)),
        Param::required("max_distance_from_first", ParamType::Exact(Type::Timespan)),
        Param::required("max_distance_between_neighbors", ParamType::Exact(Type::Timespan)),
        Param::optional("restart", ParamType::Exact(Type::Bool)),
    ],
    returns: Returns::Fixed(Type::Datetime),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A null moment gives null, and the next row begins a session; a null distance ends none."),
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Window(|call| {
        let args = call.args.iter().map(|arg| arg.expr.clone()).collect();
        Ok(rows::running("row_window_session", Type::Datetime, || Box::<Session>::default(), args))
    }),
    examples: &[
        Example::gives(
            "Closely",
            "range t from datetime(2026-01-01) to datetime(2026-01-01 00:10) step 5m \
             | extend s = row_window_session(t, 1h, 6m) | summarize dcount(s)",
            "1",
        ),
        Example::gives(
            "As far apart as the distance",
            "range t from datetime(2026-01-01) to datetime(2026-01-01 00:10) step 5m \
             | extend s = row_window_session(t, 1h, 5m) | summarize dcount(s)",
            "3",
        ),
        Example::gives(
            "Too long in all",
            "range t from datetime(2026-01-01) to datetime(2026-01-01 00:10) step 5m \
             | extend s = row_window_session(t, 10m, 6m) | summarize max(s)",
            "datetime(2026-01-01 00:10)",
        ),
        Example::gives(
            "Begun anew",
            "range t from datetime(2026-01-01) to datetime(2026-01-01 00:10) step 5m \
             | extend s = row_window_session(t, 1h, 6m, t == datetime(2026-01-01 00:05)) | summarize max(s)",
            "datetime(2026-01-01 00:05)",
        ),
        Example::gives(
            "After a null",
            "datatable(t: datetime)[datetime(2026-01-01), datetime(null), datetime(2026-01-01 00:01)] \
             | serialize s = row_window_session(t, 1h, 1h) | summarize max(s)",
            "datetime(2026-01-01 00:01)",
        ),
    ],
};

#[derive(Debug, Default)]
struct Session {
    first: Option<i64>,
    last: Option<i64>,
}

impl RowState for Session {
    fn next(&mut self, args: &[ArrayRef], row: usize) -> Result<ScalarValue> {
        let now = rows::long(args, 0, row);
        let far = |from: Option<i64>, distance: Option<i64>| match (now, from, distance) {
            (Some(now), Some(from), Some(distance)) => now >= from.saturating_add(distance),
            _ => false,
        };
        let anew = self.first.is_none()
            || self.last.is_none()
            || far(self.first, rows::long(args, 1, row))
            || far(self.last, rows::long(args, 2, row))
            || rows::restarts(args, 3, row);
        if anew || now.is_none() {
            self.first = now;
        }
        self.last = now;
        Ok(ScalarValue::Int64(self.first))
    }
}
