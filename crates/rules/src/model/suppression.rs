//! How a rule keeps itself from saying the same twice: Elastic's suppression by fields, Sentinel's rest after an alert.

use serde::Serialize;

use super::Micros;

/// Alerts that share the values of fields become one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Suppression {
    /// The fields; none for threshold rules, which use those of their threshold.
    pub group_by: Vec<String>,
    /// For how long after the first; `None` within one run.
    pub duration: Option<Micros>,
    /// What becomes of events that lack one of the fields.
    pub missing_fields: MissingFields,
}

/// What becomes of events that lack a field of the suppression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MissingFields {
    /// They form a group of their own.
    #[default]
    Suppress,
    /// Each is an alert.
    DoNotSuppress,
}

/// Whether and how long a rule of Sentinel rests once it has alerted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Pause {
    /// `suppressionEnabled`.
    pub enabled: bool,
    /// `suppressionDuration`.
    pub duration: Micros,
}
