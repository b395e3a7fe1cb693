//! The values of a `card`: the first value of each series.

use crate::model::Chart;
use crate::scale::number::{exact, short};
use crate::text::clean;

/// A value with its name.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Card {
    /// The cleaned name of the series.
    pub name: String,
    /// The value with all digits worth reading.
    pub exact: String,
    /// The value in a few characters.
    pub short: String,
}

/// The cards of a chart, not more than `most`. KQL draws the first record only; series without a value in it are left out.
pub(crate) fn cards(chart: &Chart, most: usize) -> Vec<Card> {
    let value = |values: &[Option<f64>]| values.first().copied().flatten().filter(|value| value.is_finite());
    let card = |series: &crate::model::Series| {
        let value = value(&series.values)?;
        Some(Card { name: clean(&series.name), exact: exact(value), short: short(value) })
    };
    chart.series.iter().filter_map(card).take(most).collect()
}
