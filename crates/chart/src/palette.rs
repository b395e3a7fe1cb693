//! Colours that stay apart for readers with colour blindness, and the greys of text and rules.
//!
//! The series colours follow Okabe and Ito, *Color Universal Design* (<https://jfly.uni-koeln.de/color/>), without the
//! yellow that cannot be read on white, completed with the indigo and olive of Paul Tol's *muted* scheme
//! (<https://personal.sron.nl/~pault/>). The tests measure the distances as the colour-blind see them.

use std::borrow::Cow;

/// Colours of series, in order of use, as `#rrggbb`.
pub(crate) const SERIES: [&str; 8] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#332288", "#e69f00", "#56b4e9", "#7a7a1e"];

/// The nearest of the terminal's 256 colours to each of [`SERIES`], readable on dark and on light ground.
pub(crate) const TERMINAL: [u8; 8] = [32, 166, 36, 175, 62, 178, 74, 101];

/// Titles and values.
pub(crate) const INK: &str = "#1f2933";
/// Tick labels, axis titles, notes.
pub(crate) const SOFT: &str = "#52606d";
/// The axis line.
pub(crate) const AXIS: &str = "#9aa5b1";
/// Grid lines.
pub(crate) const GRID: &str = "#e4e7eb";
/// Series beyond those that get a colour.
pub(crate) const MUTED: &str = "#cbd2d9";
/// What is summed up as "other".
pub(crate) const OTHER: &str = "#9aa5b1";
/// Anomalies.
pub(crate) const ALERT: &str = "#b3001b";
/// The ground.
pub(crate) const PAPER: &str = "#ffffff";

/// The colour of the series in place `index`. After eight the hues come again, lighter, then darker.
pub(crate) fn series(index: usize) -> Cow<'static, str> {
    let hue = SERIES[index % SERIES.len()];
    match index / SERIES.len() {
        0 => Cow::Borrowed(hue),
        1 => Cow::Owned(mixed(hue, 255, 0.45)),
        _ => Cow::Owned(mixed(hue, 0, 0.35)),
    }
}

/// The dashes of a line in place `index`, so that two lines of one hue stay apart.
pub(crate) fn dashes(index: usize) -> Option<&'static str> {
    match index / SERIES.len() {
        0 => None,
        1 => Some("7 3"),
        _ => Some("2 3"),
    }
}

/// White or ink, whichever is read better on `ground`.
pub(crate) fn text_on(ground: &str) -> &'static str {
    let light = luminance(ground);
    if 1.05 / (light + 0.05) >= (light + 0.05) / (luminance(INK) + 0.05) { PAPER } else { INK }
}

/// Red, green and blue of `#rrggbb`; black if it is anything else.
fn channels(colour: &str) -> [u8; 3] {
    let part = |at: usize| colour.get(at..at + 2).and_then(|hex| u8::from_str_radix(hex, 16).ok()).unwrap_or(0);
    [part(1), part(3), part(5)]
}

/// `colour` moved towards the grey `target` by `share`.
fn mixed(colour: &str, target: u8, share: f64) -> String {
    let [red, green, blue] =
        channels(colour).map(|channel| (f64::from(channel) * (1.0 - share) + f64::from(target) * share).round() as u8);
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// Light of a channel as the eye adds it up (WCAG 2.2, "relative luminance").
fn linear(channel: u8) -> f64 {
    let value = f64::from(channel) / 255.0;
    if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
}

/// Relative luminance, 0 for black to 1 for white.
fn luminance(colour: &str) -> f64 {
    let [red, green, blue] = channels(colour).map(linear);
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What remains of linear red, green and blue for protanopes, deuteranopes and tritanopes
    /// (Machado, Oliveira, Fernandes 2009, severity 1.0), and for everyone else.
    const EYES: [[[f64; 3]; 3]; 4] = [
        [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
        [[0.152_286, 1.052_583, -0.204_868], [0.114_503, 0.786_281, 0.099_216], [-0.003_882, -0.048_116, 1.051_998]],
        [[0.367_322, 0.860_646, -0.227_968], [0.280_085, 0.672_501, 0.047_413], [-0.011_820, 0.042_940, 0.968_881]],
        [[1.255_528, -0.076_749, -0.178_779], [-0.078_411, 0.930_809, 0.147_602], [0.004_733, 0.691_367, 0.303_900]],
    ];

    /// CIE L*a*b* (D65) of a colour seen through `eye`.
    fn lab(colour: &str, eye: &[[f64; 3]; 3]) -> [f64; 3] {
        let light = channels(colour).map(linear);
        let [red, green, blue] =
            eye.map(|row| row.iter().zip(light).map(|(weight, channel)| weight * channel).sum::<f64>().clamp(0.0, 1.0));
        let curve = |t: f64| if t > 0.008_856 { t.cbrt() } else { 7.787 * t + 16.0 / 116.0 };
        let x = curve((0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505);
        let y = curve(0.2126 * red + 0.7152 * green + 0.0722 * blue);
        let z = curve((0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089);
        [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
    }

    #[test]
    fn the_first_five_colours_differ_for_every_eye() {
        for eye in &EYES {
            for (at, one) in SERIES.iter().enumerate().take(5) {
                for other in SERIES.iter().take(at) {
                    let distance: f64 =
                        lab(one, eye).iter().zip(lab(other, eye)).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt();
                    assert!(distance > 12.0, "{one} and {other} are {distance:.1} apart");
                }
            }
        }
    }

    #[test]
    fn every_colour_stands_out_from_white() {
        for colour in SERIES {
            let contrast = 1.05 / (luminance(colour) + 0.05);
            assert!(contrast > 2.0, "{colour} has a contrast of {contrast:.2}");
        }
        for text in [INK, SOFT] {
            assert!(1.05 / (luminance(text) + 0.05) > 4.5, "{text} is text (WCAG 2.2, 1.4.3)");
        }
    }

    #[test]
    fn hues_come_again_in_other_shades() {
        assert_eq!(series(0), "#0072b2");
        assert_eq!(series(8), "#73b1d5");
        assert_eq!(series(16), "#004a74");
        assert_eq!((dashes(0), dashes(8), dashes(19)), (None, Some("7 3"), Some("2 3")));
    }

    #[test]
    fn text_on_a_colour_is_readable() {
        assert_eq!(text_on("#332288"), PAPER);
        assert_eq!(text_on("#e69f00"), INK);
    }
}
