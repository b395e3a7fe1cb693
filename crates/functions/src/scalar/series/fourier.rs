//! The discrete Fourier transform of any number of complex values.

use std::f64::consts::PI;

/// Transforms real and imaginary parts in place, without a scale.
pub(super) fn transform(values: &mut [(f64, f64)]) {
    if values.len().is_power_of_two() {
        of_power_of_two(values);
    } else if !values.is_empty() {
        chirp(values);
    }
}

/// The opposite of [`transform`], scaled so that both together change nothing.
pub(super) fn inverse(values: &mut [(f64, f64)]) {
    let mirrored = |values: &mut [(f64, f64)]| values.iter_mut().for_each(|value| *value = (value.1, value.0));
    mirrored(values);
    transform(values);
    mirrored(values);
    let scale = (values.len() as f64).recip();
    values.iter_mut().for_each(|value| *value = (value.0 * scale, value.1 * scale));
}

fn product(a: (f64, f64), b: (f64, f64)) -> (f64, f64) {
    (a.0 * b.0 - a.1 * b.1, a.0 * b.1 + a.1 * b.0)
}

/// The transform of any number of values as a convolution (Bluestein, 1970).
fn chirp(values: &mut [(f64, f64)]) {
    let length = values.len();
    let size = (2 * length).next_power_of_two();
    // The square is taken modulo 2n before it becomes a real, which would lose its last bits.
    let turn = |index: usize| {
        let (sin, cos) = (PI * ((index as u128 * index as u128) % (2 * length as u128)) as f64 / length as f64).sin_cos();
        (cos, -sin)
    };
    let mut left = vec![(0.0, 0.0); size];
    let mut right = vec![(0.0, 0.0); size];
    for (index, &value) in values.iter().enumerate() {
        let (cos, sin) = turn(index);
        left[index] = product(value, (cos, sin));
        right[index] = (cos, -sin);
        right[(size - index) % size] = (cos, -sin);
    }
    of_power_of_two(&mut left);
    of_power_of_two(&mut right);
    left.iter_mut().zip(right).for_each(|(left, right)| *left = product(*left, right));
    inverse(&mut left);
    for (index, (value, convolved)) in values.iter_mut().zip(left).enumerate() {
        *value = product(convolved, turn(index));
    }
}

/// The transform of as many values as a power of two (Cooley and Tukey, 1965).
fn of_power_of_two(values: &mut [(f64, f64)]) {
    let size = values.len();
    let bits = size.trailing_zeros();
    for index in 0..size {
        let mirrored = if bits == 0 { 0 } else { index.reverse_bits() >> (usize::BITS - bits) };
        if index < mirrored {
            values.swap(index, mirrored);
        }
    }
    let mut half = 1;
    while half < size {
        let angle = -std::f64::consts::PI / half as f64;
        for start in (0..size).step_by(2 * half) {
            for offset in 0..half {
                let (sin, cos) = (angle * offset as f64).sin_cos();
                let (even, odd) = (values[start + offset], values[start + offset + half]);
                let turned = (odd.0 * cos - odd.1 * sin, odd.0 * sin + odd.1 * cos);
                values[start + offset] = (even.0 + turned.0, even.1 + turned.1);
                values[start + offset + half] = (even.0 - turned.0, even.1 - turned.1);
            }
        }
        half *= 2;
    }
}

#[cfg(test)]
mod tests {
    use super::{inverse, transform};

    #[test]
    fn the_definition_holds_for_any_length() {
        for length in [1_usize, 2, 3, 7, 8, 12, 31] {
            let values: Vec<(f64, f64)> = (0..length).map(|n| ((n * n % 5) as f64, (n % 3) as f64)).collect();
            let mut transformed = values.clone();
            transform(&mut transformed);
            for (k, found) in transformed.iter().enumerate() {
                let sum = values.iter().enumerate().fold((0.0, 0.0), |sum, (n, value)| {
                    let (sin, cos) = (-2.0 * std::f64::consts::PI * (n * k) as f64 / length as f64).sin_cos();
                    (sum.0 + value.0 * cos - value.1 * sin, sum.1 + value.0 * sin + value.1 * cos)
                });
                assert!((found.0 - sum.0).abs() < 1e-9 && (found.1 - sum.1).abs() < 1e-9, "{length}: {found:?} {sum:?}");
            }
            inverse(&mut transformed);
            assert!(transformed.iter().zip(&values).all(|(a, b)| (a.0 - b.0).abs() < 1e-9 && (a.1 - b.1).abs() < 1e-9));
        }
    }
}
