//! When a rule runs, how far back it looks, and how many rows make it alert.

use serde::Serialize;

/// A length of time in microseconds.
pub type Micros = i64;

/// When a rule runs. A hunting query has no schedule: every field is empty then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Schedule {
    /// From one run to the next.
    pub interval: Option<Micros>,
    /// From the beginning of the time looked at to the run.
    pub look_back: Option<Micros>,
    /// From the end of the time looked at to the run; 0 for all but rules whose `to` lies before `now`.
    pub delay: Micros,
    /// Runs on every arrival of rows: Sentinel's NRT rules, Defender's continuous frequency.
    pub continuous: bool,
}

impl Schedule {
    /// Whether the rule says when it wants to run.
    #[must_use]
    pub const fn is_scheduled(&self) -> bool {
        self.continuous || self.interval.is_some()
    }
}

/// How many rows make a run alert: more than none, unless the rule says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Trigger {
    /// How the number of rows is compared.
    pub operator: Comparison,
    /// With what.
    pub threshold: u64,
}

impl Default for Trigger {
    fn default() -> Self {
        Self { operator: Comparison::GreaterThan, threshold: 0 }
    }
}

impl Trigger {
    /// Whether a run with `rows` rows alerts.
    #[must_use]
    pub const fn fires(&self, rows: u64) -> bool {
        match self.operator {
            Comparison::GreaterThan => rows > self.threshold,
            Comparison::LessThan => rows < self.threshold,
            Comparison::Equal => rows == self.threshold,
            Comparison::NotEqual => rows != self.threshold,
        }
    }
}

/// The four comparisons of Sentinel's `triggerOperator`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// `gt`.
    GreaterThan,
    /// `lt`.
    LessThan,
    /// `eq`.
    Equal,
    /// `ne`.
    NotEqual,
}

impl Comparison {
    /// Reads `gt`, `GreaterThan` and the like, whatever the case.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text.trim().to_ascii_lowercase().as_str() {
            "gt" | "greaterthan" => Some(Self::GreaterThan),
            "lt" | "lessthan" => Some(Self::LessThan),
            "eq" | "equal" => Some(Self::Equal),
            "ne" | "notequal" => Some(Self::NotEqual),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Comparison, Trigger};

    #[test]
    fn a_trigger_compares_the_number_of_rows() {
        let fires = |operator, rows| Trigger { operator, threshold: 3 }.fires(rows);
        assert!(fires(Comparison::GreaterThan, 4) && !fires(Comparison::GreaterThan, 3));
        assert!(fires(Comparison::LessThan, 0) && !fires(Comparison::LessThan, 3));
        assert!(fires(Comparison::Equal, 3) && fires(Comparison::NotEqual, 2));
        assert!(Trigger::default().fires(1) && !Trigger::default().fires(0));
    }

    #[test]
    fn operators_have_a_short_and_a_long_spelling() {
        assert_eq!(Comparison::parse("GT"), Comparison::parse("GreaterThan"));
        assert_eq!(Comparison::parse("NotEqual"), Some(Comparison::NotEqual));
        assert_eq!(Comparison::parse(">"), None);
    }
}
