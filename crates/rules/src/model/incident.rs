//! How the alerts of a Sentinel rule become incidents.

use serde::Serialize;

use super::Micros;

/// Whether alerts become incidents, and which share one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IncidentConfiguration {
    /// Alerts become incidents at all.
    pub create: bool,
    /// Which alerts share an incident; `None` where the rule does not say: each has its own.
    pub grouping: Option<IncidentGrouping>,
}

/// Which alerts share an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IncidentGrouping {
    /// Alerts share incidents at all.
    pub enabled: bool,
    /// A matching incident that was closed is opened again.
    pub reopen_closed: bool,
    /// How old a matching incident may be.
    pub look_back: Option<Micros>,
    /// What must match.
    pub matching: Matching,
    /// Kinds of entities, where `matching` is `Selected`.
    pub entities: Vec<String>,
    /// Details of the alert, such as `DisplayName`, where `matching` is `Selected`.
    pub alert_details: Vec<String>,
    /// Custom details, where `matching` is `Selected`.
    pub custom_details: Vec<String>,
}

/// What must match for alerts to share an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Matching {
    /// All entities.
    #[default]
    AllEntities,
    /// Nothing but the rule.
    AnyAlert,
    /// What is selected.
    Selected,
}

impl Matching {
    /// Reads `AllEntities`, `AnyAlert`, `Selected`, and the older `All`, `None`, `Custom`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text.trim().to_ascii_lowercase().as_str() {
            "allentities" | "all" => Some(Self::AllEntities),
            "anyalert" | "none" => Some(Self::AnyAlert),
            "selected" | "custom" => Some(Self::Selected),
            _ => None,
        }
    }
}
