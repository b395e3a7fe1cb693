//! One stretch of time: from a moment to another. What a change window is made of.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::moment;

/// From a moment to another, the latter not included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Between {
    /// Microseconds since 1970.
    from: i64,
    /// Microseconds since 1970.
    to: i64,
}

/// As files and interfaces have it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    from: String,
    to: String,
}

/// A stretch of time that is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BetweenError {
    /// A text that is no moment.
    Moment(String),
    /// It ends before it begins, or at once.
    Empty,
}

impl fmt::Display for BetweenError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Moment(text) => write!(formatter, "`{text}` is no moment; write 2027-01-31T06:00:00Z"),
            Self::Empty => formatter.write_str("the window ends before it begins"),
        }
    }
}

impl std::error::Error for BetweenError {}

impl Between {
    /// From a moment to another, in microseconds since 1970.
    ///
    /// # Errors
    ///
    /// When it ends before it begins, or at once.
    pub fn new(from: i64, to: i64) -> Result<Self, BetweenError> {
        if from < to { Ok(Self { from, to }) } else { Err(BetweenError::Empty) }
    }

    /// When it ends.
    #[must_use]
    pub const fn end(&self) -> i64 {
        self.to
    }

    /// Whether the moment, as results write it, is in it.
    pub(super) fn contains(&self, text: &str) -> bool {
        moment::parse(text).is_some_and(|moment| (self.from..self.to).contains(&moment))
    }
}

impl fmt::Display for Between {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "from {} to {}", moment::write(self.from), moment::write(self.to))
    }
}

impl TryFrom<Written> for Between {
    type Error = BetweenError;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        let read = |text: String| moment::parse(&text).ok_or(BetweenError::Moment(text));
        Self::new(read(written.from)?, read(written.to)?)
    }
}

impl From<Between> for Written {
    fn from(between: Between) -> Self {
        Self { from: moment::write(between.from), to: moment::write(between.to) }
    }
}

#[cfg(test)]
mod tests {
    use super::{Between, BetweenError};

    #[test]
    fn the_end_is_not_included() -> Result<(), serde_json::Error> {
        let window: Between = serde_json::from_str(r#"{"from": "2026-11-20T12:00:00Z", "to": "2026-11-20T13:00:00Z"}"#)?;
        assert!(window.contains("2026-11-20T12:00:00.0000000Z") && window.contains("2026-11-20T12:59:59.999Z"));
        assert!(!window.contains("2026-11-20T13:00:00Z") && !window.contains("2026-11-20T11:59:59Z") && !window.contains("soon"));
        assert_eq!(window.to_string(), "from 2026-11-20T12:00:00Z to 2026-11-20T13:00:00Z");
        Ok(())
    }

    #[test]
    fn a_window_ends_after_it_begins() {
        assert_eq!(Between::new(2, 2), Err(BetweenError::Empty));
        assert!(serde_json::from_str::<Between>(r#"{"from": "now", "to": "2026-11-20"}"#).is_err());
    }
}
