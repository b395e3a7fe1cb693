//! What is kept, as plain data. Times are microseconds since 1970 in UTC.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// A moment: microseconds since 1970 in UTC.
pub type Moment = i64;

/// A thing an alert is about, in the words of Sentinel's entity types: `Account`, `Host`, `IP`, `MailMessage`, `Mailbox`, `DNS`, `URL` ...
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub struct Entity {
    /// The entity's type.
    pub kind: String,
    /// What it is called: an address, a name, an id.
    pub value: String,
    /// The identifier of the type that the value is for, such as `FullName` or `Recipient`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub identifier: String,
}

/// A tactic, technique or sub-technique of MITRE ATT&CK.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Attack {
    /// Such as `TA0001`, `T1566` or `T1566.002`.
    pub id: String,
    /// Its name, where known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Its page.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub url: String,
}

/// What of an alert is not searched for by the database, and so kept as one JSON text.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Detail {
    /// The tactics of ATT&CK.
    pub tactics: Vec<Attack>,
    /// The techniques of ATT&CK.
    pub techniques: Vec<Attack>,
    /// What it is about.
    pub entities: Vec<Entity>,
    /// The rows of the query's result that raised it, a JSON object each, in the order of the result.
    #[schema(value_type = Vec<Object>)]
    pub evidence: Vec<Map<String, Value>>,
    /// How many rows raised it, where more than are kept as evidence.
    pub evidence_rows: u64,
    /// The rule's own additions: custom details, dynamic properties.
    #[schema(value_type = Object)]
    pub custom: Map<String, Value>,
    /// The query as it was run, after parameters.
    pub query: String,
    /// The language of the query.
    pub language: String,
    /// The investigation guide, Markdown.
    pub guide: String,
    /// What the rule's author says can raise it in honest traffic.
    pub false_positives: Vec<String>,
    /// Pages to read.
    pub references: Vec<String>,
    /// What to do next, by the rule.
    pub next_steps: Vec<String>,
    /// Tags of the rule.
    pub tags: Vec<String>,
}

/// An alert as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Alert {
    /// Made of the rule and the events: the same hit always has the same id.
    pub id: String,
    /// The rule's key.
    pub rule_key: String,
    /// The rule's name when it ran.
    pub rule_name: String,
    /// The rule's version when it ran.
    pub rule_version: String,
    /// The run that raised it.
    pub run_id: String,
    /// What a queue shows.
    pub title: String,
    /// What it means.
    pub description: String,
    /// Why it was raised, in a sentence with this alert's values.
    pub reason: String,
    /// `informational`, `low`, `medium`, `high` or `critical`.
    pub severity: String,
    /// 0 to 100.
    pub risk_score: i64,
    /// `low`, `medium` or `high`.
    pub confidence: String,
    /// `new`, `in_progress` or `closed`.
    pub status: String,
    /// Of a closed alert: `true_positive`, `benign_positive`, `false_positive` or `undetermined`.
    pub verdict: Option<String>,
    /// Who works on it.
    pub assignee: Option<String>,
    /// The last comment.
    pub comment: Option<String>,
    /// When it was raised.
    pub created_at: Moment,
    /// When it last changed.
    pub updated_at: Moment,
    /// The first event's time.
    pub first_event: Option<Moment>,
    /// The last event's time.
    pub last_event: Option<Moment>,
    /// The window that was looked at.
    pub window_from: Moment,
    /// The window that was looked at.
    pub window_to: Moment,
    /// Hits that came after and raised no alert of their own, because this one was there.
    pub suppressed: i64,
    /// The incident it belongs to.
    pub incident_id: Option<String>,
    /// Everything else.
    pub detail: Detail,
}

/// Who a hit is, so that it is never alerted on twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventKey {
    /// Made of the event's identity, or of the whole row where it has none.
    pub key: String,
    /// For the key of a computed row: the end of the window it was seen in. The same row may raise again in a window that begins later.
    pub until: Option<Moment>,
}

/// An alert to raise, with the events behind it.
#[derive(Debug, Clone, PartialEq)]
pub struct NewAlert {
    /// The alert; `incident_id` is chosen when it is raised.
    pub alert: Alert,
    /// The hits it is made of.
    pub events: Vec<EventKey>,
    /// Where set, an alert of the rule with the same value that is younger than this takes the hits instead.
    pub suppression: Option<Suppression>,
}

/// By what further hits belong to an alert that is there already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// The values of the fields, as one text.
    pub key: String,
    /// Until when the alert takes them.
    pub until: Moment,
}

/// A hit that raises no alert and stays visible.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptHit {
    /// Who it is.
    pub event: EventKey,
    /// Why.
    pub kind: Kept,
    /// Its event's time.
    pub event_at: Option<Moment>,
    /// The row.
    pub hit: Map<String, Value>,
}

/// Why a hit raised no alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// An exclusion, by its id, says it is benign.
    Excluded(String),
    /// The rule's limit of alerts a run was reached.
    Held,
}

/// One run of a rule and all it found, to be kept in one step.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The run.
    pub run: Run,
    /// Alerts to raise.
    pub alerts: Vec<NewAlert>,
    /// Hits that raise none.
    pub kept: Vec<KeptHit>,
    /// How far the rule has come with this run.
    pub progress: Progress,
    /// What the rule asks of incidents.
    pub grouping: Grouping,
    /// Where new alerts are told about: names of notification targets.
    pub notify: Vec<String>,
}

/// How far a rule has come. `None` leaves it as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Progress {
    /// The last moment of its schedule that has been evaluated.
    pub evaluated_to: Option<Moment>,
    /// No run before this moment.
    pub quiet_until: Option<Moment>,
}

/// How alerts of a rule become incidents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grouping {
    /// Whether incidents are made at all.
    pub incidents: bool,
    /// How long an incident takes further alerts, in microseconds.
    pub within: i64,
    /// Which entity types have to be shared; empty: any.
    pub entity_kinds: Vec<String>,
    /// Whether alerts of other rules may share the incident.
    pub across_rules: bool,
    /// Whether a closed incident is opened again by an alert that belongs to it.
    pub reopen: bool,
}

impl Default for Grouping {
    /// As Sentinel's incidents: alerts within five hours.
    fn default() -> Self {
        Self { incidents: true, within: 5 * 3_600_000_000, entity_kinds: Vec::new(), across_rules: true, reopen: false }
    }
}

/// A run of a rule.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Run {
    /// Unique.
    pub id: String,
    /// The rule.
    pub rule_key: String,
    /// Its name.
    pub rule_name: String,
    /// Its version.
    pub version: String,
    /// `scheduled`, `continuous`, `late`, `gap` or `manual`.
    pub kind: String,
    /// The moment it stands for.
    pub intended_at: Moment,
    /// The window that was looked at.
    pub window_from: Moment,
    /// The window that was looked at.
    pub window_to: Moment,
    /// When it began.
    pub started_at: Moment,
    /// How long it took, in microseconds.
    pub duration_us: i64,
    /// `succeeded`, `warning` or `failed`.
    pub status: String,
    /// What a warning or failure is about.
    pub message: String,
    /// Rows the query gave.
    pub hits: i64,
    /// Alerts raised.
    pub raised: i64,
    /// Hits that had been dealt with before.
    pub known: i64,
    /// Hits that an exclusion took.
    pub excluded: i64,
    /// Hits that an alert already there took.
    pub suppressed: i64,
    /// Hits beyond the rule's limit.
    pub held: i64,
}

/// How a rule stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleState {
    /// The rule.
    pub rule_key: String,
    /// Its name at its last run.
    pub rule_name: String,
    /// Its version at its last run.
    pub version: String,
    /// The last moment of its schedule that has been evaluated.
    pub evaluated_to: Option<Moment>,
    /// No run before this moment.
    pub quiet_until: Option<Moment>,
    /// When it last ran.
    pub last_run: Option<Moment>,
    /// How that went.
    pub last_status: Option<String>,
    /// What a warning or failure was about.
    pub last_message: Option<String>,
}

/// Alerts that belong together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Incident {
    /// Unique.
    pub id: String,
    /// What people call it by.
    pub number: i64,
    /// The first alert's title.
    pub title: String,
    /// The highest of its alerts.
    pub severity: String,
    /// `new`, `in_progress` or `closed`.
    pub status: String,
    /// As of an alert.
    pub verdict: Option<String>,
    /// Who works on it.
    pub assignee: Option<String>,
    /// The last comment.
    pub comment: Option<String>,
    /// When it was opened.
    pub created_at: Moment,
    /// When it last changed.
    pub updated_at: Moment,
    /// The first event's time.
    pub first_event: Option<Moment>,
    /// The last event's time.
    pub last_event: Option<Moment>,
    /// How many alerts it has.
    pub alerts: i64,
}

/// An exclusion as it is kept; what its conditions mean is the business of the rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exclusion {
    /// Unique.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Who answers for it.
    pub owner: String,
    /// Why it is right.
    pub reason: String,
    /// `proposed`, `approved` or `revoked`.
    pub status: String,
    /// Who approved it.
    pub approved_by: Option<String>,
    /// When it was made.
    pub created_at: Moment,
    /// When it last changed.
    pub updated_at: Moment,
    /// When it ends.
    pub expires_at: Option<Moment>,
    /// How many hits it took.
    pub suppressed: i64,
    /// When it last took one.
    pub last_suppressed: Option<Moment>,
    /// Its conditions and the rules it is for, JSON.
    pub body: String,
}

/// A notification to be delivered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Made of the target and what it tells: nobody is told twice.
    pub id: String,
    /// The target's name in the configuration.
    pub target: String,
    /// What it is about: an alert's or incident's id.
    pub subject: String,
    /// `waiting`, `delivered` or `given_up`.
    pub status: String,
    /// How often it was tried.
    pub attempts: i64,
    /// Not before this moment.
    pub next_at: Moment,
    /// Since when it waits.
    pub created_at: Moment,
    /// When it arrived.
    pub delivered_at: Option<Moment>,
    /// What the last try met.
    pub last_error: Option<String>,
}

/// What became of an outcome.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Committed {
    /// The run, with its counts.
    pub run: Run,
    /// The ids of the alerts that were raised.
    pub raised: Vec<String>,
}

/// The severities from least to most, as alerts name them.
pub const SEVERITIES: [&str; 5] = ["informational", "low", "medium", "high", "critical"];

/// What an alert or incident can be in the middle of.
pub const STATUSES: [&str; 3] = ["new", "in_progress", "closed"];

/// What a closed alert or incident turned out to be.
pub const VERDICTS: [&str; 4] = ["true_positive", "benign_positive", "false_positive", "undetermined"];
