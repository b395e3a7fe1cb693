//! Today against the usual.

use async_trait::async_trait;
use serde::Serialize;
use state::{Alert, Moment};
use utoipa::ToSchema;

use crate::{Fault, Sheet};

/// What the first page shows.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct Overview {
    /// The moment it stands for.
    pub now: Moment,
    /// Figures of the last 24 hours against the usual.
    pub figures: Vec<Figure>,
    /// Charts over time: messages; results of SPF, DKIM, DMARC and compauth; alerts by severity.
    pub charts: Vec<Panel>,
    /// Failures by own domain.
    pub domains: Sheet,
    /// Open alerts by severity, the highest first.
    pub severities: Vec<(String, u64)>,
    /// The most severe open alerts, the youngest of the same severity first; without evidence.
    pub alerts: Vec<Alert>,
    /// What is wrong at the moment: rules that fail, sources that do not answer, disks that are full.
    pub troubles: Vec<Trouble>,
    /// Tables that have gone quiet: nothing came for longer than is usual.
    pub quiet: Vec<Quiet>,
}

/// A figure.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct Figure {
    /// What is counted.
    pub label: String,
    /// Its value now.
    pub value: f64,
    /// What is usual: the median of the same stretch of the 14 days before; `None` where too few are known.
    pub usual: Option<f64>,
    /// `count` or `percent`.
    pub unit: String,
    /// `up` or `down` where going that way is bad; empty where neither is.
    pub bad: String,
    /// A value a day over 14 days, the oldest first.
    pub days: Vec<f64>,
    /// The query behind it.
    pub hunt: String,
}

/// A chart with the query it is drawn from.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct Panel {
    /// Its title.
    pub title: String,
    /// Its rows and chart.
    pub sheet: Sheet,
    /// The query behind it.
    pub hunt: String,
}

/// Something that is wrong.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Trouble {
    /// What it is about: a rule's name, a source, `disk`.
    pub about: String,
    /// What is wrong and what to do.
    pub what: String,
    /// The page that shows more, such as `/rules/KEY`; may be empty.
    pub page: String,
}

/// A table to which nothing comes any more.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Quiet {
    /// The table.
    pub table: String,
    /// When its last row came.
    pub last: Moment,
    /// The longest pause that is usual, in microseconds.
    pub usual_us: i64,
}

/// The first page.
#[async_trait]
pub trait Overviews: Send + Sync {
    /// What it shows. `days` is how far charts look back.
    async fn overview(&self, days: u32) -> Result<Overview, Fault>;
}
