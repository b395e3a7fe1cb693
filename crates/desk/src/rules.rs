//! Rules: how they fare, what they say, tried against history, changed.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use state::{Attack, Moment, Run};
use utoipa::ToSchema;

use crate::{Download, ExclusionView, Fault, Guide, PreviewAlert, Problem, Work};

/// A rule in the list.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct RuleLine {
    /// What it is called by everywhere.
    pub key: String,
    /// Its name.
    pub name: String,
    /// The form it is published in: `sentinel`, `defender`, `elastic`, `spoofwatch` ...
    pub format: String,
    /// The language of its query: `kusto`, `kuery`, `lucene` ...
    pub language: String,
    /// The severity of its alerts.
    pub severity: String,
    /// `scheduled`, `continuous` or `hunting`.
    pub kind: String,
    /// How often it runs, in words; empty where it runs as rows arrive or not at all.
    pub every: String,
    /// Whether it runs.
    pub enabled: bool,
    /// The file it stands in, from the rules folder; empty where it ships with the program.
    pub file: String,
    /// True if it can be changed here: it stands in the rules folder of the data directory.
    pub editable: bool,
    /// When it last ran.
    pub last_run: Option<Moment>,
    /// `succeeded`, `warning`, `failed`; empty: never ran.
    pub last_status: String,
    /// What a warning or failure was about.
    pub last_message: String,
    /// How long its runs take, in microseconds: the median of the last ones.
    pub duration_us: i64,
    /// Hits over the last 30 days.
    pub hits: u64,
    /// Alerts a day over the last 30 days, the oldest first.
    pub days: Vec<u64>,
    /// Of its alerts closed over the last 90 days, how many were true positives; `None`: none was closed.
    pub precision: Option<f64>,
    /// Open alerts.
    pub open: u64,
    /// Lint findings: errors, and warnings.
    pub lint: (u32, u32),
    /// Techniques of ATT&CK.
    pub techniques: Vec<Attack>,
    /// Tables it reads.
    pub tables: Vec<String>,
    /// Its tags.
    pub tags: Vec<String>,
}

/// One rule.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct RuleView {
    /// As in the list.
    pub line: RuleLine,
    /// What it finds.
    pub description: String,
    /// Its query.
    pub query: String,
    /// The query's colours.
    pub colours: Vec<Colour>,
    /// Its whole text, as published.
    pub text: String,
    /// `yaml`, `toml`, `json` or `kql`: what the text is written in.
    pub text_form: String,
    /// Its investigation guide.
    pub guide: Guide,
    /// In which honest traffic it fires.
    pub false_positives: Vec<String>,
    /// Pages to read.
    pub references: Vec<String>,
    /// Tactics of ATT&CK.
    pub tactics: Vec<Attack>,
    /// What lints and the check of the query say, with places in `text`.
    pub problems: Vec<Problem>,
    /// Its texts over time, the latest first; the first is the present one.
    pub versions: Vec<RuleVersion>,
    /// Its last runs, the latest first.
    pub runs: Vec<Run>,
    /// What is excluded from it.
    pub exclusions: Vec<ExclusionView>,
    /// Its schedule in words: window, frequency, what makes it fire, limits, suppression.
    pub schedule: Vec<(String, String)>,
    /// Its next step, as it tells an analyst.
    pub next_steps: Vec<String>,
}

/// A stretch of a text with a colour.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Colour {
    /// Its first byte.
    pub start: usize,
    /// Behind its last byte.
    pub end: usize,
    /// `operator`, `keyword`, `function`, `text`, `open-text`, `number`, `comment`, `pipe`.
    pub class: String,
}

/// A text of a rule, as it once was.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct RuleVersion {
    /// Its number, from 1.
    pub number: u64,
    /// When it was saved.
    pub at: Moment,
    /// Who saved it; empty where the file was found changed.
    pub who: String,
    /// Why.
    pub comment: String,
    /// The version that the rule itself names.
    pub version: String,
    /// The text.
    pub text: String,
}

/// What a text of a rule is worth, before it is saved.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct Trial {
    /// True if it can be saved and run.
    pub ok: bool,
    /// Key of the rule in it; empty where none could be read.
    pub key: String,
    /// Its name.
    pub name: String,
    /// Faults and lints, with places in the text.
    pub problems: Vec<Problem>,
    /// Names and types of the columns it gives.
    pub columns: Vec<crate::Column>,
}

/// What is replayed, and how far back.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct BacktestAsk {
    /// The key of a rule that is there: what its text is now is compared with `text`. Empty: `text` alone.
    pub key: String,
    /// A text that is not saved yet; empty: the rule as it stands.
    pub text: String,
    /// Days to look at, up to now.
    pub days: u32,
    /// The moment the replay ends, such as `2026-11-20`; empty: now.
    pub to: String,
}

/// A replay.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct Backtest {
    /// When it begins.
    pub from: Moment,
    /// When it ends.
    pub to: Moment,
    /// How many runs were made.
    pub runs: u64,
    /// Runs that failed, and the first reason.
    pub failed: u64,
    /// Why the first of them failed.
    pub failure: String,
    /// Rows the query gave, in all.
    pub hits: u64,
    /// Alerts, of the text that is tried.
    pub alerts: u64,
    /// Alerts a day, the oldest first.
    pub days: Vec<u64>,
    /// Alerts a day of the rule as it stands, where another text is tried.
    pub days_now: Option<Vec<u64>>,
    /// Alerts that exclusions took.
    pub excluded: u64,
    /// The latest alerts, up to a hundred.
    pub latest: Vec<PreviewAlert>,
    /// Alerts that only the tried text raises, up to a hundred, and how many there are.
    pub added: (u64, Vec<PreviewAlert>),
    /// Alerts that only the rule as it stands raises.
    pub removed: (u64, Vec<PreviewAlert>),
    /// How long it took, in microseconds.
    pub took_us: i64,
}

/// Techniques and the rules that cover them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Coverage {
    /// The tactics, in the order of ATT&CK's matrix.
    pub tactics: Vec<TacticCoverage>,
    /// Rules without a technique.
    pub without: u64,
}

/// A tactic with its techniques.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct TacticCoverage {
    /// Such as `TA0001`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Techniques that a rule covers, and those that bear on mail and none covers.
    pub techniques: Vec<TechniqueCoverage>,
}

/// A technique or sub-technique.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct TechniqueCoverage {
    /// Such as `T1566.002`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Keys and names of the rules that cover it; those that run first.
    pub rules: Vec<(String, String)>,
    /// How many of them run.
    pub enabled: u64,
    /// Alerts over the last 30 days.
    pub alerts: u64,
}

/// What became of a file of rules that was sent.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct Imported {
    /// The file's name.
    pub file: String,
    /// Keys and names of rules that were taken in.
    pub added: Vec<(String, String)>,
    /// Keys and names of rules that replaced others with the same key.
    pub replaced: Vec<(String, String)>,
    /// What was not taken, and why.
    pub problems: Vec<Problem>,
}

/// Rules.
#[async_trait]
pub trait Rules: Send + Sync {
    /// Every rule.
    async fn rules(&self) -> Result<Vec<RuleLine>, Fault>;

    /// One rule.
    async fn rule(&self, key: &str) -> Result<RuleView, Fault>;

    /// Whether it runs.
    async fn enable(&self, key: &str, enabled: bool, who: &str) -> Result<(), Fault>;

    /// Reads, checks and lints a text; nothing is saved. `key` is that of the rule being changed, empty for a new one.
    async fn try_text(&self, key: &str, text: &str) -> Result<Trial, Fault>;

    /// Replays history.
    async fn backtest(&self, ask: &BacktestAsk, work: &Work) -> Result<Backtest, Fault>;

    /// Saves a text and has it watched from now on. `seen` is the number of the version it was made from: with another one there now it is
    /// [`Fault::Conflict`]. An empty key is a new rule; what comes back is its key.
    async fn save(&self, key: &str, text: &str, seen: u64, comment: &str, who: &str) -> Result<String, Fault>;

    /// Takes in a published file of rules.
    async fn import(&self, file: &str, bytes: &[u8], who: &str) -> Result<Imported, Fault>;

    /// The text of a new rule for a query: what a hunt is saved as.
    #[expect(clippy::wrong_self_convention, reason = "it makes a rule from a query, and what knows how is the store of rules")]
    async fn from_query(&self, name: &str, query: &str) -> Result<String, Fault>;

    /// Which techniques are covered.
    async fn coverage(&self) -> Result<Coverage, Fault>;

    /// The coverage as a layer of ATT&CK Navigator.
    async fn navigator(&self) -> Result<Download, Fault>;
}
