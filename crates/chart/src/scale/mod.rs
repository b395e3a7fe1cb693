//! Scales: which values an axis spans, where its ticks stand, and what is written at them.
//!
//! Must not know where on the picture an axis is: a scale answers with fractions of its length. Start with [`Scale`].

pub(crate) mod number;
pub(crate) mod time;

/// One mark on an axis.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tick {
    /// The value.
    pub at: f64,
    /// What is written at it.
    pub label: String,
    /// The day or year it belongs to, where that begins.
    pub context: Option<String>,
}

/// The values an axis spans and its ticks, in rising order.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Scale {
    /// The value at the lower end.
    pub low: f64,
    /// The value at the upper end, above `low`.
    pub high: f64,
    /// Whether equal steps multiply; then `low` is above 0.
    pub log: bool,
    /// The ticks, all within the ends.
    pub ticks: Vec<Tick>,
}

/// The share of a scale that stays free above the highest value.
const HEADROOM: f64 = 0.05;

impl Scale {
    /// Where `value` stands between the ends: 0 for `low`, 1 for `high`, outside of that for what is outside.
    pub(crate) fn share(&self, value: f64) -> f64 {
        let share = if self.log {
            (value.max(f64::MIN_POSITIVE).ln() - self.low.ln()) / (self.high.ln() - self.low.ln())
        } else {
            // Halves, because the difference of two large values may not be a number any more.
            (value / 2.0 - self.low / 2.0) / (self.high / 2.0 - self.low / 2.0)
        };
        if share.is_finite() { share.clamp(-1e6, 1e6) } else { 0.0 }
    }

    /// The same with a little room above `highest`, so that the topmost point does not lie on the frame. The ticks stay.
    pub(crate) fn with_headroom(self, highest: f64) -> Self {
        let room = (self.high / 2.0 - self.low / 2.0) * 2.0 * HEADROOM;
        let wanted = highest + room;
        let free = !self.log && room.is_finite() && wanted.is_finite() && highest > self.low;
        if free && wanted > self.high { Self { high: wanted.min(number::LARGEST), ..self } } else { self }
    }

    /// Where bars and areas begin: at zero, or at the end nearest to it.
    pub(crate) fn base(&self) -> f64 {
        if self.log { self.low } else { 0.0_f64.clamp(self.low, self.high) }
    }
}
