//! `percentile_tdigest` and its kin: the summaries that the aggregate `tdigest` makes, asked and merged.

use arrow::array::ArrayRef;
use datafusion_expr::Expr;
use schema::Type;

use crate::{
    Call, CallError, Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status, Typed,
    apply::kernel_call,
    kernel::{Args, KernelError, Values, each_real, each_text_or_null, json, tdigest::TDigest},
    rewrite::to_type,
};

const TDIGEST: Param = Param::required("tdigest", ParamType::Exact(Type::Dynamic));

/// `percentile_tdigest(tdigest, percentile [, typeof(type)])`.
pub static PERCENTILE_TDIGEST: Function = Function {
    name: "percentile_tdigest",
    aliases: &[],
    section: Section::Dynamic,
    doc: "percentile-tdigest-function",
    summary: "The value that a percentage of the values of a summary made by tdigest does not exceed; with `typeof` as that type.",
    params: &[TDIGEST, Param::required("percentile", ParamType::Exact(Type::Real)), Param::optional("type", ParamType::Any)],
    returns: Returns::By(|types| Ok(types.get(2).copied().unwrap_or(Type::Dynamic))),
    result_name: ResultName::Prefixed("percentile_tdigest"),
    nulls: Nulls::Custom("A null summary or percentage gives null; the third argument says nothing but its type."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Rewrite(percentile),
    examples: &[
        Example::gives("The median", r#"percentile_tdigest(dynamic([["long"],[1,2,3],[1,1,2]]), 50)"#, "dynamic(2)"),
        Example::gives("As a type", r#"percentile_tdigest(dynamic([["long"],[1,2,3],[1,1,2]]), 75, typeof(long))"#, "3"),
        Example::gives(
            "Moments",
            r#"percentile_tdigest(dynamic([["datetime"],["2026-01-01T00:00:00.0000000Z"],[1]]), 50, typeof(datetime))"#,
            "datetime(2026-01-01)",
        ),
        Example::gives("No summary", "percentile_tdigest(dynamic([1]), 50)", "dynamic(null)"),
        Example::gives("Null", "percentile_tdigest(dynamic(null), 50, typeof(long))", "long(null)"),
    ],
};

/// `percentiles_array_tdigest(tdigest, percentile, ...)`.
pub static PERCENTILES_ARRAY_TDIGEST: Function = Function {
    name: "percentiles_array_tdigest",
    aliases: &[],
    section: Section::Dynamic,
    doc: "percentile-array-tdigest-function",
    summary: "The percentiles of a summary made by tdigest in a dynamic array; the percentages may come in one too.",
    params: &[TDIGEST, Param::repeated("percentile", ParamType::Any, 1, 64)],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::Prefixed("percentile_tdigest"),
    nulls: Nulls::Custom("A null summary gives null; a null percentage is left out, and so is `typeof`."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(percentiles),
    examples: &[
        Example::gives(
            "One by one",
            r#"percentiles_array_tdigest(dynamic([["long"],[1,2,3],[1,1,2]]), 0, 50, 100)"#,
            "dynamic([1,2,3])",
        ),
        Example::gives(
            "In an array",
            r#"percentiles_array_tdigest(dynamic([["long"],[1,2,3],[1,1,2]]), dynamic([0, 100]), typeof(long))"#,
            "dynamic([1,3])",
        ),
        Example::gives("Null", "percentiles_array_tdigest(dynamic(null), 50)", "dynamic(null)"),
    ],
};

/// `rank_tdigest(tdigest, value)`.
pub static RANK_TDIGEST: Function = Function {
    name: "rank_tdigest",
    aliases: &[],
    section: Section::Dynamic,
    doc: "rank-tdigest-function",
    summary: "How many values of a summary made by tdigest are not greater than a value.",
    params: &[TDIGEST, Param::required("value", ParamType::NumberOrTime)],
    returns: Returns::Fixed(Type::Real),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(|args| ranks(args, |rank, _| rank)),
    examples: &[
        Example::gives("A rank", r#"rank_tdigest(dynamic([["long"],[1,2,3],[1,1,2]]), 2)"#, "2.0"),
        Example::gives("Above all", r#"rank_tdigest(dynamic([["long"],[1,2,3],[1,1,2]]), 9)"#, "4.0"),
        Example::gives("A real among longs", r#"rank_tdigest(dynamic([["long"],[1,2,3],[1,1,2]]), 2.5)"#, "2.0"),
        Example::gives("Null", r#"rank_tdigest(dynamic([["long"],[1,2,3],[1,1,2]]), long(null))"#, "real(null)"),
    ],
};

/// `percentrank_tdigest(tdigest, value)`.
pub static PERCENTRANK_TDIGEST: Function = Function {
    name: "percentrank_tdigest",
    aliases: &[],
    section: Section::Dynamic,
    doc: "percentrank-tdigest-function",
    summary: "How many percent of the values of a summary made by tdigest are not greater than a value.",
    params: &[TDIGEST, Param::required("value", ParamType::NumberOrTime)],
    returns: Returns::Fixed(Type::Real),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(|args| ranks(args, |rank, total| rank * 100.0 / total)),
    examples: &[
        Example::gives("A percentage", r#"percentrank_tdigest(dynamic([["long"],[1,2,3],[1,1,2]]), 2)"#, "50.0"),
        Example::gives("Below all", r#"percentrank_tdigest(dynamic([["long"],[1,2,3],[1,1,2]]), 0)"#, "0.0"),
        Example::gives("Null", "percentrank_tdigest(dynamic(null), 1)", "real(null)"),
    ],
};

/// `merge_tdigest(tdigest1, tdigest2, ...)`.
pub static MERGE_TDIGEST: Function = Function {
    name: "merge_tdigest",
    aliases: &["tdigest_merge"],
    section: Section::Dynamic,
    doc: "merge-tdigest-function",
    summary: "Summaries made by tdigest merged into one; what is none, or of another type than the first, is left out.",
    params: &[Param::repeated("tdigest", ParamType::Exact(Type::Dynamic), 2, 64)],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::Prefixed("tdigests_merge_result"),
    nulls: Nulls::Custom("A null is left out; nulls only give null."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(merge),
    examples: &[
        Example::gives(
            "Two",
            r#"merge_tdigest(dynamic([["long"],[1,2,3],[1,1,2]]), dynamic([["long"],[3,7],[1,1]]))"#,
            r#"dynamic([["long"],[1,2,3,7],[1,1,3,1]])"#,
        ),
        Example::gives(
            "A null",
            r#"merge_tdigest(dynamic(null), dynamic([["long"],[1,2,3],[1,1,2]]))"#,
            r#"dynamic([["long"],[1,2,3],[1,1,2]])"#,
        ),
        Example::gives("Nulls", "merge_tdigest(dynamic(null), dynamic(null))", "dynamic(null)"),
    ],
};

static PERCENTILE: Function = Function { section: Section::Internal, eval: Eval::Kernel(value), ..PERCENTILE_TDIGEST };

fn percentile(call: &Call) -> Result<Expr, CallError> {
    let asked = call.args.iter().take(2).cloned().collect();
    let value = Typed::new(kernel_call(&PERCENTILE, asked, Type::Dynamic), Type::Dynamic);
    Ok(match call.args.get(2) {
        Some(ty) => to_type(&value, ty.ty),
        None => value.expr,
    })
}

fn value(args: &Args) -> Result<ArrayRef, KernelError> {
    let (summaries, percents) = (args.texts(0)?, args.reals(1)?);
    Ok(each_text_or_null(args, |row, out| match (summaries.get(row).and_then(TDigest::parse), percents.get(row)) {
        (Some(summary), Some(percent)) => summary.percentile(percent, out),
        _ => false,
    }))
}

fn percentiles(args: &Args) -> Result<ArrayRef, KernelError> {
    let summaries = args.texts(0)?;
    let percents = Values::from(args, 1)?;
    Ok(each_text_or_null(args, |row, out| {
        let Some(summary) = summaries.get(row).and_then(TDigest::parse) else { return false };
        out.push('[');
        let mut add = |percent: Option<f64>| {
            let Some(percent) = percent else { return };
            out.push_str(if out.len() > 1 { "," } else { "" });
            if !summary.percentile(percent, out) {
                out.push_str("null");
            }
        };
        for percents in &percents {
            match percents.json(row).and_then(json::elements) {
                Some(elements) => elements.for_each(|percent| add(json::typed::real(percent))),
                None => add(percents.real(row)),
            }
        }
        out.push(']');
        true
    }))
}

fn ranks(args: &Args, of: fn(f64, f64) -> f64) -> Result<ArrayRef, KernelError> {
    let (summaries, values) = (args.texts(0)?, Values::of(args, 1)?);
    Ok(each_real(args, |row| {
        let summary = TDigest::parse(summaries.get(row)?)?;
        let mut value = String::new();
        match (summary.ty(), values.ty()) {
            // Not greater than a fraction means not greater than the whole number below it.
            (Type::Long, Type::Real | Type::Decimal) => json::write_real(values.real(row)?.floor(), &mut value),
            _ => values.write_json(row, &mut value),
        }
        let (rank, total) = summary.rank(TDigest::key(summary.ty(), &value)?);
        Some(of(rank, total))
    }))
}

fn merge(args: &Args) -> Result<ArrayRef, KernelError> {
    let columns = (0..args.len()).map(|position| args.texts(position)).collect::<Result<Vec<_>, _>>()?;
    Ok(each_text_or_null(args, |row, out| {
        let summaries = columns.iter().filter_map(|column| TDigest::parse(column.get(row)?));
        let merged = summaries.reduce(|mut merged, summary| {
            merged.merge(&summary);
            merged
        });
        if let Some(merged) = &merged {
            merged.write(out);
        }
        merged.is_some()
    }))
}
