//! Alerts by day (UTC): counted, and drawn in a line.

use std::collections::BTreeMap;

use detect::replay::Range;
use rules::exclusion::moment;
use serde_json::{Map, Value};

/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;
/// The most cells of a line.
const WIDTH: usize = 60;
const LEVELS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// How many there are on each day that has any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Days(BTreeMap<i64, u64>);

impl Days {
    /// One more at a moment.
    pub(crate) fn add(&mut self, moment: i64) {
        *self.0.entry(moment.div_euclid(DAY)).or_default() += 1;
    }

    /// Each day of the range, those without any too.
    fn all(&self, range: Range) -> impl Iterator<Item = (i64, u64)> {
        let (first, last) = (range.from.div_euclid(DAY), range.to.saturating_sub(1).div_euclid(DAY));
        (first..=last).map(|day| (day, self.0.get(&day).copied().unwrap_or(0)))
    }

    /// By date, `2026-11-20`.
    pub(crate) fn json(&self, range: Range) -> Value {
        let days = self.all(range).map(|(day, count)| {
            let date = moment::write(day.saturating_mul(DAY));
            (date.get(..10).unwrap_or(&date).to_owned(), Value::from(count))
        });
        Value::Object(days.collect::<Map<String, Value>>())
    }

    /// How many a day, over the whole range; a part of a day counts as that part.
    pub(crate) fn mean(&self, range: Range) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a mean, for people")]
        let (all, days) = (self.0.values().sum::<u64>() as f64, range.to.saturating_sub(range.from) as f64 / DAY as f64);
        if days > 0.0 { all / days } else { 0.0 }
    }

    /// A line with a cell a day, or a cell for several days where the range is long; a dot is a day without any.
    pub(crate) fn line(&self, range: Range) -> String {
        let days: Vec<u64> = self.all(range).map(|(_, count)| count).collect();
        let width = days.len().min(WIDTH);
        let mut cells = vec![0_u64; width];
        for (at, count) in days.iter().enumerate() {
            cells[at * width / days.len()] += count;
        }
        let most = cells.iter().copied().max().unwrap_or(0).max(1);
        let level = |count: u64| match count {
            0 => '·',
            // From 1 to 8: the least of something is seen, and the most is full.
            some => LEVELS[usize::try_from((some * 8).div_ceil(most) - 1).unwrap_or(7).min(7)],
        };
        cells.into_iter().map(level).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{DAY, Days, Range};

    #[test]
    fn a_line_has_a_cell_a_day() {
        let mut days = Days::default();
        for (day, count) in [(10, 1), (12, 8), (13, 4)] {
            (0..count).for_each(|place| days.add(day * DAY + place));
        }
        let range = Range { from: 10 * DAY, to: 14 * DAY, closing: false };
        assert_eq!(days.line(range), "▁·█▄");
        assert!((days.mean(range) - 3.25).abs() < 1e-9);
        assert_eq!(days.json(range).to_string(), r#"{"1970-01-11":1,"1970-01-12":0,"1970-01-13":8,"1970-01-14":4}"#);
        let year = Range { from: 0, to: 365 * DAY, closing: false };
        assert_eq!(days.line(year).chars().count(), 60);
        assert_eq!(Days::default().line(Range { from: DAY, to: 2 * DAY, closing: false }), "·");
    }
}
