//! `tdigest`, `tdigest_merge`: what `percentile` keeps, to be stored and merged; `percentile_tdigest` reads it.

use schema::Type;

use crate::{
    Aggregated, Call, CallError, Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    coerce,
    kernel::{
        group::{
            self,
            sketch::{Sketch, Summarize},
        },
        native::argument,
        tdigest::TDigest,
    },
};

const STATUS: Status = Status::Partial(
    "What is written differs from Kusto's form, which Microsoft advises not to rely on: neither reads the other's.",
);

/// `tdigest(expr [, weight])`.
pub static TDIGEST: Function = Function {
    name: "tdigest",
    aliases: &[],
    section: Section::Aggregate,
    doc: "tdigest-aggregation-function",
    summary: "A summary of how the group's values are spread, each counted as often as its weight says: exact up to 2,048 different values, then nearly so.",
    params: &[Param::required("expr", ParamType::NumberOrTime), Param::optional("weight", ParamType::Exact(Type::Long))],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::Prefixed("tdigest"),
    nulls: Nulls::Ignored,
    cost: Cost::Cheap,
    status: STATUS,
    eval: Eval::Aggregate(tdigest),
    examples: &[
        Example::gives(
            "Values and how often",
            "datatable(x: long)[7, 5, 7] | summarize tdigest(x)",
            r#"dynamic([["long"],[5,7],[1,2]])"#,
        ),
        Example::gives(
            "Weighted",
            "datatable(x: real, w: long)[1.5, 8, 2.5, 1] | summarize tdigest(x, w)",
            r#"dynamic([["real"],[1.5,2.5],[8,1]])"#,
        ),
        Example::gives(
            "A percentile",
            "range x from 1 to 1000 step 1 | summarize t = tdigest(x) | project percentile_tdigest(t, 95, typeof(long))",
            "950",
        ),
        Example::gives(
            "Moments",
            "datatable(x: datetime)[datetime(2026-01-01)] | summarize tdigest(x)",
            r#"dynamic([["datetime"],["2026-01-01T00:00:00.0000000Z"],[1]])"#,
        ),
        Example::gives(
            "Nulls are left out",
            "datatable(x: long)[1, long(null), 3] | summarize tdigest(x)",
            r#"dynamic([["long"],[1,3],[1,1]])"#,
        ),
    ],
};

/// `tdigest_merge(expr)`.
pub static TDIGEST_MERGE: Function = Function {
    name: "tdigest_merge",
    aliases: &["merge_tdigest"],
    section: Section::Aggregate,
    doc: "tdigest-merge-aggregation-function",
    summary: "The summaries of tdigest merged into one.",
    params: &[Param::required("expr", ParamType::Exact(Type::Dynamic))],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::Prefixed("merge_tdigests"),
    nulls: Nulls::Ignored,
    cost: Cost::Cheap,
    status: STATUS,
    eval: Eval::Aggregate(merge),
    examples: &[
        Example::gives(
            "Groups together",
            "range x from 1 to 10 step 1 | summarize t = tdigest(x) by x % 2 | summarize m = tdigest_merge(t) | project percentile_tdigest(m, 50, typeof(long))",
            "5",
        ),
        Example::gives(
            "What is no summary is left out",
            r#"datatable(x: dynamic)[dynamic(null), dynamic([["long"],[5],[1]]), dynamic(1)] | summarize tdigest_merge(x)"#,
            r#"dynamic([["long"],[5],[1]])"#,
        ),
    ],
};

/// The summaries of values of a type, or of summaries.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Digest {
    ty: Type,
    weighted: bool,
    merges: bool,
}

impl Sketch for Digest {
    type Summary = TDigest;

    fn name(&self) -> &'static str {
        if self.merges { "tdigest_merge" } else { "tdigest" }
    }

    fn arity(&self) -> usize {
        1 + usize::from(self.weighted)
    }

    fn start(&self) -> TDigest {
        TDigest::new(self.ty)
    }

    fn add(&self, summary: &mut TDigest, value: &[u8], weight: i64) {
        if !self.merges {
            if let Ok(bytes) = value.try_into() {
                summary.add(i64::from_le_bytes(bytes), weight);
            }
        } else if let Ok(written) = std::str::from_utf8(value) {
            self.merge(summary, written);
        }
    }

    fn merge(&self, summary: &mut TDigest, written: &str) {
        if let Some(other) = TDigest::parse(written) {
            summary.merge(&other);
        }
    }

    fn write(&self, summary: &TDigest, out: &mut String) {
        summary.write(out);
    }

    fn size(summary: &TDigest) -> usize {
        summary.size()
    }
}

fn tdigest(call: &Call) -> Result<Aggregated, CallError> {
    let ty = match call.args.first().map_or(Type::Long, |arg| arg.ty) {
        ty @ (Type::Datetime | Type::Timespan) => ty,
        Type::Real | Type::Decimal => Type::Real,
        _ => Type::Long,
    };
    let value = call.args.first().cloned().map(|arg| coerce(arg, ty)).transpose()?;
    let args = value.into_iter().chain(call.args.get(1).cloned()).map(|arg| arg.expr).collect();
    let digest = Digest { ty, weighted: call.args.len() > 1, merges: false };
    Ok(Aggregated::plain(group::aggregate(Summarize(digest), args, None)))
}

fn merge(call: &Call) -> Result<Aggregated, CallError> {
    let digest = Digest { ty: Type::Long, weighted: false, merges: true };
    Ok(Aggregated::plain(group::aggregate(Summarize(digest), vec![argument(call.args, 0)], None)))
}
