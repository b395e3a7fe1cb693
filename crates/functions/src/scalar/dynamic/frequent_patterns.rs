//! What the plugins `basket`, `diffpatterns` and `autocluster` are made of: patterns in rows that are one array.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{
        Args, KernelError, each_text_or_null,
        json::{write_array, write_real},
        patterns::{Pattern, Table, TooMany, Weight, expanded, frequent},
    },
};

const ROWS: Param = Param::required("rows", ParamType::Exact(Type::Dynamic));

/// `frequent_patterns(rows, threshold, most)`.
pub static FREQUENT_PATTERNS: Function = Function {
    name: "frequent_patterns",
    aliases: &[],
    section: Section::Internal,
    doc: "basket-plugin",
    summary: "The values that a share of rows have in common, as `[count, percent, [value or null, ...]]`. A row is `[[value, ...], weight]`.",
    params: &[
        ROWS,
        Param::required("threshold", ParamType::Exact(Type::Real)),
        Param::required("most", ParamType::Exact(Type::Long)),
    ],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(|args| searched(args, basket)),
    examples: &[
        Example::gives(
            "Two of three",
            r#"frequent_patterns(dynamic([[["a", "x"], 2], [["b", "x"], 1]]), 0.5, 5)"#,
            r#"dynamic([[3,100.0,[null,"x"]],[2,66.66666666666667,["a","x"]]])"#,
        ),
        Example::gives("No rows", "frequent_patterns(dynamic([]), 0.5, 5)", "dynamic([])"),
    ],
};

/// `differing_patterns(rows, threshold, most)`.
pub static DIFFERING_PATTERNS: Function = Function {
    name: "differing_patterns",
    doc: "diffpatterns-plugin",
    summary: "The values that a share of the rows of one set have in common and of another have not, as `[count, count, percent, percent, difference, [value or null, ...]]`. A row is `[[value, ...], weight, weight in the other set]`.",
    eval: Eval::Kernel(|args| searched(args, differing)),
    examples: &[Example::gives(
        "One set has what the other has not",
        r#"differing_patterns(dynamic([[["a", "x"], 2, 0], [["b", "x"], 0, 4]]), 0.5, 5)"#,
        r#"dynamic([[2,0,100.0,0.0,100.0,["a","x"]],[0,4,0.0,100.0,100.0,["b","x"]]])"#,
    )],
    ..FREQUENT_PATTERNS
};

/// `cluster_patterns(rows, size_weight, seeds)`.
pub static CLUSTER_PATTERNS: Function = Function {
    name: "cluster_patterns",
    doc: "autocluster-plugin",
    summary: "A few patterns that fit many rows and have many values, as `[count, percent, [value or null, ...]]`, the best first.",
    params: &[
        ROWS,
        Param::required("size_weight", ParamType::Exact(Type::Real)),
        Param::required("seeds", ParamType::Exact(Type::Long)),
    ],
    eval: Eval::Kernel(|args| searched(args, clusters)),
    examples: &[Example::gives(
        "Two groups",
        r#"cluster_patterns(dynamic([[["a", "x"], 2], [["b", "y"], 1], [["b", "z"], 1]]), 0.5, 25)"#,
        r#"dynamic([[2,50.0,["a","x"]],[2,50.0,["b",null]]])"#,
    )],
    ..FREQUENT_PATTERNS
};

/// An array holds no more elements: there may have been more rows.
const MAX_ROWS: usize = 1 << 20;

/// A search over rows, with its two measures.
type Search = fn(&Table<'_>, f64, usize) -> Result<Vec<String>, TooMany>;

fn searched(args: &Args, search: Search) -> Result<ArrayRef, KernelError> {
    let (rows, measure, most) = (args.texts(0)?, args.reals(1)?, args.longs(2)?);
    let mut failed = false;
    let found = each_text_or_null(args, |row, out| {
        let (Some(text), Some(measure), Some(most)) = (rows.get(row), measure.get(row), most.get(row)) else { return false };
        let Some(table) = Table::read(text) else { return false };
        if table.len() >= MAX_ROWS {
            failed = true;
            return false;
        }
        match search(&table, measure, usize::try_from(most).unwrap_or(0)) {
            Ok(patterns) => write_array(patterns, out),
            Err(TooMany) => failed = true,
        }
        true
    });
    match failed {
        false => Ok(found),
        true => Err(KernelError::TooMuch {
            what: "the rows have too many patterns to find: `project` fewer columns, leave out those in which every value is another, or raise the threshold",
        }),
    }
}

fn basket(table: &Table<'_>, threshold: f64, most: usize) -> Result<Vec<String>, TooMany> {
    let total = table.total().0;
    let mut found = frequent(table, |weight| weight.0 >= threshold * total, most)?;
    found.sort_by(|a, b| b.weight.0.total_cmp(&a.weight.0));
    Ok(found.iter().map(|pattern| written(pattern, total)).collect())
}

/// Patterns that differ, the most different first; of two of which one has all the values of the other the first.
fn differing(table: &Table<'_>, threshold: f64, most: usize) -> Result<Vec<String>, TooMany> {
    let total = table.total();
    let shares = |weight: Weight| Weight(share(weight.0, total.0), share(weight.1, total.1));
    let difference = |weight: Weight| {
        let Weight(first, second) = shares(weight);
        (first - second).abs()
    };
    let enough = |weight: Weight| {
        let Weight(first, second) = shares(weight);
        first.max(second) >= 100.0 * threshold
    };
    let mut found = frequent(table, enough, most)?;
    found.retain(|pattern| difference(pattern.weight) >= 100.0 * threshold);
    found.sort_by(|a, b| difference(b.weight).total_cmp(&difference(a.weight)).then_with(|| a.size().cmp(&b.size())));
    let mut kept: Vec<Pattern<'_>> = Vec::new();
    for pattern in found {
        if kept.iter().all(|known| !known.asks_for_all_of(&pattern) && !pattern.asks_for_all_of(known)) {
            kept.push(pattern);
        }
    }
    Ok(kept.iter().map(|pattern| compared(pattern, shares(pattern.weight), difference(pattern.weight))).collect())
}

/// The score is the one that the reference gives: the mean of the share of rows and the share of columns with a value, weighted
/// and geometric.
fn clusters(table: &Table<'_>, size_weight: f64, seeds: usize) -> Result<Vec<String>, TooMany> {
    let total = table.total().0;
    let score = |pattern: &Pattern<'_>| {
        let columns = share(pattern.size() as f64, pattern.values.len() as f64);
        share(pattern.weight.0, total).powf(size_weight) * columns.powf(1.0 - size_weight)
    };
    let mut kept: Vec<Pattern<'_>> = Vec::new();
    for pattern in expanded(table, seeds, score)? {
        // Another view of the same rows says nothing new.
        if kept.iter().all(|known| !known.asks_for_all_of(&pattern) && !pattern.asks_for_all_of(known)) {
            kept.push(pattern);
        }
    }
    Ok(kept.iter().map(|pattern| written(pattern, total)).collect())
}

fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { 100.0 * part / whole } else { 0.0 }
}

/// `[count, percent, [value or null, ...]]`.
fn written(pattern: &Pattern<'_>, total: f64) -> String {
    let mut out = String::from("[");
    write_count(pattern.weight.0, &mut out);
    out.push(',');
    write_real(share(pattern.weight.0, total), &mut out);
    write_values(pattern, &mut out);
    out
}

/// `[count, count, percent, percent, difference, [value or null, ...]]`.
fn compared(pattern: &Pattern<'_>, shares: Weight, difference: f64) -> String {
    let mut out = String::from("[");
    write_count(pattern.weight.0, &mut out);
    out.push(',');
    write_count(pattern.weight.1, &mut out);
    for real in [shares.0, shares.1, difference] {
        out.push(',');
        write_real(real, &mut out);
    }
    write_values(pattern, &mut out);
    out
}

/// A whole number without a point: weights are mostly whole.
fn write_count(count: f64, out: &mut String) {
    let mut text = String::new();
    write_real(count, &mut text);
    out.push_str(text.strip_suffix(".0").unwrap_or(&text));
}

fn write_values(pattern: &Pattern<'_>, out: &mut String) {
    out.push(',');
    write_array(pattern.values.iter().map(|value| value.unwrap_or("null")), out);
    out.push(']');
}
