//! The slices of a pie: names, shares, and what is too small to see under one name.
//!
//! Must not know pixels or cells. Start with [`slices`].

use crate::data::{Axis, Data};
use crate::scale::number::exact;

/// A part of the whole.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Slice {
    /// Its name.
    pub name: String,
    /// How much it is, above zero.
    pub value: f64,
    /// Whether it is the sum of the smallest.
    pub other: bool,
}

/// A whole in its parts, the largest first.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Slices {
    /// The parts.
    pub slices: Vec<Slice>,
    /// Their sum.
    pub total: f64,
    /// What the reader should know about what is not shown.
    pub notes: Vec<String>,
}

/// The slices of `data`, not more than `most`: one for each x value, for each series if there is one x value only, for
/// each pair if there are several of both.
pub(crate) fn slices(data: &Data, most: usize) -> Slices {
    let mut all = Vec::new();
    let mut below = 0_usize;
    for line in &data.series {
        for (row, value) in line.values.iter().enumerate() {
            match value {
                Some(value) if *value > 0.0 => all.push((*value, line, row)),
                Some(value) if *value < 0.0 => below += 1,
                _ => {}
            }
        }
    }
    all.sort_by(|one, two| two.0.total_cmp(&one.0));
    let most = most.max(2);
    let kept = if all.len() > most { most - 1 } else { all.len() };
    let rest: f64 = all.iter().skip(kept).map(|(value, ..)| value).sum();
    let name = |name: &str, row: usize| {
        let place = data.axis.label(row);
        let text = match (data.series.len(), data.axis.len()) {
            (1, _) => place,
            (_, 1) => name.to_owned(),
            _ => format!("{place}, {name}"),
        };
        if text.is_empty() { "(no name)".to_owned() } else { text }
    };
    let mut slices: Vec<Slice> = all
        .iter()
        .take(kept)
        .map(|(value, line, row)| Slice { name: name(&line.name, *row), value: *value, other: false })
        .collect();
    if kept < all.len() {
        slices.push(Slice { name: format!("Other ({})", exact((all.len() - kept) as f64)), value: rest, other: true });
    }
    let mut notes = Vec::new();
    if matches!(data.axis, Axis::Time(_)) && data.axis.len() > 1 {
        notes.push("times are UTC".to_owned());
    }
    if below > 0 {
        notes.push(format!("values below 0 are not shown: {}", exact(below as f64)));
    }
    Slices { total: slices.iter().map(|slice| slice.value).sum(), slices, notes }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Chart, Kind, Series, X};

    fn pie(categories: &[&str], series: &[(&str, &[f64])], most: usize) -> Vec<(String, f64)> {
        let series = series.iter().map(|(name, values)| Series::new(*name, values.iter().copied().map(Some).collect())).collect();
        let x = X::Category(categories.iter().map(|name| (*name).to_owned()).collect());
        let data = Data::of(&Chart { series, ..Chart::new(Kind::Piechart, x) });
        slices(&data, most).slices.into_iter().map(|slice| (slice.name, slice.value)).collect()
    }

    fn named(list: &[(&str, f64)]) -> Vec<(String, f64)> {
        list.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect()
    }

    #[test]
    fn the_largest_comes_first() {
        assert_eq!(pie(&["a", "b"], &[("n", &[1.0, 2.0])], 9), named(&[("b", 2.0), ("a", 1.0)]));
    }

    #[test]
    fn small_slices_are_summed() {
        let shown = pie(&["a", "b", "c", "d"], &[("n", &[1.0, 5.0, 2.0, 3.0])], 3);
        assert_eq!(shown, named(&[("b", 5.0), ("d", 3.0), ("Other (2)", 3.0)]));
    }

    #[test]
    fn series_are_slices_of_a_single_row() {
        assert_eq!(pie(&["all"], &[("spf", &[4.0]), ("dkim", &[6.0])], 9), named(&[("dkim", 6.0), ("spf", 4.0)]));
    }

    #[test]
    fn values_that_are_no_share_are_left_out() {
        assert_eq!(pie(&["a", "b", ""], &[("n", &[0.0, -2.0, 1.0])], 9), named(&[("(empty)", 1.0)]));
    }
}
