//! A series taken apart into season, trend and rest; periods found; points far from the rest scored.
//!
//! After the reference pages `series-decompose-function`, `series-periods-detect-function` and `series-outliers-function`.
//! They leave open how periods are scored and what the fence is when most points are equal: see [`periods`] and [`scores`].

use super::{
    fourier::transform,
    numbers::{line, mean},
};

/// What the trend of a series is taken to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trend {
    /// The mean.
    Average,
    /// A straight line.
    Line,
    /// Nothing.
    None,
}

impl Trend {
    /// The trend of a name of the reference.
    pub(super) fn parse(name: &str) -> Option<Self> {
        match name {
            "avg" => Some(Self::Average),
            "linefit" => Some(Self::Line),
            "none" => Some(Self::None),
            _ => None,
        }
    }
}

/// How a series is taken apart.
#[derive(Debug, Clone, Copy)]
pub(super) struct Options {
    /// Length of the season in points; 0 for none, negative to find it.
    pub(super) period: i64,
    pub(super) trend: Trend,
    /// Points at the end that nothing is learned from.
    pub(super) test_points: usize,
    /// The least score of a period that is found.
    pub(super) seasonality_threshold: f64,
}

/// A series taken apart; baseline is season and trend together.
#[derive(Debug)]
pub(super) struct Parts {
    pub(super) baseline: Vec<f64>,
    pub(super) seasonal: Vec<f64>,
    pub(super) trend: Vec<f64>,
    pub(super) residual: Vec<Option<f64>>,
}

/// Takes a series apart: first the season, then the trend of what is left.
pub(super) fn decompose(series: &[Option<f64>], options: &Options) -> Parts {
    let learned = series.get(..series.len().saturating_sub(options.test_points)).unwrap_or_default();
    let seasonal = seasonal(learned, options.period, options.seasonality_threshold, series.len());
    let rest: Vec<Option<f64>> = learned.iter().zip(&seasonal).map(|(value, season)| value.map(|value| value - season)).collect();
    let (slope, start) = match options.trend {
        Trend::Average => (0.0, mean(&rest).unwrap_or(0.0)),
        Trend::Line => line(&rest).unwrap_or((0.0, 0.0)),
        Trend::None => (0.0, 0.0),
    };
    let trend: Vec<f64> = (0..series.len()).map(|x| slope.mul_add(x as f64, start)).collect();
    let baseline: Vec<f64> = seasonal.iter().zip(&trend).map(|(season, trend)| season + trend).collect();
    let residual = series.iter().zip(&baseline).map(|(value, baseline)| value.map(|value| value - baseline)).collect();
    Parts { baseline, seasonal, trend, residual }
}

/// The season of a series, repeated to `length` points; zeros where it has none. A negative period is looked for below half of it.
pub(super) fn seasonal(series: &[Option<f64>], period: i64, threshold: f64, length: usize) -> Vec<f64> {
    let period = match usize::try_from(period) {
        Ok(period) => Some(period),
        Err(_) => periods(series, MIN_PERIOD, series.len().saturating_sub(1) / 2, 1)
            .first()
            .filter(|&&(_, score)| score >= threshold)
            .map(|&(period, _)| period),
    };
    match period.filter(|&period| period > 0) {
        Some(period) => season(series, period, length),
        None => vec![0.0; length],
    }
}

/// The shortest season that is looked for.
pub(super) const MIN_PERIOD: usize = 4;

/// The median of the points of each phase, repeated to `length` points.
fn season(series: &[Option<f64>], period: usize, length: usize) -> Vec<f64> {
    let phases: Vec<f64> = (0..period.min(length))
        .map(|phase| quantile(&sorted(series.iter().skip(phase).step_by(period).copied()), 50.0).unwrap_or(0.0))
        .collect();
    phases.iter().copied().cycle().take(length).collect()
}

/// The numbers that are there, least first.
fn sorted(values: impl Iterator<Item = Option<f64>>) -> Vec<f64> {
    let mut sorted: Vec<f64> = values.flatten().filter(|value| value.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    sorted
}

/// A percentile of sorted numbers, between two of them where it falls.
fn quantile(sorted: &[f64], percent: f64) -> Option<f64> {
    let place = percent / 100.0 * sorted.len().checked_sub(1)? as f64;
    let below = sorted.get(place.floor() as usize)?;
    let above = sorted.get(place.ceil() as usize)?;
    Some((above - below).mul_add(place.fract(), *below))
}

/// Up to `count` periods between `least` and `most` points and their scores, 0 to 1, best first.
///
/// The score of a period is the correlation of the series, freed of a straight trend, with itself that many points on. Only
/// peaks count, and a multiple of a period does not replace it unless it fits clearly better.
pub(super) fn periods(series: &[Option<f64>], least: usize, most: usize, count: usize) -> Vec<(usize, f64)> {
    let correlation = correlation(series);
    let last = most.min(correlation.len().saturating_sub(2));
    let mut peaks: Vec<(usize, f64)> =
        (least.max(2)..=last).filter(|&lag| is_peak(&correlation, lag)).map(|lag| (lag, correlation[lag])).collect();
    let mut found: Vec<(usize, f64)> = Vec::new();
    while found.len() < count {
        let Some(best) = peaks.iter().map(|&(_, score)| score).max_by(f64::total_cmp) else { break };
        let Some(&(period, score)) = peaks.iter().find(|&&(_, score)| score >= 0.95 * best) else { break };
        found.push((period, score.min(1.0)));
        peaks.retain(|&(lag, _)| lag % period != 0);
    }
    found
}

/// Scores of given periods: as in [`periods`], 0 for one below 4 points, beyond half the series, without a peak, or with one
/// that noise gives too (Bartlett's bound, twice the standard error 1/√n).
pub(super) fn scores_of(series: &[Option<f64>], given: &[f64]) -> Vec<f64> {
    let correlation = correlation(series);
    let score = |period: f64| {
        let lag = period.round() as usize;
        let within = period >= MIN_PERIOD as f64 && period <= series.len() as f64 / 2.0 && lag + 1 < correlation.len();
        let noise = 2.0 / (series.len() as f64).sqrt();
        if within && is_peak(&correlation, lag) && correlation[lag] > noise { correlation[lag].min(1.0) } else { 0.0 }
    };
    given.iter().map(|&period| score(period)).collect()
}

fn is_peak(correlation: &[f64], lag: usize) -> bool {
    correlation[lag] > 0.0 && correlation[lag] >= correlation[lag - 1] && correlation[lag] >= correlation[lag + 1]
}

/// The correlation of a series, freed of a straight trend, with itself, by lag up to half its length.
fn correlation(series: &[Option<f64>]) -> Vec<f64> {
    let Some((slope, start)) = line(series) else { return Vec::new() };
    let rest: Vec<f64> = series
        .iter()
        .enumerate()
        .map(|(x, value)| value.filter(|value| value.is_finite()).map_or(0.0, |value| value - slope.mul_add(x as f64, start)))
        .collect();
    autocorrelation(&rest)
}

/// The correlation of a series with itself, by lag up to half its length.
fn autocorrelation(values: &[f64]) -> Vec<f64> {
    let size = (2 * values.len()).next_power_of_two();
    let mut spectrum: Vec<(f64, f64)> = values.iter().map(|&value| (value, 0.0)).collect();
    spectrum.resize(size, (0.0, 0.0));
    transform(&mut spectrum);
    for value in &mut spectrum {
        *value = (value.0.mul_add(value.0, value.1 * value.1), 0.0);
    }
    // The spectrum of a real autocorrelation is real and even: transforming forwards again inverts it but for the scale.
    transform(&mut spectrum);
    let power = spectrum.first().map_or(0.0, |first| first.0);
    if power <= 0.0 {
        return Vec::new();
    }
    let length = values.len() as f64;
    // Fewer points overlap at a longer lag.
    (0..=values.len() / 2 + 1)
        .filter_map(|lag| spectrum.get(lag).map(|value| value.0 / power * length / (length - lag as f64).max(1.0)))
        .collect()
}

/// How far each value lies outside the two percentiles of the learned values, in distances between them (Tukey's fence):
/// positive above, negative below, 0 between them and where a value is missing.
///
/// Where both percentiles are the same, because most values are equal, the distance is what it would be for normally
/// distributed values of the same deviation.
pub(super) fn scores(values: &[Option<f64>], least: f64, most: f64, test_points: usize) -> Vec<f64> {
    let learned = values.get(..values.len().saturating_sub(test_points)).unwrap_or_default();
    let sorted = sorted(learned.iter().copied());
    let (Some(low), Some(high)) = (quantile(&sorted, least), quantile(&sorted, most)) else { return vec![0.0; values.len()] };
    let range = if high > low { high - low } else { NORMAL_RANGE * deviation(&sorted) };
    values
        .iter()
        .map(|value| match value {
            Some(value) if range > 0.0 && *value > high => (value - high) / range,
            Some(value) if range > 0.0 && *value < low => (value - low) / range,
            _ => 0.0,
        })
        .collect()
}

/// Standard deviations between the 10th and 90th percentile of a normal distribution.
const NORMAL_RANGE: f64 = 2.563_103_131_089_201;

fn deviation(values: &[f64]) -> f64 {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / values.len() as f64).sqrt()
}

#[cfg(test)]
mod tests {
    use super::{Options, Trend, decompose, periods, quantile, scores};

    fn weekly(days: usize) -> Vec<Option<f64>> {
        (0..days).map(|day| Some(if day % 7 < 5 { 100.0 } else { 20.0 })).collect()
    }

    #[test]
    fn a_weekly_rhythm_is_found_and_not_its_multiples() {
        let found = periods(&weekly(70), 4, 35, 3);
        assert_eq!(found.first().map(|&(period, _)| period), Some(7));
        assert!(found.first().is_some_and(|&(_, score)| score > 0.9), "{found:?}");
        assert!(found.iter().skip(1).all(|&(period, _)| period % 7 != 0), "{found:?}");
    }

    #[test]
    fn a_constant_series_has_no_period() {
        assert_eq!(periods(&[Some(3.0); 50], 4, 25, 1), []);
        assert_eq!(periods(&[], 4, 25, 1), []);
    }

    #[test]
    fn a_spike_on_a_weekend_stands_out_of_the_season() {
        let mut series = weekly(70);
        series[40] = Some(100.0);
        let options = Options { period: -1, trend: Trend::Average, test_points: 0, seasonality_threshold: 0.6 };
        let parts = decompose(&series, &options);
        let scores = scores(&parts.residual, 10.0, 90.0, 0);
        let outside: Vec<usize> = (0..series.len()).filter(|&day| scores[day].abs() > 1.5).collect();
        assert_eq!(outside, [40]);
    }

    #[test]
    fn a_line_goes_on_through_the_test_points() {
        let series: Vec<Option<f64>> = (0..20).map(|x| Some(if x < 15 { f64::from(x) } else { 0.0 })).collect();
        let options = Options { period: 0, trend: Trend::Line, test_points: 5, seasonality_threshold: 0.6 };
        let parts = decompose(&series, &options);
        assert!((parts.baseline[19] - 19.0).abs() < 1e-9, "{:?}", parts.baseline);
    }

    #[test]
    fn percentiles_fall_between_values() {
        assert_eq!(quantile(&[1.0, 2.0, 3.0, 4.0], 50.0), Some(2.5));
        assert_eq!(quantile(&[], 50.0), None);
    }
}
