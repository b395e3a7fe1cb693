//! What the plugin `basket` is made of: values that often come together in rows.
//!
//! Agrawal and Srikant, "Fast Algorithms for Mining Association Rules" (1994): a set is frequent only if all of its subsets are.
//! Exact, where Kusto samples; of sets that cover the same rows the largest is given.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{
        Args, KernelError, each_text_or_null,
        json::{self, elements},
    },
};

/// `frequent_patterns(rows, threshold, most)`.
pub static FUNCTION: Function = Function {
    name: "frequent_patterns",
    aliases: &[],
    section: Section::Internal,
    doc: "basket-plugin",
    summary: "The values that a share of rows have in common, as `[count, percent, [value or null, ...]]`. A row is `[[value, ...], weight]`.",
    params: &[
        Param::required("rows", ParamType::Exact(Type::Dynamic)),
        Param::required("threshold", ParamType::Exact(Type::Real)),
        Param::required("most", ParamType::Exact(Type::Long)),
    ],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(frequent_patterns),
    examples: &[
        Example::gives(
            "Two of three",
            r#"frequent_patterns(dynamic([[["a", "x"], 2], [["b", "x"], 1]]), 0.5, 5)"#,
            r#"dynamic([[2,66.66666666666667,["a","x"]],[3,100.0,[null,"x"]]])"#,
        ),
        Example::gives("No rows", "frequent_patterns(dynamic([]), 0.5, 5)", "dynamic([])"),
    ],
};

/// A value in its column.
type Item<'a> = (usize, &'a str);
/// What no value is written as: it is no pattern that a row has none.
const EMPTY: &str = "\"\"";
/// Rows that have an item or several, by their numbers.
type Rows = BTreeSet<usize>;

/// Sets of one size may be this many: with more, values are too many for patterns to say anything.
const MAX_SETS: usize = 50_000;

fn frequent_patterns(args: &Args) -> Result<ArrayRef, KernelError> {
    let (rows, threshold, most) = (args.texts(0)?, args.reals(1)?, args.longs(2)?);
    Ok(each_text_or_null(args, |row, out| {
        let (Some(text), Some(threshold), Some(most)) = (rows.get(row), threshold.get(row), most.get(row)) else { return false };
        write(text, threshold, usize::try_from(most).unwrap_or(0), out).is_some()
    }))
}

fn write(text: &str, threshold: f64, most: usize, out: &mut String) -> Option<()> {
    let mut table: Vec<(Vec<&str>, f64)> = Vec::new();
    for row in elements(text)? {
        let mut parts = elements(row)?;
        table.push((elements(parts.next()?)?.collect(), parts.next()?.parse().ok()?));
    }
    let total: f64 = table.iter().map(|(_, weight)| weight).sum();
    let width = table.first().map_or(0, |(values, _)| values.len());
    let weigh = |rows: &Rows| rows.iter().filter_map(|&row| table.get(row)).map(|(_, weight)| weight).sum::<f64>();
    let found = frequent(&table, |rows| weigh(rows) >= threshold * total, most);
    let mut patterns: Vec<String> = Vec::new();
    for (items, rows) in closed(&found) {
        let mut pattern = String::from("[");
        let weight = weigh(rows);
        json::write_real(weight, &mut pattern);
        let whole = pattern.strip_suffix(".0").map(str::to_owned);
        let mut pattern = whole.unwrap_or(pattern);
        pattern.push(',');
        json::write_real(100.0 * weight / total, &mut pattern);
        pattern.push(',');
        let values = (0..width).map(|column| items.iter().find(|(at, _)| *at == column).map_or("null", |(_, value)| *value));
        json::write_array(values, &mut pattern);
        pattern.push(']');
        patterns.push(pattern);
    }
    json::write_array(patterns.iter().map(String::as_str), out);
    Some(())
}

/// The sets of items that enough rows have, with those rows: sets of one, then what can be made of those, and so on.
fn frequent<'a>(table: &[(Vec<&'a str>, f64)], enough: impl Fn(&Rows) -> bool, most: usize) -> BTreeMap<Vec<Item<'a>>, Rows> {
    let mut single: HashMap<Item<'a>, Rows> = HashMap::new();
    for (number, (values, _)) in table.iter().enumerate() {
        for (column, value) in values.iter().enumerate().filter(|(_, value)| **value != EMPTY) {
            single.entry((column, value)).or_default().insert(number);
        }
    }
    let mut level: BTreeMap<Vec<Item<'a>>, Rows> =
        single.into_iter().filter(|(_, rows)| enough(rows)).map(|(item, rows)| (vec![item], rows)).collect();
    let mut all = level.clone();
    for _ in 1..most {
        let mut next: BTreeMap<Vec<Item<'a>>, Rows> = BTreeMap::new();
        let sets: Vec<_> = level.iter().collect();
        for (at, (items, rows)) in sets.iter().enumerate() {
            for (others, other_rows) in &sets[at + 1..] {
                let (Some((last, head)), Some((other, other_head))) = (items.split_last(), others.split_last()) else { continue };
                // Sorted sets that differ in their last item only; a column has one value in a row.
                if head != other_head || last.0 == other.0 || next.len() >= MAX_SETS {
                    continue;
                }
                let common: Rows = rows.intersection(other_rows).copied().collect();
                if enough(&common) {
                    next.insert(items.iter().chain([other]).copied().collect(), common);
                }
            }
        }
        if next.is_empty() {
            break;
        }
        all.extend(next.clone());
        level = next;
    }
    all
}

/// The sets that no larger one covers the same rows as.
fn closed<'f, 'a>(found: &'f BTreeMap<Vec<Item<'a>>, Rows>) -> impl Iterator<Item = (&'f Vec<Item<'a>>, &'f Rows)> {
    let mut largest: HashMap<&Rows, usize> = HashMap::new();
    for (items, rows) in found {
        let most = largest.entry(rows).or_default();
        *most = items.len().max(*most);
    }
    found.iter().filter(move |(items, rows)| largest.get(rows) == Some(&items.len()))
}
