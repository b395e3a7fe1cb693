//! Patterns: values of some columns that many rows have in common.
//!
//! Must not know what a pattern is wanted for. A row is its values, as JSON, and how many rows it stands for in each of two sets;
//! who compares nothing leaves the second at zero. Start with [`frequent`] and [`expanded`].

use std::collections::HashMap;

use super::json::elements;

/// What no value is written as: that rows have none is no pattern.
const EMPTY: [&str; 2] = ["\"\"", "null"];

/// Cells looked at in all before the search is given up: some seconds.
const MOST_WORK: usize = 1_000_000_000;
/// Patterns found before the search is given up.
const MOST_PATTERNS: usize = 10_000;

/// There are too many patterns to look for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMany;

/// Rows read for patterns.
#[derive(Debug, Default)]
pub struct Table<'a> {
    /// For each value its text, in the order they came.
    values: Vec<&'a str>,
    rows: Vec<Row>,
    columns: usize,
}

/// A row: for each column the number of its value, if it has one.
#[derive(Debug)]
struct Row {
    values: Vec<Option<u32>>,
    weight: Weight,
}

/// How many rows there are in each of two sets.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Weight(pub f64, pub f64);

impl std::ops::AddAssign for Weight {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
        self.1 += other.1;
    }
}

/// For each column the text of the value that a pattern asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct Pattern<'a> {
    /// JSON texts.
    pub values: Vec<Option<&'a str>>,
    /// The rows that it fits.
    pub weight: Weight,
}

impl Pattern<'_> {
    /// How many values it asks for.
    #[must_use]
    pub fn size(&self) -> usize {
        self.values.iter().flatten().count()
    }

    /// True if all that `other` asks for is asked for here.
    #[must_use]
    pub fn asks_for_all_of(&self, other: &Self) -> bool {
        self.values.iter().zip(&other.values).all(|(own, other)| other.is_none() || own == other)
    }
}

impl<'a> Table<'a> {
    /// Reads an array of `[[value, ...], weight, weight of the second set if there is one]`.
    #[must_use]
    pub fn read(text: &'a str) -> Option<Self> {
        let mut table = Self::default();
        let mut numbers: HashMap<(usize, &'a str), u32> = HashMap::new();
        // Rows come in any order, and what is found must not depend on it.
        let mut rows: Vec<&str> = elements(text)?.collect();
        rows.sort_unstable();
        for row in rows {
            let mut parts = elements(row)?;
            let mut values = Vec::with_capacity(table.columns);
            for (column, value) in elements(parts.next()?)?.enumerate() {
                if EMPTY.contains(&value) {
                    values.push(None);
                    continue;
                }
                let next = u32::try_from(table.values.len()).ok()?;
                let number = *numbers.entry((column, value)).or_insert(next);
                if number == next {
                    table.values.push(value);
                }
                values.push(Some(number));
            }
            table.columns = table.columns.max(values.len());
            let weight = parts.next()?.parse().ok()?;
            let second = parts.next().map_or(Some(0.0), |second| second.parse().ok())?;
            table.rows.push(Row { values, weight: Weight(weight, second) });
        }
        Some(table)
    }

    /// How many different rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// True without rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The weight of all rows.
    #[must_use]
    pub fn total(&self) -> Weight {
        let mut total = Weight::default();
        for row in &self.rows {
            total += row.weight;
        }
        total
    }

    fn pattern(&self, values: &[Option<u32>], weight: Weight) -> Pattern<'a> {
        let text = |value: &Option<u32>| value.and_then(|number| self.values.get(number as usize).copied());
        Pattern { values: values.iter().map(text).collect(), weight }
    }

    /// The weight of some rows, and the values that all of them share.
    fn shared(&self, rows: &[u32]) -> (Vec<Option<u32>>, Weight) {
        let mut rows = rows.iter().filter_map(|&number| self.rows.get(number as usize));
        let Some(first) = rows.next() else { return (vec![None; self.columns], Weight::default()) };
        let (mut shared, mut weight) = (first.values.clone(), first.weight);
        for row in rows {
            weight += row.weight;
            for (kept, value) in shared.iter_mut().zip(&row.values) {
                if kept != value {
                    *kept = None;
                }
            }
        }
        (shared, weight)
    }
}

/// The patterns whose rows are `enough`, made of at most `most` values and of what all rows with those have in common: of patterns
/// that fit the same rows the longest. `enough` must not be true of fewer rows and false of more.
///
/// Uno, Kiyomi and Arimura, "LCM ver. 2: efficient mining algorithms for frequent/closed/maximal itemsets" (2004): each pattern is
/// reached once, by adding values in one order only, so that nothing has to be remembered. It finds what Apriori finds.
///
/// # Errors
/// There are more patterns than anybody would read.
pub fn frequent<'a>(table: &Table<'a>, enough: impl Fn(Weight) -> bool, most: usize) -> Result<Vec<Pattern<'a>>, TooMany> {
    let all: Vec<u32> = (0..u32::try_from(table.rows.len()).map_err(|_| TooMany)?).collect();
    if all.is_empty() || most == 0 {
        return Ok(vec![]);
    }
    let mut search = Search { table, enough, most, work: 0, found: Vec::new() };
    let (shared, weight) = table.shared(&all);
    if (search.enough)(weight) {
        search.found.extend(Some(table.pattern(&shared, weight)).filter(|pattern| pattern.size() > 0));
        search.extend(&all, &shared, None, 0)?;
    }
    Ok(search.found)
}

struct Search<'t, 'a, F> {
    table: &'t Table<'a>,
    enough: F,
    most: usize,
    work: usize,
    found: Vec<Pattern<'a>>,
}

impl<F: Fn(Weight) -> bool> Search<'_, '_, F> {
    /// Adds each value behind `last` to the pattern that `rows` share. No deeper than there are columns.
    fn extend(&mut self, rows: &[u32], shared: &[Option<u32>], last: Option<u32>, depth: usize) -> Result<(), TooMany> {
        if depth >= self.most {
            return Ok(());
        }
        self.work += rows.len() * self.table.columns;
        if self.work > MOST_WORK || self.found.len() > MOST_PATTERNS {
            return Err(TooMany);
        }
        let mut having: HashMap<u32, (Vec<u32>, Weight)> = HashMap::new();
        for &number in rows {
            let Some(row) = self.table.rows.get(number as usize) else { continue };
            for (value, kept) in row.values.iter().zip(shared) {
                if let (Some(value), None) = (value, kept)
                    && last.is_none_or(|last| *value > last)
                {
                    let (rows, weight) = having.entry(*value).or_default();
                    rows.push(number);
                    *weight += row.weight;
                }
            }
        }
        having.retain(|_, (_, weight)| (self.enough)(*weight));
        let mut values: Vec<(u32, (Vec<u32>, Weight))> = having.into_iter().collect();
        values.sort_unstable_by_key(|(value, _)| *value);
        for (value, (rows, weight)) in values {
            let (longer, _) = self.table.shared(&rows);
            // It is reached from elsewhere if it holds a value before this one that was not there.
            let earlier = longer.iter().zip(shared).any(|(now, before)| now != before && now.is_some_and(|now| now < value));
            if earlier {
                continue;
            }
            self.found.push(self.table.pattern(&longer, weight));
            self.extend(&rows, &longer, Some(value), depth + 1)?;
        }
        Ok(())
    }
}

/// For each of the `seeds` rows that stand for most, the pattern of the best `score` on the way from the row itself to one of its
/// values: what makes the pattern best is left out of it, one value after the other. The best first, each once.
///
/// The way of seeds that are expanded is that of the paper the reference names: "Algorithms for Telemetry Data Mining using
/// Discrete Attributes" (DATA 2015).
///
/// # Errors
/// The rows are too many for so many seeds.
pub fn expanded<'a>(table: &Table<'a>, seeds: usize, score: impl Fn(&Pattern<'a>) -> f64) -> Result<Vec<Pattern<'a>>, TooMany> {
    let mut order: Vec<&Row> = table.rows.iter().filter(|row| row.values.iter().any(Option::is_some)).collect();
    order.sort_by(|a, b| b.weight.0.total_cmp(&a.weight.0));
    order.truncate(seeds);
    if order.len().saturating_mul(table.rows.len()).saturating_mul(table.columns * table.columns) > 4 * MOST_WORK {
        return Err(TooMany);
    }
    let mut found: Vec<(f64, Pattern<'a>)> = Vec::new();
    for seed in order {
        let mut values = seed.values.clone();
        let mut best: Option<(f64, Pattern<'a>)> = None;
        loop {
            let (weight, gains) = gains(table, &values);
            let pattern = table.pattern(&values, weight);
            let scored = score(&pattern);
            let size = pattern.size();
            // Of two as good the one that fits more rows.
            if best.as_ref().is_none_or(|(most, _)| scored >= *most) {
                best = Some((scored, pattern));
            }
            // All of the same length: the most rows are the best score.
            let most = (0..values.len())
                .filter(|&column| values[column].is_some())
                .max_by(|&a, &b| gains[a].total_cmp(&gains[b]).then(b.cmp(&a)));
            match most {
                Some(column) if size > 1 => values[column] = None,
                _ => break,
            }
        }
        found.extend(best.filter(|(_, pattern)| found.iter().all(|(_, known)| known.values != pattern.values)));
    }
    found.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    Ok(found.into_iter().map(|(_, pattern)| pattern).collect())
}

/// The weight of the rows that a pattern fits, and for each column that of the rows it would fit without its value there.
fn gains(table: &Table<'_>, values: &[Option<u32>]) -> (Weight, Vec<f64>) {
    let (mut weight, mut gains) = (Weight::default(), vec![0.0; values.len()]);
    for row in &table.rows {
        let mut differing = (0..values.len()).filter(|&column| values[column].is_some() && values[column] != row.values[column]);
        match (differing.next(), differing.next()) {
            (None, _) => weight += row.weight,
            (Some(only), None) => gains[only] += row.weight.0,
            _ => {}
        }
    }
    (weight, gains)
}
