//! Names below an axis: side by side if they fit, else turned, elided, and not at every place.

use crate::text::{elide, pixels};

use super::page::{Anchor, Page, Rect, TICK};

/// Turned names rise at this angle.
const ANGLE: f64 = 40.0;
/// The room of a turned name along the axis: its line height over the sine of the angle.
const TURNED: f64 = 23.0;
/// No turned name is longer.
const LONGEST: f64 = 150.0;

/// Names fitted to an axis.
#[derive(Debug)]
pub(crate) struct Names {
    texts: Vec<(usize, String)>,
    count: usize,
    turned: bool,
    /// The room they need below the axis.
    pub height: f64,
}

impl Names {
    /// Fits `names` to an axis of `width` pixels that begins `left` pixels from the edge of the page and is `deep` pixels
    /// above its end.
    pub(crate) fn fit(names: &[String], width: f64, left: f64, deep: f64) -> Self {
        let count = names.len();
        let band = width / count.max(1) as f64;
        let widest = names.iter().map(|name| pixels(name, TICK.size)).fold(0.0, f64::max);
        if widest + 10.0 <= band || count == 1 {
            let texts = names.iter().map(|name| elide(name, TICK.size, band - 10.0)).enumerate().collect();
            return Self { texts, count, turned: false, height: 22.0 };
        }
        let (sine, cosine) = ANGLE.to_radians().sin_cos();
        let every = (TURNED / band).ceil().max(1.0) as usize;
        let longest = LONGEST.min(deep / sine);
        let text = |(at, name): (usize, &String)| {
            let start = left + (at as f64 + 0.5) * band;
            (at, elide(name, TICK.size, longest.min((start - 8.0) / cosine)))
        };
        let texts: Vec<(usize, String)> = names.iter().enumerate().step_by(every).map(text).collect();
        let longest = texts.iter().map(|(_, text)| pixels(text, TICK.size)).fold(0.0, f64::max);
        Self { texts, count, turned: true, height: longest * sine + 22.0 }
    }

    /// Draws them below `plot`.
    pub(crate) fn draw(&self, page: &mut Page, plot: Rect) {
        let band = plot.width / self.count.max(1) as f64;
        for (at, text) in &self.texts {
            let x = plot.x + (*at as f64 + 0.5) * band;
            if self.turned {
                page.turned_text(x + 3.0, plot.bottom() + 16.0, Anchor::End, TICK, text, -ANGLE);
            } else {
                page.text(x, plot.bottom() + 18.0, Anchor::Middle, TICK, text);
            }
        }
    }
}
