//! The input brought in order, so that drawing needs no exceptions: x sorted, every value finite or a gap, every series
//! as long as x, the number of series bounded, names clean.
//!
//! Must not know pixels or cells. Start with [`Data::of`].

use crate::model::{Chart, Kind, Pile, X};
use crate::scale::number::{self, Extent, LARGEST};
use crate::scale::time;
use crate::text::clean;

/// Series that get a colour and a place in the legend.
pub(crate) const NAMED: usize = 20;

/// Series drawn at all.
const DRAWN: usize = 120;

/// The x values in rising order (categories in theirs).
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Axis {
    /// Microseconds since 1970, within the years 1 to 9999.
    Time(Vec<i64>),
    /// Finite numbers.
    Number(Vec<f64>),
    /// Cleaned names.
    Category(Vec<String>),
}

/// One series in the order of the axis.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    /// The cleaned name.
    pub name: String,
    /// One for each x; every value is finite.
    pub values: Vec<Option<f64>>,
    /// Places in `values`, rising.
    pub anomalies: Vec<usize>,
    /// How it is coloured.
    pub tone: Tone,
    /// Instead of the palette's, where the tone is [`Tone::Named`].
    pub colour: Option<&'static str>,
}

/// The colour of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// The n-th colour of the palette, and a place in the legend.
    Named(usize),
    /// The sum of what has no colour of its own.
    Other,
    /// Grey, without a place in the legend.
    Muted,
}

/// What is drawn.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Data {
    /// Where the values stand.
    pub axis: Axis,
    /// The values: those without a colour first, so that they are drawn behind.
    pub series: Vec<Line>,
    /// What the reader should know about what is not drawn.
    pub notes: Vec<String>,
}

impl Axis {
    /// How many x values there are.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Time(values) => values.len(),
            Self::Number(values) => values.len(),
            Self::Category(values) => values.len(),
        }
    }

    /// The x value in place `at` as a number; a category's is its place.
    pub(crate) fn at(&self, at: usize) -> f64 {
        match self {
            Self::Time(values) => values.get(at).map_or(0.0, |micros| *micros as f64),
            Self::Number(values) => values.get(at).copied().unwrap_or(0.0),
            Self::Category(_) => at as f64,
        }
    }

    /// The x value in place `at` as it is written by itself.
    pub(crate) fn label(&self, at: usize) -> String {
        match self {
            Self::Time(values) => values.get(at).map(|micros| time::full(*micros)),
            Self::Number(values) => values.get(at).map(|value| number::exact(*value)),
            Self::Category(values) => values.get(at).cloned(),
        }
        .unwrap_or_default()
    }

    /// The smallest distance of two different x values.
    pub(crate) fn least_gap(&self) -> Option<f64> {
        let places = (0..self.len()).map(|at| self.at(at));
        let gaps = places.clone().skip(1).zip(places).map(|(next, one)| next - one);
        gaps.filter(|gap| *gap > 0.0).reduce(f64::min)
    }
}

impl Data {
    /// The chart's data, in order.
    pub(crate) fn of(chart: &Chart) -> Self {
        let (axis, order) = ordered(&chart.x);
        let above_zero = chart.y_log && chart.pile() != Pile::Shares && !matches!(chart.kind, Kind::Piechart | Kind::Card);
        let mut dropped = false;
        let mut series = Vec::with_capacity(chart.series.len());
        for (index, source) in chart.series.iter().enumerate() {
            let value = |at: &usize| {
                let value = source.values.get(*at).copied().flatten().filter(|value| value.is_finite())?;
                let kept = !above_zero || value > 0.0;
                dropped |= !kept;
                kept.then_some(value.clamp(-LARGEST, LARGEST))
            };
            let values: Vec<Option<f64>> = order.iter().map(value).collect();
            let anomalies = if chart.kind == Kind::Anomalychart { places(&source.anomalies, &order) } else { Vec::new() };
            series.push(Line { name: clean(&source.name), values, anomalies, tone: Tone::Named(index), colour: source.colour });
        }
        let mut data = Self { axis, series, notes: Vec::new() };
        if dropped {
            data.notes.push("values up to 0 have no place on a logarithmic axis".to_owned());
        }
        if data.series.len() > NAMED && !matches!(chart.kind, Kind::Piechart | Kind::Card) {
            data.choose(chart);
        }
        data
    }

    /// Whether there is nothing to draw.
    pub(crate) fn is_empty(&self) -> bool {
        self.series.iter().all(|line| line.values.iter().all(Option::is_none))
    }

    /// Series in the order of the legend.
    pub(crate) fn named(&self) -> impl Iterator<Item = &Line> {
        self.series.iter().filter(|line| line.tone != Tone::Muted)
    }

    /// All values.
    pub(crate) fn values(&self) -> impl Iterator<Item = f64> {
        self.series.iter().flat_map(|line| line.values.iter().copied().flatten())
    }

    /// Bars and columns can be told apart only so far: keeps the first `most` x values, and says so.
    pub(crate) fn keep_first(&mut self, most: usize, what: &str) {
        let count = self.axis.len();
        if count <= most {
            return;
        }
        match &mut self.axis {
            Axis::Time(values) => values.truncate(most),
            Axis::Number(values) => values.truncate(most),
            Axis::Category(values) => values.truncate(most),
        }
        for line in &mut self.series {
            line.values.truncate(most);
        }
        self.notes.push(format!("the first {most} of {} {what}", number::exact(count as f64)));
    }

    /// Of more times or numbers than `places` for columns, keeps the row with the largest values at each place, moved to
    /// its middle. Answers whether it had to.
    pub(crate) fn keep_largest(&mut self, places: usize, place: &str) -> bool {
        let count = self.axis.len();
        if count <= places || matches!(self.axis, Axis::Category(_)) {
            return false;
        }
        let (low, high) = (self.axis.at(0), self.axis.at(count - 1));
        let width = (high / places as f64 - low / places as f64).max(f64::MIN_POSITIVE);
        let mut best: Vec<Option<(f64, usize)>> = vec![None; places];
        for row in 0..count {
            let size: f64 = self.series.iter().filter_map(|line| line.values.get(row).copied().flatten()).map(f64::abs).sum();
            let slot = best.get_mut((((self.axis.at(row) - low) / width) as usize).min(places - 1));
            if let Some(slot) = slot.filter(|slot| slot.is_none_or(|(so_far, _)| size > so_far)) {
                *slot = Some((size, row));
            }
        }
        let kept: Vec<(usize, usize)> = best.into_iter().enumerate().filter_map(|(at, slot)| Some((at, slot?.1))).collect();
        for line in &mut self.series {
            line.values = kept.iter().map(|(_, row)| line.values.get(*row).copied().flatten()).collect();
        }
        let middles = kept.iter().map(|(at, _)| low + (*at as f64 + 0.5) * width);
        self.axis = match self.axis {
            Axis::Time(_) => Axis::Time(middles.map(|middle| middle as i64).collect()),
            _ => Axis::Number(middles.collect()),
        };
        self.notes.push(format!("more columns than fit: the largest in each {place} is shown"));
        true
    }

    /// Gives colours to the largest series, and grey, a common sum or nothing to the others.
    fn choose(&mut self, chart: &Chart) {
        let all = self.series.len();
        let mut ranking: Vec<(f64, usize)> = self.series.iter().map(size).zip(0..).collect();
        ranking.sort_by(|one, two| two.0.total_cmp(&one.0).then(one.1.cmp(&two.1)));
        let mut rank = vec![0; all];
        for (place, (_, index)) in ranking.into_iter().enumerate() {
            if let Some(slot) = rank.get_mut(index) {
                *slot = place;
            }
        }
        let (mut named, mut behind, mut rest) = (Vec::new(), Vec::new(), Vec::new());
        for (line, rank) in std::mem::take(&mut self.series).into_iter().zip(rank) {
            match rank {
                0..NAMED => named.push(Line { tone: Tone::Named(named.len()), ..line }),
                _ if rank < NAMED + DRAWN => behind.push(Line { tone: Tone::Muted, ..line }),
                _ => rest.push(line),
            }
        }
        let count = number::exact((all - NAMED) as f64);
        if chart.pile() != Pile::None {
            named.push(sum(behind.iter().chain(&rest), self.axis.len(), format!("{count} others")));
            self.series = named;
        } else if matches!(chart.kind, Kind::Columnchart | Kind::Barchart) {
            self.notes.push(format!("the {NAMED} largest of {} series", number::exact(all as f64)));
            self.series = named;
        } else {
            self.notes.push(match rest.len() {
                0 => format!("{count} smaller series in grey"),
                _ => format!("{count} smaller series, the largest {DRAWN} of them in grey"),
            });
            self.series = behind;
            self.series.extend(named);
        }
    }
}

/// The x values in order, and for each its place in the input.
fn ordered(x: &X) -> (Axis, Vec<usize>) {
    match x {
        X::Time(values) => {
            let clamped = values.iter().map(|micros| (*micros).clamp(time::FIRST, time::LAST));
            let mut pairs: Vec<(i64, usize)> = clamped.zip(0..).collect();
            pairs.sort_unstable();
            let (values, order) = pairs.into_iter().unzip();
            (Axis::Time(values), order)
        }
        X::Number(values) => {
            let finite = values.iter().zip(0..).filter(|(value, _)| value.is_finite());
            let mut pairs: Vec<(f64, usize)> = finite.map(|(value, at)| (value.clamp(-LARGEST, LARGEST), at)).collect();
            pairs.sort_by(|one, two| one.0.total_cmp(&two.0).then(one.1.cmp(&two.1)));
            let (values, order) = pairs.into_iter().unzip();
            (Axis::Number(values), order)
        }
        X::Category(names) => {
            let shown = |name: &String| Some(clean(name)).filter(|name| !name.is_empty()).unwrap_or_else(|| "(empty)".to_owned());
            (Axis::Category(names.iter().map(shown).collect()), (0..names.len()).collect())
        }
    }
}

/// Where the input's places `wanted` went when it was put in `order`.
fn places(wanted: &[usize], order: &[usize]) -> Vec<usize> {
    let mut wanted = wanted.to_vec();
    wanted.sort_unstable();
    order.iter().zip(0..).filter(|(source, _)| wanted.binary_search(source).is_ok()).map(|(_, at)| at).collect()
}

/// How much a series matters: the sum of what it shows.
fn size(line: &Line) -> f64 {
    line.values.iter().flatten().map(|value| value.abs()).sum()
}

/// The sum of `lines`, a gap where all of them have one.
fn sum<'a>(lines: impl Iterator<Item = &'a Line>, length: usize, name: String) -> Line {
    let mut values: Vec<Option<f64>> = vec![None; length];
    for line in lines {
        for (total, value) in values.iter_mut().zip(&line.values) {
            if let Some(value) = value {
                *total = Some((total.unwrap_or(0.0) + value).clamp(-LARGEST, LARGEST));
            }
        }
    }
    Line { name, values, anomalies: Vec::new(), tone: Tone::Other, colour: None }
}

/// Lower and upper end of what each series adds to the pile, row by row: positive values upwards, negative ones downwards,
/// gaps add nothing. In [`Pile::Shares`] the sizes of a row add up to one; without a pile each value begins at zero.
pub(crate) fn piled(data: &Data, pile: Pile) -> Vec<Vec<(f64, f64)>> {
    if pile == Pile::None {
        return data.series.iter().map(|line| line.values.iter().map(|value| (0.0, value.unwrap_or(0.0))).collect()).collect();
    }
    let shares = pile == Pile::Shares;
    let length = data.axis.len();
    let mut total = vec![0.0_f64; length];
    for line in &data.series {
        for (total, value) in total.iter_mut().zip(&line.values) {
            *total += value.unwrap_or(0.0).abs();
        }
    }
    let mut ends = vec![(0.0_f64, 0.0_f64); length];
    let mut piles = Vec::with_capacity(data.series.len());
    for line in &data.series {
        let mut pile = Vec::with_capacity(length);
        for ((value, (down, up)), total) in line.values.iter().zip(&mut ends).zip(&total) {
            let value = match value.unwrap_or(0.0) {
                value if shares && value != 0.0 => value / total,
                value => value,
            };
            let end = if value < 0.0 { down } else { up };
            let from = *end;
            *end = (from + value).clamp(-LARGEST, LARGEST);
            pile.push((from, *end));
        }
        piles.push(pile);
    }
    piles
}

/// The extent of the value axis, without regard to zero; `piles` are those of [`piled`] where values add up.
pub(crate) fn extent(data: &Data, pile: Pile, piles: &[Vec<(f64, f64)>]) -> Option<Extent> {
    let own = Extent::of(data.values())?;
    if pile == Pile::None {
        return Some(own);
    }
    let ends = Extent::of(piles.iter().flatten().map(|(_, end)| *end))?;
    Some(Extent { whole: own.whole && pile == Pile::Sums, ..ends })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Series, Stacking};

    fn values(data: &Data) -> Vec<Vec<Option<f64>>> {
        data.series.iter().map(|line| line.values.clone()).collect()
    }

    #[test]
    fn x_is_sorted_and_values_follow() {
        let series = Series { anomalies: vec![0, 9], ..Series::new("n", vec![Some(3.0), Some(1.0), Some(2.0)]) };
        let chart = Chart { series: vec![series], ..Chart::new(Kind::Anomalychart, X::Time(vec![30, 10, 20])) };
        let data = Data::of(&chart);
        assert_eq!(data.axis, Axis::Time(vec![10, 20, 30]));
        assert_eq!(values(&data), [[Some(1.0), Some(2.0), Some(3.0)]]);
        assert_eq!(data.series[0].anomalies, [2]);
    }

    #[test]
    fn what_is_not_finite_is_a_gap_or_left_out() {
        let series = Series::new("n", vec![Some(f64::NAN), Some(f64::INFINITY), Some(1.0)]);
        let chart = Chart { series: vec![series], ..Chart::new(Kind::Linechart, X::Number(vec![1.0, 2.0, f64::NAN])) };
        let data = Data::of(&chart);
        assert_eq!(data.axis, Axis::Number(vec![1.0, 2.0]));
        assert!(data.is_empty());
    }

    #[test]
    fn short_series_end_in_gaps_and_long_ones_are_cut() {
        let series = vec![Series::new("short", vec![Some(1.0)]), Series::new("long", vec![Some(1.0); 5])];
        let chart = Chart { series, ..Chart::new(Kind::Columnchart, X::Category(vec!["a".to_owned(), "b".to_owned()])) };
        assert_eq!(values(&Data::of(&chart)), [[Some(1.0), None], [Some(1.0), Some(1.0)]]);
    }

    #[test]
    fn of_many_series_the_largest_have_colours() {
        let series: Vec<Series> = (0..200).map(|n| Series::new(format!("s{n}"), vec![Some(f64::from(n))])).collect();
        let chart = Chart { series, ..Chart::new(Kind::Linechart, X::Number(vec![0.0])) };
        let data = Data::of(&chart);
        let names: Vec<&str> = data.named().map(|line| line.name.as_str()).collect();
        assert_eq!((names.len(), names[0], names[19]), (20, "s180", "s199"));
        assert_eq!(data.series.len(), 140);
        assert_eq!(data.notes, ["180 smaller series, the largest 120 of them in grey"]);
    }

    #[test]
    fn in_a_pile_the_smaller_series_become_others() {
        let series: Vec<Series> = (0..30).map(|n| Series::new(format!("s{n}"), vec![Some(1.0)])).collect();
        let stacking = Stacking::Stacked;
        let data = Data::of(&Chart { series, stacking, ..Chart::new(Kind::Columnchart, X::Number(vec![0.0])) });
        assert_eq!(data.series.len(), 21);
        let others =
            Line { name: "10 others".to_owned(), values: vec![Some(10.0)], anomalies: vec![], tone: Tone::Other, colour: None };
        assert_eq!(data.series[20], others);
    }

    #[test]
    fn piles_grow_away_from_zero() {
        let row = |value| Series::new("", vec![Some(value)]);
        let series = vec![row(3.0), row(-1.0), row(2.0)];
        let data = Data::of(&Chart { series, ..Chart::new(Kind::Columnchart, X::Number(vec![0.0])) });
        assert_eq!(piled(&data, Pile::Sums), [[(0.0, 3.0)], [(0.0, -1.0)], [(3.0, 5.0)]]);
        assert_eq!(piled(&data, Pile::Shares), [[(0.0, 0.5)], [(0.0, -1.0 / 6.0)], [(0.5, 0.5 + 1.0 / 3.0)]]);
    }
}
