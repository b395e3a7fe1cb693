//! What earlier checks found and saw, kept in the state: so that a check can say what is new, what is gone, and how old a key is.

use std::{collections::BTreeSet, path::Path, sync::Arc};

use posture::{
    KeyHistory, KeySeen,
    compare::{Comparison, Known, compare},
    report::{Changes, Report},
    rows,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sources::{Input, Place};
use state::State;

use super::look::{Looked, TenantLooked, all_findings};
use crate::{command::ingest, failure::Failure};

/// The name under which the state keeps it.
const NAME: &str = "check";
/// Keys that have not been seen for so many microseconds are forgotten: two years.
const KEYS_KEPT: i64 = 2 * 366 * 86_400_000_000;

/// What is remembered of earlier checks.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Memory {
    /// When the last check was made: microseconds since 1970.
    pub(crate) at: Option<i64>,
    /// When all configured domains and the tenant were last looked at: what `serve` goes by.
    #[serde(default)]
    pub(crate) all_at: Option<i64>,
    /// The findings that are open.
    findings: Vec<Known>,
    /// Keys: the name each stands at, the key, when it was first and last seen.
    keys: Vec<(String, String, i64, i64)>,
}

impl Memory {
    /// What the state remembers.
    pub(crate) async fn load(state: &State) -> Result<Self, Failure> {
        let Some(body) = state.checkpoint(NAME).await? else { return Ok(Self::default()) };
        serde_json::from_str(&body)
            .map_err(|error| Failure::internal(format_args!("what earlier checks found cannot be read: {error}")))
    }

    /// Keys that were seen.
    pub(crate) fn history(&self) -> Arc<KeyHistory> {
        let mut history = KeyHistory::default();
        for (name, key, first, last) in &self.keys {
            history.saw(name, key, KeySeen { first: *first, last: *last });
        }
        Arc::new(history)
    }

    /// What became of the findings that were open. A domain that could not be looked at to the end has lost none.
    pub(crate) fn changes(&self, looked: &[Looked], tenant: Option<&TenantLooked>) -> Comparison {
        let now: Vec<Known> = all_findings(looked, tenant).map(|(of, finding)| Known::of(of, finding)).collect();
        let whole = looked.iter().filter(|looked| looked.evidence.unfinished.is_none() && looked.evidence.trouble.is_empty());
        let mut checked: BTreeSet<String> = whole.map(|looked| looked.report.domain.clone()).collect();
        checked.extend(tenant.filter(|tenant| is_whole(tenant)).map(|tenant| tenant.report.name.clone()));
        compare(&self.findings, &now, &checked)
    }

    /// Remembers a check, of `all` that is configured or of some of it, and gives the rows it comes to, by table.
    fn remember(
        &mut self,
        report: &Report,
        looked: &[Looked],
        tenant: Option<&TenantLooked>,
        all: bool,
    ) -> Vec<(&'static str, Vec<Value>)> {
        let at = report.made_at;
        let comparison = self.changes(looked, tenant);
        let mut findings = Vec::new();
        for ((of, finding), (_, status)) in all_findings(looked, tenant).zip(&comparison.now) {
            findings.push(rows::finding(at, of, finding, *status));
        }
        findings.extend(comparison.gone.iter().map(|known| rows::gone(at, known)));
        let mut checks: Vec<Value> = looked.iter().map(|looked| rows::domain_check(at, &looked.report)).collect();
        checks.extend(tenant.map(|tenant| rows::tenant_check(at, &tenant.report, Some(tenant.took))));
        let mut history = (*self.history()).clone();
        for (selector, key) in looked.iter().flat_map(|looked| looked.evidence.dkim.keys()).filter(|(_, key)| !key.p.is_empty()) {
            history.saw(&selector.texts.name, &key.p, KeySeen { first: at, last: at });
        }
        let keys = looked.iter().flat_map(|looked| rows::dkim_keys(at, &looked.evidence)).collect();
        let recent = history.all().filter(|(_, _, seen)| at.saturating_sub(seen.last) <= KEYS_KEPT);
        self.keys = recent.map(|(name, key, seen)| (name.to_owned(), key.to_owned(), seen.first, seen.last)).collect();
        let gone: BTreeSet<String> = comparison.gone.iter().map(Known::id).collect();
        let now: Vec<Known> = comparison.now.into_iter().map(|(known, _)| known).collect();
        // What was not looked at this time, or not to the end, stays open.
        let is_now =
            |old: &Known| now.iter().any(|new| (&new.of, &new.check, &new.subject) == (&old.of, &old.check, &old.subject));
        let left = self.findings.drain(..).filter(|old| !gone.contains(&old.id()) && !is_now(old));
        self.findings = left.collect::<Vec<_>>().into_iter().chain(now.iter().cloned()).collect();
        self.at = Some(at);
        if all {
            self.all_at = Some(at);
        }
        vec![("DomainChecks", checks), ("DomainFindings", findings), ("DkimKeys", keys)]
    }

    /// Keeps what is remembered.
    async fn keep(&self, state: &State, now: i64) -> Result<(), Failure> {
        let body = serde_json::to_string(self).map_err(Failure::internal)?;
        Ok(state.keep_checkpoint(NAME, &body, now).await?)
    }

    /// Stores what a check found, of `all` that is configured or of some of it, and remembers it.
    pub(crate) async fn store(
        &mut self,
        data: &Path,
        state: &State,
        report: &Report,
        (looked, tenant): (&[Looked], Option<&TenantLooked>),
        all: bool,
    ) -> Result<(), Failure> {
        let rows = self.remember(report, looked, tenant, all);
        store_rows(data, rows, report.made_at).await?;
        self.keep(state, report.made_at).await
    }

    /// What changed, for a report; `None` where there was no earlier check.
    pub(crate) fn told(&self, looked: &[Looked], tenant: Option<&TenantLooked>) -> Option<Changes> {
        Some(Changes { since: self.at?, found: self.changes(looked, tenant) })
    }
}

/// Stores rows in the lake, those of each table together. Rows that are there already are not added again.
async fn store_rows(data: &Path, rows: Vec<(&'static str, Vec<Value>)>, now: i64) -> Result<(), Failure> {
    for (table, rows) in rows.into_iter().filter(|(_, rows)| !rows.is_empty()) {
        let mut lines = Vec::new();
        for row in rows {
            lines.extend_from_slice(row.to_string().as_bytes());
            lines.push(b'\n');
        }
        let read = sources::Options { table: Some(table.to_owned()), arrived: Some(now), ..sources::Options::default() };
        let input = Input { name: format!("rows of {table}"), place: Place::Memory(Arc::from(lines)) };
        let mut totals = ingest::Totals::default();
        ingest::ingest(data, &read, &[input], &mut totals).await?;
        Failure::all(totals.failures)?;
    }
    Ok(())
}

/// Whether every part of the tenant could be read.
fn is_whole(tenant: &TenantLooked) -> bool {
    !tenant.report.findings.iter().any(|finding| finding.check == "tenant-part-unreadable")
}
