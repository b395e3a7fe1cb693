//! One model for every published rule, whatever file it came from.
//!
//! Must not know how a format spells a field, nor how a rule is run. Start with [`Rule`].

mod alert;
mod attack;
mod blank;
mod incident;
mod schedule;
mod source;
mod suppression;

use serde::Serialize;
use serde_json::Value;

pub use alert::{
    Action, AlertOverride, Asset, CustomDetail, DynamicProperty, EntityField, EntityMapping, RiskMapping, Severity,
    SeverityMapping,
};
pub use attack::{Attack, Reference};
pub use incident::{IncidentConfiguration, IncidentGrouping, Matching};
pub use schedule::{Comparison, Micros, Schedule, Trigger};
pub use source::{Origin, Place, QueryText, Source};
pub use suppression::{MissingFields, Pause, Suppression};

/// A detection rule or a hunting query as its publisher wrote it.
///
/// What a format does not say is empty or `None`; what the model has no field for is in [`published`](Self::published).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Rule {
    /// The stable id its publisher gave it; for a bare query without one, its path without the extension.
    pub key: String,
    /// What people call it.
    pub name: String,
    /// What it finds.
    pub description: String,
    /// The form it was published in.
    pub format: Format,
    /// The file it stands in, and where.
    #[serde(flatten)]
    pub origin: Origin,
    /// The language of its query.
    pub language: Language,
    /// The query as published.
    pub query: QueryText,
    /// What is done with the rows of the query.
    pub kind: Kind,
    /// When it runs, and how far back it looks.
    pub schedule: Schedule,
    /// How many rows make it alert.
    pub trigger: Trigger,
    /// Whether each row is an alert.
    pub event_grouping: EventGrouping,
    /// Elastic's suppression: alerts that share fields become one.
    pub suppression: Option<Suppression>,
    /// Sentinel's suppression: how long a rule rests once it has alerted.
    pub pause: Option<Pause>,
    /// How alerts become incidents.
    pub incident: Option<IncidentConfiguration>,
    /// The most alerts of one run.
    pub max_signals: Option<u64>,
    /// The field that says when an event happened, in place of `@timestamp`.
    pub timestamp_override: Option<String>,
    /// Events without the field of [`timestamp_override`](Self::timestamp_override) are not found by `@timestamp` instead.
    pub timestamp_fallback_disabled: bool,
    /// How bad an alert is; `None` where the publisher does not say, as in hunting queries.
    pub severity: Option<Severity>,
    /// From 0 to 100.
    pub risk_score: Option<f64>,
    /// Values of fields that change the severity.
    pub severity_mapping: Vec<SeverityMapping>,
    /// Fields that change the risk score.
    pub risk_score_mapping: Vec<RiskMapping>,
    /// The field whose value names the alert.
    pub rule_name_override: Option<String>,
    /// How sure the publisher is, in his words.
    pub confidence: Option<String>,
    /// Tactics and techniques of MITRE ATT&CK.
    pub attack: Attack,
    /// Columns that name the entities of an alert.
    pub entity_mappings: Vec<EntityMapping>,
    /// Columns shown with an alert, under names of their own.
    pub custom_details: Vec<CustomDetail>,
    /// What an alert is called and says, made of columns.
    pub alert_override: Option<AlertOverride>,
    /// What a Defender rule says is hit.
    pub impacted_assets: Vec<Asset>,
    /// What a Defender rule does to it.
    pub actions: Vec<Action>,
    /// Fields an analyst should look at first.
    pub highlighted_fields: Vec<String>,
    /// Harmless causes of a hit.
    pub false_positives: Vec<String>,
    /// The investigation guide, in Markdown.
    pub note: String,
    /// What must be set up for the rule to see anything, in Markdown.
    pub setup: String,
    /// Pages to read.
    pub references: Vec<String>,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// Who wrote it.
    pub author: Vec<String>,
    /// Its licence, as it is called.
    pub license: Option<String>,
    /// Whether it is switched on; `None` where the form does not say.
    pub enabled: Option<bool>,
    /// Version as written.
    pub version: Option<String>,
    /// Standing at the publisher, such as `production`, `deprecated`, `Available`.
    pub status: Option<String>,
    /// Index patterns it reads.
    pub indices: Vec<String>,
    /// Tables its connectors must fill.
    pub tables: Vec<String>,
    /// Connectors, integrations or packages it needs.
    pub connectors: Vec<String>,
    /// Elastic's filters beside the query, each a piece of its search language.
    pub filters: Vec<Value>,
    /// Exception lists that apply to it.
    pub exception_lists: Vec<ExceptionListReference>,
    /// Its alerts are material for other rules and not shown by themselves.
    pub building_block: bool,
    /// The template of the timeline that investigates it.
    pub timeline: Option<Timeline>,
    /// The whole document, so that nothing is lost.
    pub published: Value,
}

/// The form a rule was published in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// Hunting query of a Sentinel repository, YAML.
    SentinelHunting,
    /// Analytics rule of a Sentinel repository, YAML, `kind: Scheduled` or `NRT`.
    SentinelAnalytics,
    /// Analytics rule as Sentinel exports it: an ARM template.
    SentinelArm,
    /// Custom detection rule of Defender XDR, as Microsoft Graph has it.
    DefenderDetection,
    /// A query in a file of its own, with or without front matter.
    Kql,
    /// Rule of Elastic's detection-rules repository, TOML.
    ElasticToml,
    /// Rule as Kibana exports it, or of Elastic's rule package, JSON.
    ElasticJson,
}

impl Format {
    /// The word by which output and options call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SentinelHunting => "sentinel-hunting",
            Self::SentinelAnalytics => "sentinel-analytics",
            Self::SentinelArm => "sentinel-arm",
            Self::DefenderDetection => "defender-detection",
            Self::Kql => "kql",
            Self::ElasticToml => "elastic-toml",
            Self::ElasticJson => "elastic-json",
        }
    }
}

/// The language of a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Kusto Query Language.
    Kusto,
    /// Kibana Query Language.
    Kuery,
    /// Lucene's query string.
    Lucene,
    /// Elastic's Event Query Language.
    Eql,
    /// Elastic's piped query language.
    Esql,
    /// None that is known, or no query at all.
    Other,
}

impl Language {
    /// The word by which output calls it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Kusto => "kusto",
            Self::Kuery => "kuery",
            Self::Lucene => "lucene",
            Self::Eql => "eql",
            Self::Esql => "esql",
            Self::Other => "other",
        }
    }
}

/// What is done with the rows of the query.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Kind {
    /// They are the hits.
    Query,
    /// They are counted by fields; a group large enough is a hit.
    Threshold {
        /// Group by these; none makes one group of the whole window.
        fields: Vec<String>,
        /// The least number of events.
        value: u64,
        /// The least numbers of distinct values.
        cardinality: Vec<Cardinality>,
    },
    /// A combination of values not seen before is a hit.
    NewTerms {
        /// The fields combined.
        fields: Vec<String>,
        /// How far back before the run "before" reaches, in microseconds.
        history_window_start: Micros,
    },
    /// It is kept and listed, and cannot be run.
    NotRunnable {
        /// Why, for a person.
        reason: String,
    },
}

/// A least number of distinct values in a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cardinality {
    /// Whose values.
    pub field: String,
    /// How many.
    pub value: u64,
}

/// Whether each row of a run is an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EventGrouping {
    /// Each is.
    AlertPerResult,
    /// All of a run are one.
    SingleAlert,
}

/// The exception list a rule refers to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExceptionListReference {
    /// Id of the stored list.
    pub id: String,
    /// Name of the list, which its items carry.
    pub list_id: String,
    /// `detection`, `rule_default`, `endpoint` ...
    pub kind: String,
    /// `single` or `agnostic`.
    pub namespace: String,
}

/// A timeline template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Timeline {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
}

impl Rule {
    /// Why the rule cannot be run, if so.
    #[must_use]
    pub fn not_runnable(&self) -> Option<&str> {
        match &self.kind {
            Kind::NotRunnable { reason } => Some(reason),
            Kind::Query | Kind::Threshold { .. } | Kind::NewTerms { .. } => None,
        }
    }
}
