//! What an alert of a rule carries: severity, entities, details, names made of columns, assets and actions.

use serde::Serialize;
use serde_json::Value;

/// How bad an alert is, mildest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Informational,
    /// Low.
    Low,
    /// Medium.
    Medium,
    /// High.
    High,
    /// Critical: Elastic's rules only.
    Critical,
}

impl Severity {
    /// Reads the word, whatever its case.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text.trim().to_ascii_lowercase().as_str() {
            "informational" | "information" | "info" => Some(Self::Informational),
            "low" => Some(Self::Low),
            "medium" => Some(Self::Medium),
            "high" => Some(Self::High),
            "critical" => Some(Self::Critical),
            _ => None,
        }
    }

    /// The word, in lower case.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Informational => "informational",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// An event with this value in this field has this severity; the last mapping that fits counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SeverityMapping {
    /// The field.
    pub field: String,
    /// The value, as text.
    pub value: String,
    /// The severity.
    pub severity: Severity,
}

/// A field changes the risk score.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RiskMapping {
    /// The field.
    pub field: String,
    /// The value it must have; empty for any.
    pub value: String,
    /// The score then; `None` makes the field's own value the score.
    pub risk_score: Option<f64>,
}

/// Columns that make an entity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EntityMapping {
    /// Kind of entity, such as `Account`, `IP`, `MailMessage`.
    pub kind: String,
    /// Its identifiers.
    pub fields: Vec<EntityField>,
}

/// An identifier of an entity and the column that holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EntityField {
    /// Such as `FullName`, `Address`.
    pub identifier: String,
    /// Column of the result.
    pub column: String,
}

/// A column that an alert shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CustomDetail {
    /// How it is called there.
    pub name: String,
    /// Column of the result.
    pub column: String,
}

/// What an alert is called and says, made of columns of its first row.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct AlertOverride {
    /// Name, with `{{Column}}` in it.
    pub name_format: Option<String>,
    /// Description, with `{{Column}}` in it.
    pub description_format: Option<String>,
    /// Column that holds the severity.
    pub severity_column: Option<String>,
    /// Column that holds the tactics.
    pub tactics_column: Option<String>,
    /// Further properties of the alert.
    pub dynamic_properties: Vec<DynamicProperty>,
}

/// A property of the alert and the column that holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DynamicProperty {
    /// Such as `ConfidenceLevel`, `RemediationSteps`.
    pub property: String,
    /// Column of the result.
    pub column: String,
}

/// What a Defender rule says is hit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Asset {
    /// Kind, such as `mailbox`, `user`, `device`.
    pub kind: String,
    /// Column of the result that names it.
    pub identifier: String,
}

/// What a Defender rule does on a hit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Action {
    /// Kind, such as `softDelete`, `isolateDevice`.
    pub kind: String,
    /// Column of the result that names what it is done to.
    pub identifier: Option<String>,
    /// The action as published, with all its settings.
    pub published: Value,
}
