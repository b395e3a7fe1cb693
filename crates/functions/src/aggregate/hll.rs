//! `hll`, `hll_if`, `hll_merge`: what `dcount` keeps, to be stored and merged; `dcount_hll` counts it.

use schema::Type;
use xxhash_rust::xxh3::xxh3_64;

use crate::{
    Aggregated, Call, CallError, Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    Typed,
    kernel::{
        group::{
            self,
            sketch::{Sketch, Summarize},
        },
        hyperloglog::HyperLogLog,
        native::argument,
    },
};

const ACCURACY: Param = Param::optional("accuracy", ParamType::Constant(Type::Long));
const STATUS: Status = Status::Partial(
    "What is written differs from Kusto's form, which Microsoft advises not to rely on: neither reads the other's.",
);

/// `hll(expr [, accuracy])`.
pub static HLL: Function = Function {
    name: "hll",
    aliases: &[],
    section: Section::Aggregate,
    doc: "hll-aggregation-function",
    summary: "A summary of the group's distinct values, from which dcount_hll tells their number: exactly up to 1,024 of them, then as near as the accuracy says (0 to 4; 1 is about 0.8 %).",
    params: &[Param::required("expr", ParamType::Any), ACCURACY],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::Prefixed("hll"),
    nulls: Nulls::Ignored,
    cost: Cost::Cheap,
    status: STATUS,
    eval: Eval::Aggregate(hll),
    examples: &[
        Example::gives("Counted", r#"datatable(x: string)["a", "b", "a"] | summarize hll(x) | project dcount_hll(hll_x)"#, "2"),
        Example::gives(
            "Many",
            "range x from 1 to 50000 step 1 | summarize h = hll(x, 2) | project dcount_hll(h) between (49000 .. 51000)",
            "true",
        ),
        Example::gives(
            "Null is not a value",
            "datatable(x: long)[1, long(null), 3] | summarize hll(x) | project dcount_hll(hll_x)",
            "2",
        ),
        Example::gives("No rows", "datatable(x: long)[] | summarize hll(x)", "dynamic([[1024,14],[],[]])"),
    ],
};

/// `hll_if(expr, predicate [, accuracy])`.
pub static HLL_IF: Function = Function {
    name: "hll_if",
    aliases: &[],
    section: Section::Aggregate,
    doc: "hll-if-aggregation-function",
    summary: "As hll, of the rows for which the predicate is true.",
    params: &[Param::required("expr", ParamType::Any), Param::required("predicate", ParamType::Exact(Type::Bool)), ACCURACY],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::Prefixed("hll_if"),
    nulls: Nulls::Ignored,
    cost: Cost::Cheap,
    status: STATUS,
    eval: Eval::Aggregate(hll_if),
    examples: &[
        Example::gives("Some rows", "range x from 1 to 10 step 1 | summarize h = hll_if(x, x > 7) | project dcount_hll(h)", "3"),
        Example::gives(
            "Null is not a value",
            "datatable(x: long)[1, long(null), 3] | summarize h = hll_if(x, true) | project dcount_hll(h)",
            "2",
        ),
    ],
};

/// `hll_merge(hll)`.
pub static HLL_MERGE: Function = Function {
    name: "hll_merge",
    aliases: &[],
    section: Section::Aggregate,
    doc: "hll-merge-aggregation-function",
    summary: "The summaries of hll merged into one.",
    params: &[Param::required("expr", ParamType::Exact(Type::Dynamic))],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::Prefixed("hll_merge"),
    nulls: Nulls::Ignored,
    cost: Cost::Cheap,
    status: STATUS,
    eval: Eval::Aggregate(merge),
    examples: &[
        Example::gives(
            "Groups together",
            "range x from 1 to 10 step 1 | summarize h = hll(x % 7) by x % 2 | summarize m = hll_merge(h) | project dcount_hll(m)",
            "7",
        ),
        Example::gives(
            "What is no summary is left out",
            "datatable(x: dynamic)[dynamic(null), dynamic(1)] | summarize m = hll_merge(x) | project dcount_hll(m)",
            "0",
        ),
    ],
};

/// The summaries of values, or of summaries.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Hll {
    accuracy: i64,
    merges: bool,
}

impl Sketch for Hll {
    type Summary = HyperLogLog;

    fn name(&self) -> &'static str {
        if self.merges { "hll_merge" } else { "hll" }
    }

    fn arity(&self) -> usize {
        1
    }

    fn start(&self) -> HyperLogLog {
        HyperLogLog::new(self.accuracy)
    }

    fn add(&self, summary: &mut HyperLogLog, value: &[u8], _weight: i64) {
        if !self.merges {
            summary.add(xxh3_64(value));
        } else if let Ok(written) = std::str::from_utf8(value) {
            self.merge(summary, written);
        }
    }

    fn merge(&self, summary: &mut HyperLogLog, written: &str) {
        if let Some(other) = HyperLogLog::parse(written) {
            summary.merge(&other);
        }
    }

    fn write(&self, summary: &HyperLogLog, out: &mut String) {
        summary.write(out);
    }

    fn size(summary: &HyperLogLog) -> usize {
        summary.size()
    }
}

/// The accuracy of a merge: none of its own, so the greatest.
const FINEST: i64 = 4;

fn accuracy(call: &Call, position: usize) -> i64 {
    call.args.get(position).and_then(Typed::as_long).unwrap_or(1)
}

fn hll(call: &Call) -> Result<Aggregated, CallError> {
    let sketch = Hll { accuracy: accuracy(call, 1), merges: false };
    Ok(Aggregated::plain(group::aggregate(Summarize(sketch), vec![argument(call.args, 0)], None)))
}

fn hll_if(call: &Call) -> Result<Aggregated, CallError> {
    let sketch = Hll { accuracy: accuracy(call, 2), merges: false };
    Ok(Aggregated::plain(group::aggregate(Summarize(sketch), vec![argument(call.args, 0)], Some(argument(call.args, 1)))))
}

fn merge(call: &Call) -> Result<Aggregated, CallError> {
    let sketch = Hll { accuracy: FINEST, merges: true };
    Ok(Aggregated::plain(group::aggregate(Summarize(sketch), vec![argument(call.args, 0)], None)))
}
