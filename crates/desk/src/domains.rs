//! Own domains: how they stand, what is wrong, the keys that sign for them, the fixes that close holes.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use state::Moment;
use utoipa::ToSchema;

use crate::{Fault, Sheet, TimelineEntry, Work};

/// A domain in the list.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct DomainLine {
    /// Its name.
    pub name: String,
    /// 0 to 100; `None`: never looked at.
    pub score: Option<u32>,
    /// Scores over time, the oldest first.
    pub scores: Vec<(Moment, u32)>,
    /// Whether its name can be forged today: `yes`, `partly`, `no`, `unknown`.
    pub spoofable: String,
    /// Why, in a sentence.
    pub because: String,
    /// Open findings by severity, the highest first.
    pub findings: Vec<(String, u64)>,
    /// SPF, DKIM, DMARC, MTA-STS ... each with `good`, `weak`, `missing`, `broken` or `unknown`.
    pub controls: Vec<(String, String)>,
    /// The policy of DMARC; empty: none.
    pub policy: String,
    /// When it was last looked at.
    pub looked: Option<Moment>,
}

/// One domain.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct DomainView {
    /// As in the list.
    pub line: DomainLine,
    /// Its findings, the most severe first.
    pub findings: Vec<FindingView>,
    /// What came and went, the latest first.
    pub history: Vec<TimelineEntry>,
    /// Keys that sign for it.
    pub keys: Vec<KeyLine>,
    /// Fixes of it.
    pub fixes: Vec<FixLine>,
    /// Records as they were seen: name, type, value.
    pub records: Vec<(String, String, String)>,
}

/// A finding.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct FindingView {
    /// The check's id, such as `dmarc-missing`.
    pub check: String,
    /// The domain, or the object of the tenant.
    pub subject: String,
    /// Its severity.
    pub severity: String,
    /// What is wrong, in a few words.
    pub title: String,
    /// What that means.
    pub meaning: String,
    /// What an attacker could do.
    pub risk: String,
    /// What to do.
    pub advice: String,
    /// What was seen: what, and what stood there.
    pub facts: Vec<(String, String)>,
    /// Records to publish: name, type, value.
    pub publish: Vec<(String, String, String)>,
    /// Cmdlets to run, each with what takes it back.
    pub commands: Vec<(String, String)>,
    /// Titles and addresses of pages to read.
    pub references: Vec<(String, String)>,
    /// Identifiers of CISA's SCuBA baseline.
    pub baseline: Vec<String>,
    /// Since when it is open.
    pub since: Option<Moment>,
    /// The fix that answers it, if there is one.
    pub fix: Option<FixLine>,
    /// True if a fix can be proposed.
    pub can_fix: bool,
}

/// A DKIM key.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct KeyLine {
    /// The domain it signs for.
    pub domain: String,
    /// Its selector.
    pub selector: String,
    /// `rsa` or `ed25519`.
    pub algorithm: String,
    /// Its size in bits; 0: unknown.
    pub bits: u32,
    /// `signing`, `published`, `retired`, `revoked`, `missing`, `weak` ...
    pub state: String,
    /// Who signs with it: `microsoft-365`, `opendkim`, `rspamd`, `spoofwatch`, or empty.
    pub signer: String,
    /// Since when it is there.
    pub since: Option<Moment>,
    /// When it was last seen to sign.
    pub last_seen: Option<Moment>,
    /// When it is to be replaced; `None`: nobody replaces it.
    pub due: Option<Moment>,
    /// The state of the rotation that is under way; empty: none.
    pub rotation: String,
    /// What is wrong with it; empty: nothing.
    pub trouble: String,
}

/// Something of the calendar of rotations.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct CalendarEntry {
    /// When.
    pub at: Moment,
    /// The domain.
    pub domain: String,
    /// What happens then: a rotation begins, a key is revoked ...
    pub what: String,
    /// `past`, `now`, `due`, `overdue`.
    pub state: String,
}

/// A fix in a list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct FixLine {
    /// Its id.
    pub id: String,
    /// What it does, such as `dkim-enable`.
    pub kind: String,
    /// What it does that to.
    pub subject: String,
    /// What a list shows.
    pub title: String,
    /// One of [`state::FIX_STATUSES`].
    pub status: String,
    /// The alert it answers; may be empty.
    pub alert: String,
    /// The check it answers; may be empty.
    pub finding: String,
    /// Who offered it.
    pub proposed_by: String,
    /// Who approved it; may be empty.
    pub approved_by: String,
    /// When it last changed.
    pub updated_at: Moment,
    /// What the last try met.
    pub message: String,
}

/// One fix, whole.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct FixView {
    /// As in the list.
    pub line: FixLine,
    /// Why it is right.
    pub why: String,
    /// What to think of before approving it.
    pub warnings: Vec<String>,
    /// What is done, in order.
    pub steps: Vec<FixStepView>,
    /// What a person does.
    pub by_hand: Vec<String>,
    /// What has to be seen afterwards, each with `seen`, `not yet` or `not looked at`, and what was seen.
    pub proofs: Vec<(String, String, String)>,
    /// Pages to read.
    pub references: Vec<String>,
    /// What happened to it.
    pub timeline: Vec<TimelineEntry>,
    /// What this person may do now: `approve`, `refuse`, `apply`, `verify`, `undo`.
    pub actions: Vec<String>,
    /// Why something is not among them; may be empty.
    pub because: String,
}

/// A step of a fix.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct FixStepView {
    /// What is done, in words.
    pub what: String,
    /// The exact change: records before and after, a cmdlet.
    pub change: String,
    /// What takes it back.
    pub undo: String,
    /// `to do`, `done`, `undone`.
    pub state: String,
}

/// Domains.
#[async_trait]
pub trait Domains: Send + Sync {
    /// Own domains, those that can be forged first.
    async fn domains(&self) -> Result<Vec<DomainLine>, Fault>;

    /// One domain, as it was last looked at.
    async fn domain(&self, name: &str) -> Result<DomainView, Fault>;

    /// Looks at a domain anew, through the DNS.
    async fn look(&self, name: &str, work: &Work) -> Result<DomainView, Fault>;

    /// Findings of the tenant.
    async fn tenant(&self) -> Result<Vec<FindingView>, Fault>;

    /// Every key, and what is to come.
    async fn keys(&self) -> Result<(Vec<KeyLine>, Vec<CalendarEntry>), Fault>;
}

/// What a fix is wanted for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct FixAsk {
    /// An alert's id; empty: a finding is.
    pub alert: String,
    /// A check's id.
    pub check: String,
    /// The domain, or the object of the tenant.
    pub subject: String,
}

/// Fixes.
#[async_trait]
pub trait Fixes: Send + Sync {
    /// Fixes, the last changed first; `status` empty: those that something is still to come of, `all`: all.
    async fn fixes(&self, status: &str) -> Result<Vec<FixLine>, Fault>;

    /// One fix.
    async fn fix(&self, id: &str, who: &str) -> Result<FixView, Fault>;

    /// Makes plans for an alert or a finding and keeps them as proposed; gives their ids.
    async fn propose(&self, ask: &FixAsk, who: &str, work: &Work) -> Result<Vec<String>, Fault>;

    /// `approve`, `refuse`, `apply`, `verify` or `undo`, with words for the record.
    async fn act(&self, id: &str, action: &str, comment: &str, who: &str, work: &Work) -> Result<FixView, Fault>;
}

/// What receivers report.
#[async_trait]
pub trait Reports: Send + Sync {
    /// Views there are, by id: `domains`, `senders`, `policy`, `reporters`, `failures`, `tls`, each with its title and what it shows.
    fn views(&self) -> Vec<(String, String, String)>;

    /// A view of own domains (empty: all) over so many days, with the query behind it.
    async fn view(&self, view: &str, domain: &str, days: u32) -> Result<(Sheet, String), Fault>;
}
