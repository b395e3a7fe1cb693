//! Where telemetry comes from, lists, who is told, what is stored and for how long, what the configuration says.

mod lists;
mod sources;
mod storage;

use ::desk::{AcceptedDomain, Fault, Settings, Sheet, SourceLine, StoredTable, TargetLine, WatchlistLine};
use async_trait::async_trait;
use detect::notify::{Sent, Target, try_out};

use super::Context;
use crate::command::in_effect;

/// Notifications that are looked through for how a target stands.
const DELIVERIES: i64 = 5000;

/// Over the running program.
#[derive(Debug)]
pub(super) struct Here {
    desk: Context,
}

impl Here {
    /// Over the running program.
    pub(super) const fn new(desk: Context) -> Self {
        Self { desk }
    }

    /// Writes down what somebody changed.
    async fn note(&self, who: &str, action: &str, subject: &str, detail: &str) -> Result<(), Fault> {
        Ok(self.desk.state().note(self.desk.now(), who, action, subject, detail).await?)
    }
}

/// An address without what may be a secret: paths and queries of webhooks are, and so are names before `@`.
fn shown(target: &Target) -> String {
    let url = &target.url;
    let Some((scheme, rest)) = url.split_once("://") else { return "…".to_owned() };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.rsplit('@').next().unwrap_or_default();
    let more = if rest.len() > host.len() { "/…" } else { "" };
    format!("{scheme}://{host}{more}")
}

#[async_trait]
impl Settings for Here {
    async fn sources(&self) -> Result<Vec<SourceLine>, Fault> {
        self.every_source().await
    }

    async fn accepted_domains(&self) -> Result<Vec<AcceptedDomain>, Fault> {
        self.accepted().await
    }

    async fn set_accepted_domains(&self, names: &[String], who: &str) -> Result<(), Fault> {
        self.set_accepted(names, who).await
    }

    async fn watchlists(&self) -> Result<Vec<WatchlistLine>, Fault> {
        self.every_list().await
    }

    async fn watchlist(&self, alias: &str) -> Result<Sheet, Fault> {
        self.list(alias).await
    }

    async fn set_watchlist(&self, alias: &str, csv: &str, search_key: &str, who: &str) -> Result<(), Fault> {
        self.set_list(alias, csv, search_key, who).await
    }

    async fn targets(&self) -> Result<Vec<TargetLine>, Fault> {
        let deliveries = self.desk.state().deliveries(None, DELIVERIES).await?;
        let line = |target: &Target| {
            let own = || deliveries.iter().filter(|delivery| delivery.target == target.name);
            // The youngest that was tried says how it goes.
            let last = own()
                .filter(|delivery| delivery.attempts > 0 || delivery.delivered_at.is_some())
                .max_by_key(|delivery| (delivery.delivered_at.unwrap_or(delivery.created_at), delivery.created_at));
            TargetLine {
                name: target.name.clone(),
                shape: target.shape.name().to_owned(),
                address: shown(target),
                waiting: own().filter(|delivery| delivery.status == "waiting").count() as u64,
                delivered: own().filter_map(|delivery| delivery.delivered_at).max(),
                last_error: last
                    .filter(|last| last.delivered_at.is_none())
                    .and_then(|last| last.last_error.clone())
                    .unwrap_or_default(),
            }
        };
        Ok(self.desk.house.watch.targets.iter().map(line).collect())
    }

    async fn test_target(&self, name: &str, who: &str) -> Result<String, Fault> {
        let target = self.desk.house.watch.targets.iter().find(|target| target.name == name);
        let target = target.ok_or_else(|| Fault::Unknown { what: "target", id: name.to_owned() })?;
        let sent = try_out(&self.desk.house.sender, target, who, self.desk.now()).await;
        let (arrived, words) = match sent {
            Sent::Delivered { answer } if answer.is_empty() => (true, "it arrived".to_owned()),
            Sent::Delivered { answer } => (true, answer),
            Sent::Later { reason, .. } | Sent::Refused { reason } => (false, reason),
        };
        self.note(who, "test", &format!("target {name}"), &words).await?;
        if arrived { Ok(words) } else { Err(Fault::Unavailable { reason: words }) }
    }

    async fn storage(&self) -> Result<Vec<StoredTable>, Fault> {
        self.stored().await
    }

    async fn set_retention(&self, table: &str, days: Option<u32>, who: &str) -> Result<(), Fault> {
        self.keep(table, days, who).await
    }

    async fn configuration(&self) -> Result<Vec<(String, String, String)>, Fault> {
        let rows = in_effect(&self.desk.config()?).into_iter();
        Ok(rows.map(|row| (row.key.to_owned(), row.value, row.from)).collect())
    }
}
