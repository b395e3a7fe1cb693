//! The queue of alerts, and one alert with all that is known of it.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use state::{Alert, Entity, Incident, Moment};
use utoipa::ToSchema;

use crate::{Colour, Fault, Sheet};

/// What is asked of the queue. Its parts are the parameters of the page's address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct QueueQuery {
    /// A filter in Kibana's query language over the fields of [`QUEUE_FIELDS`], such as `severity:high and not assignee:*`; empty: open alerts.
    pub q: String,
    /// A field of [`QUEUE_FIELDS`] to sort by, `-` before it for the largest first; empty: the youngest first.
    pub sort: String,
    /// Which page, from 1.
    pub page: u32,
    /// How many on a page; 0: 50, and 500 at most.
    pub size: u32,
}

/// The fields a filter can name, and what each is.
pub const QUEUE_FIELDS: [(&str, &str); 14] = [
    ("status", "new, in_progress or closed"),
    ("severity", "informational, low, medium, high or critical"),
    ("verdict", "true_positive, benign_positive, false_positive or undetermined"),
    ("assignee", "who works on it"),
    ("rule", "the rule's name or key"),
    ("title", "words of the title"),
    ("reason", "words of the sentence that says why"),
    ("entity", "an address, a domain, a name it is about"),
    ("incident", "the incident's id"),
    ("technique", "a technique or tactic of ATT&CK"),
    ("tag", "a tag of the rule"),
    ("risk", "the risk score, 0 to 100"),
    ("created", "when it was raised"),
    ("event", "the time of its last event"),
];

/// A page of the queue.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct Queue {
    /// The alerts of this page, without their evidence.
    pub alerts: Vec<Alert>,
    /// How many there are in all.
    pub total: u64,
    /// Which page this is, from 1.
    pub page: u32,
    /// How many on a page.
    pub size: u32,
    /// How many of all of them have each value of `severity`, `status`, `rule`, `entity`, `assignee`: the largest counts first, ten at most.
    pub counts: Vec<Facet>,
}

/// How many alerts have each value of a field.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Facet {
    /// The field, one of [`QUEUE_FIELDS`].
    pub field: String,
    /// Values, the words for each, and how many.
    pub values: Vec<FacetValue>,
}

/// A value of a [`Facet`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct FacetValue {
    /// The value, as a filter names it.
    pub value: String,
    /// What people read; the value itself where nothing better is known.
    pub label: String,
    /// How many.
    pub count: u64,
}

/// One alert, and what is around it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AlertView {
    /// The alert, with its evidence.
    pub alert: Alert,
    /// Columns of the evidence that the rule's query decides by: they are marked.
    pub deciding: Vec<String>,
    /// What it is about, with the past of each.
    pub entities: Vec<EntityHistory>,
    /// What happened, in time order: events, runs, who did what.
    pub timeline: Vec<TimelineEntry>,
    /// The investigation guide: Markdown, and queries that stand in it.
    pub guide: Guide,
    /// What the rule's author says raises it in honest traffic, and whether that fits here.
    pub false_positives: Vec<FalsePositive>,
    /// Other alerts of the same entities, incident or rule, the nearest first; without evidence.
    pub related: Vec<Alert>,
    /// The incident it belongs to.
    pub incident: Option<Incident>,
    /// The hunt behind it: the query as it was run, with its window.
    pub hunt: String,
    /// `kusto`, `kuery` or `lucene`.
    pub hunt_language: String,
    /// Fixes that answer it: those there are, and whether one could be proposed.
    pub fixes: Vec<crate::FixLine>,
    /// True if a fix could be proposed for it.
    pub can_fix: bool,
    /// Names of notification targets it can be told to.
    pub targets: Vec<String>,
}

/// An entity, and how often it was seen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct EntityHistory {
    /// The entity.
    pub entity: Option<Entity>,
    /// How many alerts name it, this one included.
    pub alerts: u64,
    /// Those of them that were closed as true positives.
    pub true_positives: u64,
    /// Those of them that were closed as benign or false positives.
    pub harmless: u64,
    /// When the first of them was raised.
    pub first: Option<Moment>,
    /// Alerts a day over the last 30 days, the oldest first.
    pub days: Vec<u64>,
    /// A query that shows its traffic; empty where there is none for its type.
    pub hunt: String,
}

/// Something that happened.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct TimelineEntry {
    /// When, in microseconds since 1970.
    pub at: Moment,
    /// `event`, `alert`, `change`, `notification`, `fix`.
    pub kind: String,
    /// Who did it; empty for events.
    pub who: String,
    /// What happened.
    pub what: String,
    /// The alert it is of, in an incident; empty: this one.
    pub alert: String,
}

/// An investigation guide: Markdown in which the place of each query is a fenced block of its language.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Guide {
    /// The text.
    pub markdown: String,
    /// Queries of the guide, with the alert's values in place, in the order in which they stand in it.
    pub queries: Vec<GuideQuery>,
}

/// A query of a guide.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct GuideQuery {
    /// What it shows.
    pub label: String,
    /// Its text.
    pub query: String,
    /// `kusto`, `kuery` or `lucene`; another language is shown and cannot be run.
    pub language: String,
    /// True if it can be run here.
    pub runs: bool,
    /// Which words have which colour.
    pub colours: Vec<Colour>,
}

/// A way in which honest traffic raises the rule.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct FalsePositive {
    /// What the author says.
    pub note: String,
    /// `likely`, `possible`, `unlikely` or `unknown`: whether it fits this alert.
    pub fit: String,
    /// What of the alert speaks for or against it; may be empty.
    pub because: String,
}

/// What to change of alerts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AlertEdit {
    /// `new`, `in_progress` or `closed`.
    pub status: Option<String>,
    /// Of those that are closed: one of [`state::VERDICTS`].
    pub verdict: Option<String>,
    /// Who works on them; an empty text: nobody.
    pub assignee: Option<String>,
    /// Words for the record.
    pub comment: Option<String>,
}

/// A file for somebody to keep.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Download {
    /// Its name.
    pub name: String,
    /// Its media type.
    pub media_type: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl Download {
    /// Its name without what a header or a file system could misunderstand: letters, digits, `.`, `-` and `_`, and none that is hidden.
    #[must_use]
    pub fn plain_name(&self) -> String {
        let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '_' };
        let name: String = self.name.chars().map(plain).collect();
        name.trim_start_matches('.').to_owned()
    }
}

/// Alerts.
#[async_trait]
pub trait Alerts: Send + Sync {
    /// A page of the queue. A filter that cannot be read is [`Fault::Input`] with its place.
    async fn queue(&self, query: &QueueQuery) -> Result<Queue, Fault>;

    /// One alert, by its id or the beginning of it.
    async fn alert(&self, id: &str) -> Result<AlertView, Fault>;

    /// Changes alerts; those that could not be changed are told by id.
    async fn change(&self, ids: &[String], edit: &AlertEdit, who: &str) -> Result<Vec<(String, Option<Fault>)>, Fault>;

    /// Tells a notification target of an alert, again if need be.
    async fn notify(&self, id: &str, target: &str, who: &str) -> Result<(), Fault>;

    /// Alerts in a form that other programs read: `json`, `ecs`, `ocsf`, `sentinel` (an object a line), or `csv`.
    async fn export(&self, ids: &[String], query: &QueueQuery, form: &str) -> Result<Download, Fault>;
}

/// Incidents: alerts that belong together.
#[async_trait]
pub trait Incidents: Send + Sync {
    /// Incidents, the last changed first; `status` empty: open ones, `all`: all.
    async fn incidents(&self, status: &str, page: u32, size: u32) -> Result<IncidentPage, Fault>;

    /// One incident, its alerts, and its story.
    async fn incident(&self, id: &str) -> Result<IncidentView, Fault>;

    /// Changes an incident, and with it its open alerts.
    async fn change(&self, id: &str, edit: &AlertEdit, who: &str) -> Result<(), Fault>;
}

/// A page of incidents.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct IncidentPage {
    /// Those of this page.
    pub incidents: Vec<Incident>,
    /// How many there are.
    pub total: u64,
    /// Which page this is, from 1.
    pub page: u32,
    /// How many on a page.
    pub size: u32,
}

/// One incident.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct IncidentView {
    /// The incident.
    pub incident: Incident,
    /// Its alerts, the first raised first; without evidence.
    pub alerts: Vec<Alert>,
    /// What they are about, those that most of them share first, each with how many of them name it.
    #[schema(value_type = Vec<Vec<Value>>)]
    pub entities: Vec<(Entity, u64)>,
    /// What happened, in time order.
    pub timeline: Vec<TimelineEntry>,
}

/// Exclusions: what is known to be benign.
#[async_trait]
pub trait Exclusions: Send + Sync {
    /// Every exclusion.
    async fn exclusions(&self) -> Result<Vec<ExclusionView>, Fault>;

    /// One, with the hits it took.
    async fn exclusion(&self, id: &str) -> Result<(ExclusionView, Sheet), Fault>;

    /// A first draft for an alert: its rule, and the fields of its evidence that tell it apart.
    async fn draft(&self, alert: &str) -> Result<Draft, Fault>;

    /// What a draft would have taken away over so many days, by a replay of the rules it is for.
    async fn preview(&self, draft: &Draft, days: u32, work: &crate::Work) -> Result<Preview, Fault>;

    /// Proposes it, or has it approved where whoever proposes may.
    async fn add(&self, draft: &Draft, who: &str) -> Result<ExclusionView, Fault>;

    /// `approve` or `revoke`.
    async fn decide(&self, id: &str, decision: &str, who: &str) -> Result<(), Fault>;
}

/// An exclusion, as it is read and changed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Draft {
    /// What people call it.
    pub name: String,
    /// Keys of the rules it is for.
    pub rules: Vec<String>,
    /// What must hold for a row, all of it.
    pub conditions: Vec<Condition>,
    /// Who answers for it.
    pub owner: String,
    /// Why the hits are harmless.
    pub reason: String,
    /// When it ends, such as `2027-01-31` or `2027-01-31T00:00:00Z`; empty: never.
    pub expires: String,
    /// The alert it was drafted from; empty: none.
    pub alert: String,
}

/// A condition of an exclusion.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Condition {
    /// The column, or the path of a field.
    pub field: String,
    /// `is`, `is_not`, `one_of`, `matches` (`*` and `?`), `exists`, `not_exists`, `in_list`, `in_network`.
    pub test: String,
    /// The values: one for `is` and `matches`, the list's name for `in_list`.
    pub values: Vec<String>,
}

/// An exclusion as it is kept.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct ExclusionView {
    /// Unique.
    pub id: String,
    /// What it says.
    pub draft: Draft,
    /// Its conditions in words.
    pub words: Vec<String>,
    /// `proposed`, `approved`, `revoked`, or `expired`.
    pub status: String,
    /// Who approved it.
    pub approved_by: String,
    /// When it was made.
    pub created_at: Moment,
    /// How many hits it took.
    pub suppressed: u64,
    /// When it last took one.
    pub last_suppressed: Option<Moment>,
    /// Where it is from: empty for those that are kept, the file for those beside rules, which cannot be changed here.
    pub origin: String,
}

/// What an exclusion would have done.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct Preview {
    /// The days looked at.
    pub days: u32,
    /// Alerts without it.
    pub before: u64,
    /// Alerts with it.
    pub after: u64,
    /// Alerts a day without it, the oldest day first.
    pub before_days: Vec<u64>,
    /// Alerts a day with it.
    pub after_days: Vec<u64>,
    /// The alerts it removes, the latest first, up to a hundred.
    pub removed: Vec<PreviewAlert>,
    /// True positives among what it removes, by verdicts given: a reason to think again.
    pub true_positives: u64,
    /// What to be told of, such as a condition that every row meets.
    pub warnings: Vec<String>,
}

/// An alert of a replay.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct PreviewAlert {
    /// Its id, that of a kept alert where there is one.
    pub id: String,
    /// When its window ended.
    pub at: Moment,
    /// Why it was raised.
    pub reason: String,
    /// Its severity.
    pub severity: String,
    /// The first row of its evidence.
    #[schema(value_type = Object)]
    pub row: Map<String, Value>,
    /// The verdict it was closed with; empty: none.
    pub verdict: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fields_of_a_filter_are_those_of_the_database() {
        let known = state::QueueField::ALL.map(state::QueueField::name);
        assert_eq!(QUEUE_FIELDS.map(|(name, _)| name), known);
    }

    #[test]
    fn a_name_of_a_file_says_nothing_to_headers_and_folders() {
        let plain = |name: &str| Download { name: name.to_owned(), ..Download::default() }.plain_name();
        assert_eq!(plain("alerts-2026.csv"), "alerts-2026.csv");
        assert_eq!(plain("../a\"\r\nX: y.csv"), "_a___X__y.csv");
        assert_eq!(plain(".hidden"), "hidden");
    }
}
