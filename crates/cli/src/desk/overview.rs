//! Today against the usual.
//!
//! What is counted over messages is computed beside the page and remembered for as long as it is good enough: the page gives what is
//! known, with its moment. Alerts, troubles and tables that have gone quiet are as they are now.

mod figures;
mod panels;
mod quiet;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use ::desk::{Fault, Figure, Overview, Overviews, Panel, Quiet, Sheet, Trouble};
use async_trait::async_trait;
use detect::continuous::Seen;
use futures::future::BoxFuture;
use state::{Alert, AlertFilter, Moment};
use tokio::time::Instant;

use super::Context;

/// How long what was counted is good enough though rows came.
const FRESH: Duration = Duration::from_secs(60);
/// How long it is good enough where none came: the days it is about go by.
const STALE: Duration = Duration::from_secs(600);
/// How long the very first page waits for it: what is not counted by then is not on it.
const FIRST: Duration = Duration::from_secs(3);
/// Alerts that are shown.
const ALERTS: i64 = 10;
/// The stretches charts can look back, in days: so many are remembered.
const DAYS: [u32; 5] = [1, 7, 14, 30, 90];
/// How far back the first page looks where nobody says.
const USUAL: u32 = 14;
/// Every severity, the highest first.
const SEVERITIES: [&str; 5] = ["critical", "high", "medium", "low", "informational"];

/// What was counted.
#[derive(Debug, Clone, Default)]
struct Counted {
    now: Moment,
    figures: Vec<Figure>,
    charts: Vec<Panel>,
    domains: Sheet,
    quiet: Vec<Quiet>,
}

/// What was counted of a stretch, when, and of which tables.
#[derive(Debug, Clone)]
struct Known {
    at: Instant,
    versions: Seen,
    counted: Arc<Counted>,
}

/// Over the running program.
#[derive(Debug, Clone)]
pub(super) struct Here {
    desk: Context,
    known: Arc<Mutex<BTreeMap<u32, Known>>>,
    counting: Arc<tokio::sync::Mutex<()>>,
}

impl Here {
    /// Over the running program.
    pub(super) fn new(desk: Context) -> Self {
        Self { desk, known: Arc::default(), counting: Arc::default() }
    }

    /// Counts what the first page shows where nobody says how far back, so that nobody waits for it.
    pub(super) fn prepare(&self) {
        let here = self.clone();
        tokio::spawn(async move { here.count(USUAL, false).await });
    }

    fn known(&self, days: u32) -> Option<Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&days).cloned()
    }

    /// What was counted of a stretch; where it is too old, it is counted anew beside.
    async fn counted(&self, days: u32) -> Arc<Counted> {
        match self.known(days) {
            Some(known) if known.at.elapsed() < FRESH => known.counted,
            Some(known) => {
                let here = self.clone();
                tokio::spawn(async move { here.count(days, false).await });
                known.counted
            }
            None => {
                let here = self.clone();
                let counting = tokio::spawn(async move { here.count(days, true).await });
                let _ = tokio::time::timeout(FIRST, counting).await;
                self.known(days).map(|known| known.counted).unwrap_or_default()
            }
        }
    }

    /// Counts a stretch, unless nothing has changed. Where something is being counted, `after` it, or not at all.
    fn count(&self, days: u32, after: bool) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            let turn = if after { Some(self.counting.lock().await) } else { self.counting.try_lock().ok() };
            let Some(_turn) = turn else { return };
            if after && self.known(days).is_some_and(|known| known.at.elapsed() < FRESH) {
                return;
            }
            let about = "overview";
            let outcome = async {
                let view = self.desk.view().await?;
                if let Some(known) = self.known(days)
                    && known.versions == view.versions
                    && known.at.elapsed() < STALE
                {
                    // As good as counted now, for another while.
                    return Ok((view.versions, known.counted));
                }
                let counted = self.all(days, &view.versions).await?;
                Ok((view.versions, Arc::new(counted)))
            };
            let outcome: Result<(Seen, Arc<Counted>), Fault> = outcome.await;
            match outcome {
                Ok((versions, counted)) => {
                    let known = Known { at: Instant::now(), versions, counted };
                    self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(days, known);
                    self.desk.house.troubles.set(about, None);
                }
                Err(fault) => self.desk.house.troubles.set(about, Some(fault.to_string())),
            }
        })
    }

    async fn all(&self, days: u32, versions: &Seen) -> Result<Counted, Fault> {
        let now = self.desk.now();
        // What is the same however far charts look back, and was counted a moment ago for another stretch.
        let before = {
            let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            let good = known.values().find(|known| known.versions == *versions && known.at.elapsed() < FRESH);
            good.map(|known| Arc::clone(&known.counted))
        };
        let day = async {
            match &before {
                Some(before) => Ok((before.now, before.figures.clone(), before.quiet.clone())),
                None => tokio::try_join!(async { Ok(now) }, self.figures(now), self.quiet(now)),
            }
        };
        let ((now, figures, quiet), charts, domains) = tokio::try_join!(day, self.charts(days, now), self.own_domains(days))?;
        Ok(Counted { now, figures, charts, domains, quiet })
    }

    /// The most severe open alerts.
    async fn worst(&self) -> Result<Vec<Alert>, Fault> {
        let open: Vec<String> =
            state::STATUSES.iter().filter(|status| **status != "closed").map(|status| (*status).to_owned()).collect();
        let mut alerts: Vec<Alert> = Vec::new();
        for severity in SEVERITIES {
            let left = ALERTS - i64::try_from(alerts.len()).unwrap_or(ALERTS);
            if left <= 0 {
                break;
            }
            let filter = AlertFilter {
                statuses: open.clone(),
                severities: vec![severity.to_owned()],
                limit: Some(left),
                ..AlertFilter::default()
            };
            alerts.extend(self.desk.state().alerts(&filter).await?);
        }
        for alert in &mut alerts {
            alert.detail.evidence.clear();
        }
        Ok(alerts)
    }

    /// What is wrong, with the page that shows more.
    fn troubles(&self) -> Vec<Trouble> {
        let rules = self.desk.house.rules.live();
        let page = |about: &str| {
            let rule = rules.all.iter().find(|rule| rule.name == about);
            match rule {
                Some(rule) => format!("/rules/{}", segment(&rule.key)),
                None if about.starts_with("fix ") => format!("/fixes/{}", about.trim_start_matches("fix ")),
                None if about.starts_with("upkeep of ") => "/settings/storage".to_owned(),
                None => String::new(),
            }
        };
        let known = self.desk.house.troubles.known().into_iter();
        known.map(|(about, what)| Trouble { page: page(&about), about, what }).collect()
    }
}

/// A text as one segment of a path (RFC 3986 section 2.3): keys of rules are paths themselves.
fn segment(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

#[async_trait]
impl Overviews for Here {
    async fn overview(&self, days: u32) -> Result<Overview, Fault> {
        let days = DAYS.into_iter().find(|known| *known >= days).unwrap_or(90);
        let (counted, severities, alerts) =
            (self.counted(days).await, self.desk.state().open_by_severity().await?, self.worst().await?);
        let count = |severity: &str| severities.iter().find(|(known, _)| known == severity).map_or(0, |(_, count)| *count);
        let by_severity =
            SEVERITIES.iter().map(|severity| ((*severity).to_owned(), u64::try_from(count(severity)).unwrap_or_default()));
        let counted = Arc::unwrap_or_clone(counted);
        Ok(Overview {
            now: if counted.now == 0 { self.desk.now() } else { counted.now },
            figures: counted.figures,
            charts: counted.charts,
            domains: counted.domains,
            severities: by_severity.filter(|(_, count)| *count > 0).collect(),
            alerts,
            troubles: self.troubles(),
            quiet: counted.quiet,
        })
    }
}
