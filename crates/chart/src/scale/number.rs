//! Ticks at round numbers, and numbers as people write them: `1,500`, `25k`, `1.5M`.

use super::{Scale, Tick};

/// Beyond this, values are drawn at it: sums and differences of larger ones are no numbers any more.
pub(crate) const LARGEST: f64 = 1e290;

/// What is known about the values of an axis.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Extent {
    /// The lowest value.
    pub low: f64,
    /// The highest value.
    pub high: f64,
    /// Whether all values are whole numbers: then no tick is a fraction.
    pub whole: bool,
}

impl Extent {
    /// The extent of `values`, if there is any.
    pub(crate) fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut extent: Option<Self> = None;
        for value in values {
            let whole = value.fract() == 0.0;
            extent = Some(match extent {
                None => Self { low: value, high: value, whole },
                Some(so_far) => Self { low: so_far.low.min(value), high: so_far.high.max(value), whole: so_far.whole && whole },
            });
        }
        extent
    }

    /// The extent without ends that are no numbers.
    fn finite(self) -> Self {
        let end = |end: f64| if end.is_finite() { end } else { 0.0 };
        Self { low: end(self.low), high: end(self.high).max(end(self.low)), ..self }
    }

    /// The extent with zero in it.
    pub(crate) fn with_zero(self) -> Self {
        Self { low: self.low.min(0.0), high: self.high.max(0.0), ..self }
    }

    /// Zero belongs on the axis of counts, and of values that do not all lie close together far from it.
    pub(crate) fn near_zero(self) -> bool {
        let count = self.whole && (0.0..1e4).contains(&self.low);
        count || self.high - self.low > 0.3 * self.low.abs().max(self.high.abs())
    }
}

/// A linear scale that ends at round numbers and has at most `most` ticks (three may be needed). `low` and `high` are ends the user asked
/// for; they are kept as they are if they make sense.
pub(crate) fn linear(extent: Extent, most: usize, low: Option<f64>, high: Option<f64>) -> Scale {
    let asked = |end: Option<f64>| end.filter(|end| end.is_finite()).map(|end| end.clamp(-LARGEST, LARGEST));
    let (low, high) = (asked(low), asked(high));
    let (low, high) = match (low, high) {
        (Some(low), Some(high)) if low >= high => (None, None),
        ends => ends,
    };
    let extent = extent.finite();
    let mut from = low.unwrap_or(extent.low).clamp(-LARGEST, LARGEST);
    let mut to = high.unwrap_or(extent.high).clamp(-LARGEST, LARGEST);
    let close = (from.abs().max(to.abs()) * 1e-9).max(1e-290);
    if to - from < close {
        // One value, or an end asked for beyond all values: make room on the side that is free.
        let room = if from == 0.0 { 1.0 } else { (from.abs() * 0.1).max(if extent.whole { 1.0 } else { close }) };
        match (low, high) {
            (Some(_), _) => to = from + room,
            (None, Some(_)) => from = to - room,
            (None, None) if from >= 0.0 && extent.low == 0.0 => to = from + room,
            (None, None) => (from, to) = (from - room, to + room),
        }
    }
    // A range around zero has three ticks however large the step is.
    let most = most.max(3);
    let mut step = nice_step((to - from) / (most as f64 - 1.0), extent.whole);
    loop {
        let first = low.unwrap_or_else(|| (from / step).floor() * step);
        let last = high.unwrap_or_else(|| (to / step).ceil() * step);
        let (start, end) = ((first / step - 1e-6).ceil(), (last / step + 1e-6).floor());
        if end - start < most as f64 {
            let values: Vec<f64> = (0..=(end - start).max(0.0) as usize).map(|k| (start + k as f64) * step).collect();
            return Scale { low: first, high: last, log: false, ticks: labelled(&values, step) };
        }
        step = nice_step(step * 1.01, extent.whole);
    }
}

/// A logarithmic scale over what is above zero in `extent`, with ticks at powers of ten, and between them if they are few.
pub(crate) fn logarithmic(extent: Extent, most: usize, low: Option<f64>, high: Option<f64>) -> Scale {
    let positive = |end: &f64| end.is_finite() && *end > 0.0;
    let from = low.filter(positive).unwrap_or(extent.low);
    let to = high.filter(positive).unwrap_or(extent.high);
    // `max` first: it turns what is no number into one.
    let (from, to) = (from.max(1e-290), to.max(from).max(1e-290));
    let (from, to) = (from.min(LARGEST), to.min(LARGEST));
    let (first, mut last) = (from.log10().floor() as i32, to.log10().ceil() as i32);
    if last <= first {
        last = first + 1;
    }
    let decades = (last - first) as usize;
    let stride = decades.div_ceil(most.max(2) - 1).max(1);
    let within: &[f64] = if decades * 3 < most { &[1.0, 2.0, 5.0] } else { &[1.0] };
    let mut ticks = Vec::new();
    for power in (first..=last).step_by(stride) {
        for part in within {
            let at = format!("{part}e{power}").parse::<f64>().unwrap_or(1.0);
            if at <= 10_f64.powi(last) * 1.000_001 {
                let label = if at < 1e4 { short(at) } else { tick_label(at, at, at) };
                ticks.push(Tick { at, label, context: None });
            }
        }
    }
    Scale { low: 10_f64.powi(first), high: 10_f64.powi(last), log: true, ticks }
}

/// The next of 1, 2, 5, 10, 20 … that is not below `rough`; at least 1 for whole numbers.
fn nice_step(rough: f64, whole: bool) -> f64 {
    if whole && rough <= 1.0 {
        return 1.0;
    }
    let power = rough.abs().max(1e-300).log10().floor() as i32;
    let candidates = [(1, power), (2, power), (5, power), (1, power + 1)];
    // Parsed from text, because 10⁻³ computed by multiplication is not the double nearest to 0.001.
    let steps = candidates.map(|(digit, power)| format!("{digit}e{power}").parse::<f64>().unwrap_or(1.0));
    steps.into_iter().find(|step| *step >= rough * (1.0 - 1e-9)).unwrap_or(rough)
}

/// Ticks at `values`, `step` apart, all written with the same unit.
fn labelled(values: &[f64], step: f64) -> Vec<Tick> {
    let largest = values.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
    values.iter().map(|value| Tick { at: *value, label: tick_label(*value, step, largest), context: None }).collect()
}

/// What is written at a tick, where the ticks are `step` apart and go up to `largest`.
fn tick_label(value: f64, step: f64, largest: f64) -> String {
    if value.abs() < step * 1e-6 {
        return "0".to_owned();
    }
    if !(1e-4..1e18).contains(&largest) {
        return minus(&format!("{:e}", round_to(value, 4)));
    }
    let places = |unit: f64| (0..=6).find(|d| is_whole(step / unit * 10_f64.powi(*d))).unwrap_or(6) as usize;
    let (unit, name) = if largest >= 1e4 { unit_for(largest) } else { (1.0, "") };
    // Thousands with three places are longer than the number itself.
    if largest < 1e6 && places(unit) > 2 {
        return grouped(value, places(1.0));
    }
    format!("{}{name}", grouped(value / unit, places(unit)))
}

fn is_whole(value: f64) -> bool {
    (value - value.round()).abs() < 1e-6 * value.abs().max(1.0)
}

/// The SI prefix for numbers up to `largest`.
fn unit_for(largest: f64) -> (f64, &'static str) {
    match largest {
        l if l >= 1e15 => (1e15, "P"),
        l if l >= 1e12 => (1e12, "T"),
        l if l >= 1e9 => (1e9, "G"),
        l if l >= 1e6 => (1e6, "M"),
        l if l >= 1e3 => (1e3, "k"),
        _ => (1.0, ""),
    }
}

/// `value` with `decimals` places, without zeros at their end, thousands separated.
fn grouped(value: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", value.abs());
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let mut out = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    let fraction = fraction.trim_end_matches('0');
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(fraction);
    }
    if value < 0.0 && out != "0" { format!("−{out}") } else { out }
}

/// Hyphens as minus signs.
fn minus(text: &str) -> String {
    text.replace('-', "−")
}

fn round_to(value: f64, digits: usize) -> f64 {
    format!("{value:.*e}", digits.saturating_sub(1)).parse().unwrap_or(value)
}

/// A value as written at a point, bar or slice: all digits up to 99,999, three or four beyond.
pub(crate) fn short(value: f64) -> String {
    let size = value.abs();
    if size == 0.0 {
        return "0".to_owned();
    }
    if !(1e-4..1e18).contains(&size) {
        return minus(&format!("{:e}", round_to(value, 3)));
    }
    if size >= 99_999.5 {
        let value = round_to(value, if size < 1e6 { 4 } else { 3 });
        let (unit, name) = unit_for(value.abs());
        return format!("{}{name}", grouped(value / unit, 2));
    }
    let decimals = if size >= 100.0 {
        1
    } else if size >= 1.0 {
        2
    } else {
        6
    };
    grouped(if size < 1.0 { round_to(value, 3) } else { value }, decimals)
}

/// A value with all that is worth reading, for tooltips and cards: `1,234,567.25`.
pub(crate) fn exact(value: f64) -> String {
    if value == 0.0 || (1e-4..1e18).contains(&value.abs()) {
        grouped(value, if value.abs() >= 1.0 { 3 } else { 6 })
    } else {
        minus(&format!("{:e}", round_to(value, 6)))
    }
}

/// A share of one as `12 %`, with a decimal below 10.
pub(crate) fn percent(share: f64) -> String {
    let value = share * 100.0;
    if value > 0.0 && value < 0.1 {
        return "<0.1 %".to_owned();
    }
    format!("{} %", grouped(value, usize::from(value < 9.95)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticks(low: f64, high: f64, most: usize) -> String {
        let whole = low.fract() == 0.0 && high.fract() == 0.0;
        written(&linear(Extent { low, high, whole }, most, None, None))
    }

    fn written(scale: &Scale) -> String {
        scale.ticks.iter().map(|tick| tick.label.clone()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn ticks_are_round() {
        let table = [
            (0.0, 0.0, 6, "0 1"),
            (0.0, 1.0, 6, "0 1"),
            (0.0, 3.0, 6, "0 1 2 3"),
            (0.0, 38.0, 6, "0 10 20 30 40"),
            (0.0, 100.0, 6, "0 20 40 60 80 100"),
            (0.0, 0.31, 6, "0 0.1 0.2 0.3 0.4"),
            (0.0, 7300.0, 6, "0 2,000 4,000 6,000 8,000"),
            (0.0, 48_000.0, 6, "0 10k 20k 30k 40k 50k"),
            (0.0, 1_400_000.0, 4, "0 0.5M 1M 1.5M"),
            (-30.0, 55.0, 6, "−40 −20 0 20 40 60"),
            (20_000.0, 20_003.0, 6, "20,000 20,001 20,002 20,003"),
            (99.1, 99.9, 6, "99 99.2 99.4 99.6 99.8 100"),
            (0.0, 3e-7, 4, "0 1e−7 2e−7 3e−7"),
            (0.0, 2e21, 3, "0 1e21 2e21"),
            (5.0, 5.0, 6, "4 5 6"),
        ];
        for (low, high, most, expected) in table {
            assert_eq!(ticks(low, high, most), expected, "{low} to {high}");
        }
    }

    #[test]
    fn ends_asked_for_are_kept() {
        let extent = Extent { low: 0.0, high: 38.0, whole: true };
        let scale = linear(extent, 6, Some(5.0), Some(45.0));
        assert_eq!((scale.low, scale.high), (5.0, 45.0));
        assert_eq!(written(&scale), "10 20 30 40");
        let turned = linear(extent, 6, Some(9.0), Some(1.0));
        assert_eq!((turned.low, turned.high), (0.0, 40.0), "ends that make no sense are ignored");
        let beyond = linear(extent, 6, Some(100.0), None);
        assert!(beyond.low == 100.0 && beyond.high > 100.0);
    }

    #[test]
    fn the_highest_value_has_room_above_it() {
        let scale = |high| linear(Extent { low: 0.0, high, whole: true }, 6, None, None).with_headroom(high);
        assert_eq!((scale(100.0).high, written(&scale(100.0)).as_str()), (105.0, "0 20 40 60 80 100"));
        assert_eq!(scale(85.0).high, 100.0, "there is room already");
    }

    #[test]
    fn powers_of_ten_on_a_logarithmic_scale() {
        let extent = Extent { low: 3.0, high: 20_000.0, whole: true };
        assert_eq!(written(&logarithmic(extent, 8, None, None)), "1 10 100 1,000 10k 100k");
        let narrow = Extent { low: 2.0, high: 8.0, whole: true };
        assert_eq!(written(&logarithmic(narrow, 8, None, None)), "1 2 5 10");
    }

    #[test]
    fn no_extent_breaks_the_scale() {
        let ends = [0.0, -1.0, 1.0, 1e-300, -5e-324, 1e290, -1e290, 1e17 + 1.0, f64::MAX, f64::MIN, f64::NAN, f64::INFINITY];
        for low in ends {
            for high in ends {
                for whole in [true, false] {
                    let extent = Extent { low: low.min(high), high: low.max(high), whole };
                    for most in [0, 2, 9] {
                        for scale in [linear(extent, most, None, None), linear(extent, most, Some(low), Some(high))] {
                            assert!(scale.low < scale.high && scale.ticks.len() <= 10, "{extent:?}: {scale:?}");
                        }
                        let scale = logarithmic(extent, most, Some(low), None);
                        assert!(0.0 < scale.low && scale.low < scale.high && scale.ticks.len() <= 12, "{extent:?}: {scale:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn values_are_written_shortly() {
        let table = [
            (0.0, "0"),
            (-3.0, "−3"),
            (1234.0, "1,234"),
            (99_999.0, "99,999"),
            (123_456.0, "123.5k"),
            (999_999.0, "1M"),
            (1_234_567.0, "1.23M"),
            (0.123_456, "0.123"),
            (12.345, "12.35"),
            (1e-9, "1e−9"),
        ];
        for (value, expected) in table {
            assert_eq!(short(value), expected);
        }
        assert_eq!(exact(1_234_567.25), "1,234,567.25");
        assert_eq!([0.0, 0.0001, 0.034, 0.5, 1.0].map(percent), ["0 %", "<0.1 %", "3.4 %", "50 %", "100 %"]);
    }
}
