//! `dcount_hll`, `hll_merge`, and what `dcount_intersect` is made of: the summaries that the aggregate `hll` makes, counted, merged
//! and compared.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_long, each_text_or_null, hyperloglog::HyperLogLog},
};

/// `dcount_hll(hll)`.
pub static DCOUNT_HLL: Function = Function {
    name: "dcount_hll",
    aliases: &[],
    section: Section::Dynamic,
    doc: "dcount-hll-function",
    summary: "The number of distinct values that a summary made by hll stands for.",
    params: &[Param::required("hll", ParamType::Exact(Type::Dynamic))],
    returns: Returns::Fixed(Type::Long),
    result_name: ResultName::Prefixed("dcount_hll"),
    nulls: Nulls::Propagate,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(dcount_hll),
    examples: &[
        Example::gives("Two values", r#"dcount_hll(dynamic([[1024,14],["17","-4"],[]]))"#, "2"),
        Example::gives("None", "dcount_hll(dynamic([[1024,14],[],[]]))", "0"),
        Example::gives("No summary", "dcount_hll(dynamic([1]))", "long(null)"),
        Example::gives("Null", "dcount_hll(dynamic(null))", "long(null)"),
    ],
};

/// `hll_merge(hll1, hll2, ...)`.
pub static HLL_MERGE: Function = Function {
    name: "hll_merge",
    aliases: &[],
    section: Section::Dynamic,
    doc: "hll-merge-function",
    summary: "Summaries made by hll merged into one; what is none is left out.",
    params: &[Param::repeated("hll", ParamType::Exact(Type::Dynamic), 2, 64)],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::Prefixed("hll_merged_result"),
    nulls: Nulls::Custom("A null is left out; nulls only give null."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(hll_merge),
    examples: &[
        Example::gives(
            "Two",
            r#"dcount_hll(hll_merge(dynamic([[1024,14],["17","-4"],[]]), dynamic([[1024,14],["17","5"],[]])))"#,
            "3",
        ),
        Example::gives("A null", r#"dcount_hll(hll_merge(dynamic([[1024,14],["17","-4"],[]]), dynamic(null)))"#, "2"),
        Example::gives("Nulls", "hll_merge(dynamic(null), dynamic(null))", "dynamic(null)"),
    ],
};

/// What the plugin `dcount_intersect` is made of.
pub static DCOUNT_COMMON: Function = Function {
    name: "dcount_common",
    aliases: &[],
    section: Section::Internal,
    doc: "dcount-intersect-plugin",
    summary: "The number of distinct values that all of several summaries made by hll stand for.",
    params: &[Param::repeated("hll", ParamType::Exact(Type::Dynamic), 1, 16)],
    returns: Returns::Fixed(Type::Long),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(dcount_common),
    examples: &[
        Example::gives("Two", r#"dcount_common(dynamic([[1024,14],["17","-4"],[]]), dynamic([[1024,14],["17","5"],[]]))"#, "1"),
        Example::gives("One", r#"dcount_common(dynamic([[1024,14],["17","-4"],[]]))"#, "2"),
        Example::gives("No summary", "dcount_common(dynamic([1]))", "long(null)"),
    ],
};

fn dcount_common(args: &Args) -> Result<ArrayRef, KernelError> {
    let columns = (0..args.len()).map(|position| args.texts(position)).collect::<Result<Vec<_>, _>>()?;
    Ok(each_long(args, |row| {
        let summaries = columns.iter().map(|column| HyperLogLog::parse(column.get(row)?)).collect::<Option<Vec<_>>>()?;
        Some(HyperLogLog::common(&summaries))
    }))
}

fn dcount_hll(args: &Args) -> Result<ArrayRef, KernelError> {
    let summaries = args.texts(0)?;
    Ok(each_long(args, |row| HyperLogLog::parse(summaries.get(row)?).map(|summary| summary.count())))
}

fn hll_merge(args: &Args) -> Result<ArrayRef, KernelError> {
    let columns = (0..args.len()).map(|position| args.texts(position)).collect::<Result<Vec<_>, _>>()?;
    Ok(each_text_or_null(args, |row, out| {
        let summaries = columns.iter().filter_map(|column| HyperLogLog::parse(column.get(row)?));
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
