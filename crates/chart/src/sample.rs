//! Fewer points for the same picture: each pixel column keeps its first, lowest, highest and last value.
//!
//! Must not know axes: places are fractions of the width. Start with [`thin`].

/// What one column of pixels holds.
#[derive(Clone, Copy)]
struct Bucket {
    column: usize,
    first: usize,
    low: usize,
    high: usize,
    last: usize,
}

/// The places in `points` worth drawing if there are `columns` columns; `points` are (fraction of the width, value),
/// in the order of the width. A column that holds only gaps keeps one of them, so that the line breaks there.
///
/// The answer has at most four places a column, in rising order.
pub(crate) fn thin(points: &[(f64, Option<f64>)], columns: usize) -> Vec<usize> {
    if points.len() <= columns.saturating_mul(2) {
        return (0..points.len()).collect();
    }
    let mut kept = Vec::new();
    let mut gap = None;
    let mut open: Option<Bucket> = None;
    for (at, (place, value)) in points.iter().enumerate() {
        let column = (place * columns as f64).max(0.0) as usize;
        if open.is_some_and(|bucket| bucket.column != column) {
            close(&mut kept, open.take());
        }
        let Some(value) = *value else {
            // Gaps between values of one column are narrower than a pixel; only a column of its own shows.
            if open.is_none() && gap != Some(column) {
                gap = Some(column);
                kept.push(at);
            }
            continue;
        };
        if gap.take_if(|gap| *gap == column).is_some() {
            kept.pop();
        }
        let bucket = open.get_or_insert(Bucket { column, first: at, low: at, high: at, last: at });
        let of = |place: usize| points.get(place).and_then(|point| point.1).unwrap_or(value);
        if value < of(bucket.low) {
            bucket.low = at;
        }
        if value > of(bucket.high) {
            bucket.high = at;
        }
        bucket.last = at;
    }
    close(&mut kept, open);
    kept
}

fn close(kept: &mut Vec<usize>, bucket: Option<Bucket>) {
    if let Some(Bucket { first, low, high, last, .. }) = bucket {
        let mut places = [first, low.min(high), low.max(high), last];
        places.sort_unstable();
        kept.extend_from_slice(&places);
        kept.dedup();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(values: impl Iterator<Item = Option<f64>> + Clone) -> Vec<(f64, Option<f64>)> {
        let count = values.clone().count() as f64;
        values.enumerate().map(|(at, value)| (at as f64 / count, value)).collect()
    }

    #[test]
    fn few_points_are_all_kept() {
        assert_eq!(thin(&line([Some(1.0), None, Some(2.0)].into_iter()), 100), [0, 1, 2]);
    }

    #[test]
    fn a_column_keeps_first_lowest_highest_last() {
        let points = line([5.0, 9.0, 7.0, 1.0, 3.0, 4.0].into_iter().map(Some));
        assert_eq!(thin(&points, 1), [0, 1, 3, 5]);
    }

    #[test]
    fn a_spike_among_a_million_stays() {
        let points = line((0..1_000_000).map(|at| Some(if at == 654_321 { 99.0 } else { 0.0 })));
        let kept = thin(&points, 800);
        assert!(kept.len() <= 4 * 800, "{}", kept.len());
        assert!(kept.contains(&654_321));
    }

    #[test]
    fn a_wide_gap_stays_and_a_narrow_one_does_not() {
        let points = line((0..1000).map(|at| if at == 10 || (500..700).contains(&at) { None } else { Some(1.0) }));
        let gaps: Vec<_> = thin(&points, 10).into_iter().filter(|at| points[*at].1.is_none()).collect();
        assert_eq!(gaps, [500, 600]);
    }
}
