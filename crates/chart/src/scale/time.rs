//! Ticks at the boundaries people think in: seconds, hours, days, weeks from Monday, months, years, all in UTC.
//!
//! A label says what changes from tick to tick (`06:00`, `21 Oct`, `Oct`); the day or year it belongs to is its context,
//! given once where it begins.

use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};

use super::{Scale, Tick};

/// Microseconds of a second.
pub(crate) const SECOND: i64 = 1_000_000;
/// Microseconds of a day.
pub(crate) const DAY: i64 = 86_400 * SECOND;

/// 0001-01-01, the first moment of Kusto's `datetime`.
pub(crate) const FIRST: i64 = -62_135_596_800 * SECOND;
/// 9999-12-31T23:59:59.999999, its last.
pub(crate) const LAST: i64 = 253_402_300_800 * SECOND - 1;

/// 1970-01-05, the first Monday: weeks are counted from it.
const MONDAY: i64 = 4 * DAY;

const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;

/// The distance of two ticks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// Always as many microseconds.
    Fixed(i64),
    /// Months; twelve are a year.
    Months(i64),
}

/// All steps, from small to large.
fn steps() -> impl Iterator<Item = Step> {
    let below = (0..6).flat_map(|power| [1, 2, 5].map(|digit| Step::Fixed(digit * 10_i64.pow(power))));
    let seconds = [1, 2, 5, 10, 15, 30].map(|n| Step::Fixed(n * SECOND));
    let minutes = [1, 2, 5, 10, 15, 30].map(|n| Step::Fixed(n * MINUTE));
    let hours = [1, 2, 3, 6, 12].map(|n| Step::Fixed(n * HOUR));
    let days = [1, 2, 7, 14].map(|n| Step::Fixed(n * DAY));
    let months = [1, 3, 6, 12].map(Step::Months);
    let years = [2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000].map(|n| Step::Months(12 * n));
    below.chain(seconds).chain(minutes).chain(hours).chain(days).chain(months).chain(years)
}

/// A time scale from `low` to `high` with as many ticks as have room: `measure` tells the length of a label, `gap` the
/// space between two, `length` that of the axis, all in one unit. No ticks are closer than `least` microseconds, the
/// distance of the data: days have no hours.
pub(crate) fn scale(low: i64, high: i64, least: i64, length: f64, gap: f64, measure: &dyn Fn(&str) -> f64) -> Scale {
    let (low, high) = (low.clamp(FIRST, LAST), high.clamp(FIRST, LAST));
    let (low, high) = if low < high { (low, high) } else { (low - 1, low + 1) };
    let span = high - low;
    let ticks = steps()
        // Months are shorter than 31 days now and then.
        .filter(|step| step.about() >= least.min(span) / 32 * 30)
        .filter(|step| (span / step.about()) as f64 <= length / gap.max(1.0) + 1.0)
        .map(|step| ticks(low, high, step))
        .find(|ticks| fits(ticks, span, length, gap, measure))
        .filter(|ticks| ticks.len() > 1)
        .unwrap_or_else(|| ends(low, high, length, gap, measure));
    let ticks = without_collisions(ticks, span, length, gap, measure);
    Scale { low: low as f64, high: high as f64, log: false, ticks }
}

/// The scale of a single time: a day around it, with it as the only tick.
pub(crate) fn single(at: i64) -> Scale {
    let at = at.clamp(FIRST, LAST);
    let tick = Tick { at: at as f64, label: full(at), context: None };
    Scale { low: (at - DAY / 2) as f64, high: (at + DAY / 2) as f64, log: false, ticks: vec![tick] }
}

impl Step {
    /// Microseconds, roughly.
    fn about(self) -> i64 {
        match self {
            Self::Fixed(micros) => micros,
            Self::Months(months) => months * 30 * DAY,
        }
    }

    /// The boundaries from `low` to `high`.
    fn places(self, low: i64, high: i64) -> Vec<i64> {
        match self {
            Self::Fixed(step) => {
                let origin = if step % (7 * DAY) == 0 { MONDAY } else { 0 };
                let first = (low - origin).div_euclid(step) + i64::from((low - origin).rem_euclid(step) != 0);
                (first..).map(|count| origin + count * step).take_while(|at| *at <= high).collect()
            }
            Self::Months(step) => {
                let start = moment(low);
                let first = (i64::from(start.year()) * 12 + i64::from(start.month0())).div_euclid(step) * step;
                (0..)
                    .map_while(|count| month(first + count * step))
                    .take_while(|at| *at <= high)
                    .filter(|at| *at >= low)
                    .collect()
            }
        }
    }

    fn label(self, at: i64) -> String {
        let time = moment(at);
        match self {
            Self::Fixed(step) if step < SECOND => {
                let decimals = if step % 1000 == 0 { 3 } else { 6 };
                let fraction = format!("{:06}", time.nanosecond() / 1000 % 1_000_000);
                format!("{}.{}", time.format("%H:%M:%S"), fraction.get(..decimals).unwrap_or_default())
            }
            Self::Fixed(step) if step < MINUTE => time.format("%H:%M:%S").to_string(),
            Self::Fixed(step) if step < DAY => time.format("%H:%M").to_string(),
            Self::Fixed(_) => time.format("%-d %b").to_string(),
            Self::Months(months) if months < 12 => time.format("%b").to_string(),
            Self::Months(_) => time.year().to_string(),
        }
    }

    /// What the label leaves open: the day of a time (its year only if it is another than `before`'s), the year of a day.
    fn context(self, at: i64, before: Option<i64>) -> Option<String> {
        let time = moment(at);
        let before = before.map(moment);
        let same_year = before.is_some_and(|before| before.year() == time.year());
        match self {
            Self::Fixed(step) if step < DAY => match before {
                Some(before) if before.date_naive() == time.date_naive() => None,
                Some(_) if same_year => Some(time.format("%-d %b").to_string()),
                _ => Some(time.format("%-d %b %Y").to_string()),
            },
            Self::Months(months) if months >= 12 => None,
            _ if same_year => None,
            _ => Some(time.year().to_string()),
        }
    }
}

/// The first moment of a month, counted from year 0.
fn month(count: i64) -> Option<i64> {
    let year = i32::try_from(count.div_euclid(12)).ok()?;
    let month = u32::try_from(count.rem_euclid(12)).ok()? + 1;
    let date = NaiveDate::from_ymd_opt(year, month, 1)?;
    Some(date.and_hms_opt(0, 0, 0)?.and_utc().timestamp_micros())
}

/// Microseconds as a calendar time; the epoch for what no calendar holds, which [`FIRST`] and [`LAST`] rule out.
fn moment(micros: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(micros).unwrap_or_default()
}

fn ticks(low: i64, high: i64, step: Step) -> Vec<Tick> {
    let mut before = None;
    let tick = |at: i64| {
        let context = step.context(at, before.replace(at));
        Tick { at: at as f64, label: step.label(at), context }
    };
    step.places(low, high).into_iter().map(tick).collect()
}

fn fits(ticks: &[Tick], span: i64, length: f64, gap: f64, measure: &dyn Fn(&str) -> f64) -> bool {
    let place = |tick: &Tick| tick.at / span as f64 * length;
    ticks.windows(2).all(|pair| match pair {
        [one, two] => place(two) - place(one) >= (measure(&one.label) + measure(&two.label)) / 2.0 + gap,
        _ => true,
    })
}

/// Where no two round times fit or exist, the ends themselves, in full.
fn ends(low: i64, high: i64, length: f64, gap: f64, measure: &dyn Fn(&str) -> f64) -> Vec<Tick> {
    let tick = |at: i64| Tick { at: at as f64, label: full(at), context: None };
    let both = vec![tick(low), tick(high)];
    if fits(&both, high - low, length, gap, measure) { both } else { vec![tick(low)] }
}

/// Leaves out contexts that would run into the next one: the later says more.
fn without_collisions(mut ticks: Vec<Tick>, span: i64, length: f64, gap: f64, measure: &dyn Fn(&str) -> f64) -> Vec<Tick> {
    let mut next: Option<f64> = None;
    for tick in ticks.iter_mut().rev() {
        let Some(context) = &tick.context else { continue };
        let middle = tick.at / span as f64 * length;
        let half = (measure(context) + gap) / 2.0;
        if next.is_some_and(|next| middle + half > next) {
            tick.context = None;
        } else {
            next = Some(middle - half);
        }
    }
    ticks
}

/// A time with all that is not zero: `21 Oct 2026`, `21 Oct 2026 06:00`, `21 Oct 2026 06:00:07.125`.
pub(crate) fn full(at: i64) -> String {
    let time = moment(at.clamp(FIRST, LAST));
    let date = time.format("%-d %b %Y");
    match (time.nanosecond() / 1000, time.second(), time.hour() + time.minute()) {
        (0, 0, 0) => date.to_string(),
        (0, 0, _) => format!("{date} {}", time.format("%H:%M")),
        (0, _, _) => format!("{date} {}", time.format("%H:%M:%S")),
        (micros, _, _) => format!("{date} {}.{}", time.format("%H:%M:%S"), format!("{micros:06}").trim_end_matches('0')),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-10-21T00:00:00Z, a Wednesday.
    const START: i64 = 1_792_540_800 * SECOND;

    /// Labels with their contexts in parentheses, on an axis of `length` characters.
    fn written(low: i64, high: i64, length: f64) -> String {
        let scale = scale(low, high, 0, length, 3.0, &|text| text.chars().count() as f64);
        let text = |tick: &Tick| match &tick.context {
            Some(context) => format!("{} ({context})", tick.label),
            None => tick.label.clone(),
        };
        scale.ticks.iter().map(text).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn ticks_stand_at_sensible_boundaries() {
        let table = [
            (0, 20 * 1000, "00:00:00.000 (21 Oct 2026), 00:00:00.005, 00:00:00.010, 00:00:00.015, 00:00:00.020"),
            (0, 3 * MINUTE, "00:00:00 (21 Oct 2026), 00:00:30, 00:01:00, 00:01:30, 00:02:00, 00:02:30, 00:03:00"),
            (0, 6 * HOUR, "00:00 (21 Oct 2026), 01:00, 02:00, 03:00, 04:00, 05:00, 06:00"),
            (7 * HOUR, 41 * HOUR, "12:00 (21 Oct 2026), 18:00, 00:00 (22 Oct), 06:00, 12:00"),
            (0, 6 * DAY, "21 Oct (2026), 22 Oct, 23 Oct, 24 Oct, 25 Oct, 26 Oct, 27 Oct"),
            (0, 30 * DAY, "26 Oct (2026), 2 Nov, 9 Nov, 16 Nov"),
            (40 * DAY, 90 * DAY, "30 Nov (2026), 7 Dec, 14 Dec, 21 Dec, 28 Dec, 4 Jan (2027), 11 Jan, 18 Jan"),
            (0, 365 * DAY, "Jan (2027), Apr, Jul, Oct"),
            (0, 3000 * DAY, "2027, 2028, 2029, 2030, 2031, 2032, 2033, 2034, 2035"),
            (0, 3_652 * DAY, "2028, 2030, 2032, 2034, 2036"),
        ];
        for (from, to, expected) in table {
            assert_eq!(written(START + from, START + to, 70.0), expected);
        }
    }

    #[test]
    fn ticks_are_not_closer_than_the_data() {
        let measure = |text: &str| text.len() as f64;
        let labels = |least| scale(START, START + 2 * DAY, least, 100.0, 3.0, &measure).ticks.len();
        assert_eq!((labels(0), labels(DAY)), (9, 3));
    }

    #[test]
    fn a_narrow_axis_has_fewer_ticks() {
        assert_eq!(written(START, START + 30 * DAY, 24.0), "26 Oct (2026), 9 Nov");
        assert_eq!(written(START, START + 30 * DAY, 4.0), "21 Oct 2026");
    }

    #[test]
    fn any_span_has_a_tick_and_no_two_labels_meet() {
        for low in [i64::MIN, FIRST, -1, 0, START, START + 1, LAST - 1, LAST, i64::MAX] {
            for power in 0..63 {
                for length in [0.0, 1.0, 20.0, 80.0, 900.0] {
                    let measure = |text: &str| text.len() as f64;
                    let scale = scale(low, low.saturating_add(1 << power), power, length, 3.0, &measure);
                    assert!(!scale.ticks.is_empty() && scale.ticks.len() < 400, "{low} {power} {length}");
                    assert!(scale.ticks.len() == 1 || fits(&scale.ticks, (scale.high - scale.low) as i64, length, 3.0, &measure));
                }
            }
        }
    }

    #[test]
    fn full_times_leave_out_zeros() {
        let table = [
            (0, "21 Oct 2026"),
            (6 * HOUR, "21 Oct 2026 06:00"),
            (7 * SECOND, "21 Oct 2026 00:00:07"),
            (125_000, "21 Oct 2026 00:00:00.125"),
        ];
        for (after, expected) in table {
            assert_eq!(full(START + after), expected);
        }
    }
}
