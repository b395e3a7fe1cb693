//! Series: dynamic arrays of numbers, read into memory and written back.

use crate::kernel::json;

/// The elements of an array; what is no number is missing. `None` if the value is no array.
pub(super) fn read(json: &str) -> Option<Vec<Option<f64>>> {
    Some(json::elements(json)?.map(number).collect())
}

/// An element that is a number.
pub(super) fn number(element: &str) -> Option<f64> {
    match json::kind(element) {
        json::Kind::Number => element.parse().ok(),
        // NaN and the infinities have no other form in JSON.
        json::Kind::String => json::string(element)?.parse().ok().filter(|value: &f64| !value.is_finite()),
        _ => None,
    }
}

/// Appends an array of reals, null for what is missing.
pub(super) fn write(values: impl IntoIterator<Item = Option<f64>>, out: &mut String) {
    write_each(values, out, |value, out| match value {
        Some(value) => json::write_real(value, out),
        None => out.push_str("null"),
    });
}

/// Appends an array of whatever `element` writes.
pub(super) fn write_each<T>(values: impl IntoIterator<Item = T>, out: &mut String, mut element: impl FnMut(T, &mut String)) {
    out.push('[');
    for (position, value) in values.into_iter().enumerate() {
        if position > 0 {
            out.push(',');
        }
        element(value, out);
    }
    out.push(']');
}

/// The mean of the numbers that are there.
pub(super) fn mean(values: &[Option<f64>]) -> Option<f64> {
    let (count, sum) = values.iter().flatten().fold((0_u32, 0.0), |(count, sum), value| (count + 1, sum + value));
    (count > 0).then(|| sum / f64::from(count))
}

/// A straight line through the numbers that are there, by least squares: slope and value at 0.
pub(super) fn line(values: &[Option<f64>]) -> Option<(f64, f64)> {
    let mean_y = mean(values)?;
    let points = || values.iter().enumerate().filter_map(|(x, y)| y.map(|y| (x as f64, y)));
    let count = points().count() as f64;
    let mean_x = points().map(|(x, _)| x).sum::<f64>() / count;
    let spread: f64 = points().map(|(x, _)| (x - mean_x).powi(2)).sum();
    let slope = if spread > 0.0 { points().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum::<f64>() / spread } else { 0.0 };
    Some((slope, slope.mul_add(-mean_x, mean_y)))
}
