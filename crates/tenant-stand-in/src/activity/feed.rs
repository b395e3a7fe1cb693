//! What the feed holds: subscriptions, records that are not yet to be had, blobs of those that are.
//!
//! Must not know HTTP.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use super::record::{self, Actor};
use crate::clock::shifted;
use crate::house::Authority;
use crate::tenant::{Object, Tenant};

/// How long a blob can be fetched.
pub(crate) const LIFE: TimeDelta = TimeDelta::days(7);
/// The kinds of content.
pub(crate) const CONTENT_TYPES: [&str; 5] =
    ["Audit.AzureActiveDirectory", "Audit.Exchange", "Audit.General", "Audit.SharePoint", "DLP.All"];

/// The activity feed of a tenant.
#[derive(Debug, Clone, Default)]
pub(crate) struct Feed {
    /// By content type: whether it is on, and since when.
    pub(crate) subscriptions: BTreeMap<String, Subscription>,
    /// What can be listed, in the order in which it came to be so.
    pub(crate) blobs: Vec<Blob>,
    /// Records that come later.
    waiting: Vec<Waiting>,
    /// True while nothing new comes.
    pub(crate) is_held: bool,
    /// How many records and blobs there were.
    pub(crate) serial: u64,
    /// The requests of a minute, by publisher.
    pub(crate) requests: BTreeMap<String, (i64, u32)>,
}

/// A subscription to a content type.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Subscription {
    pub(crate) is_enabled: bool,
    /// The stretches of time in which it was stopped; their content is lost to it.
    pub(crate) stopped: Vec<(DateTime<Utc>, Option<DateTime<Utc>>)>,
}

impl Subscription {
    /// True for content that can be listed.
    fn has(&self, created: DateTime<Utc>) -> bool {
        !self.stopped.iter().any(|(from, until)| created >= *from && until.is_none_or(|until| created < until))
    }
}

/// Records that are fetched together.
#[derive(Debug, Clone)]
pub(crate) struct Blob {
    pub(crate) id: String,
    pub(crate) content_type: String,
    pub(crate) created: DateTime<Utc>,
    pub(crate) expires: DateTime<Utc>,
    pub(crate) records: Vec<Value>,
}

#[derive(Debug, Clone)]
struct Waiting {
    available: DateTime<Utc>,
    content_type: &'static str,
    record: Value,
}

impl Feed {
    /// Notes a cmdlet, to be listed after the delay. Nothing is noted while auditing is off, but that it was switched.
    pub(crate) fn note(
        &mut self,
        tenant: &Tenant,
        authority: &Authority,
        actor: &Actor,
        cmdlet: (&str, &Object, &str, bool),
        now: DateTime<Utc>,
    ) {
        let is_off = tenant.audit.get("UnifiedAuditLogIngestionEnabled") == Some(&Value::Bool(false));
        if is_off && cmdlet.0 != "Set-AdminAuditLogConfig" {
            return;
        }
        self.serial += 1;
        let record = Value::Object(record::of(tenant, actor, cmdlet, self.serial, now));
        self.waiting.push(Waiting { available: shifted(now, authority.audit_delay), content_type: "Audit.Exchange", record });
    }

    /// Makes blobs of what is to be had by now. Records that became available together are in one.
    pub(crate) fn settle(&mut self, now: DateTime<Utc>) {
        if self.is_held {
            return;
        }
        let (ready, waiting): (Vec<Waiting>, Vec<Waiting>) =
            std::mem::take(&mut self.waiting).into_iter().partition(|one| one.available <= now);
        self.waiting = waiting;
        let mut groups: BTreeMap<(DateTime<Utc>, &'static str), Vec<Value>> = BTreeMap::new();
        for one in ready {
            groups.entry((one.available, one.content_type)).or_default().push(one.record);
        }
        for ((available, content_type), records) in groups {
            self.publish(content_type, records, available);
        }
    }

    /// Lets come what was held, as if it had become available now.
    pub(crate) fn release(&mut self, now: DateTime<Utc>) {
        self.is_held = false;
        for one in &mut self.waiting {
            one.available = one.available.max(now);
        }
        self.settle(now);
    }

    /// Adds a blob.
    pub(crate) fn publish(&mut self, content_type: &str, records: Vec<Value>, created: DateTime<Utc>) -> String {
        self.serial += 1;
        let stamp = created.format("%Y%m%d%H%M%S%3f");
        let name = content_type.to_ascii_lowercase().replace('.', "_");
        let id = format!("{stamp}{:09}${stamp}{:09}${name}${}", self.serial, self.serial, content_type.replace('.', "_"));
        let blob =
            Blob { id: id.clone(), content_type: content_type.to_owned(), created, expires: shifted(created, LIFE), records };
        self.blobs.push(blob);
        id
    }

    /// What a subscription lists of a stretch of time.
    pub(crate) fn listed(&self, content_type: &str, from: DateTime<Utc>, until: DateTime<Utc>, now: DateTime<Utc>) -> Vec<&Blob> {
        let Some(subscription) = self.subscriptions.get(content_type) else { return Vec::new() };
        let of_type = self.blobs.iter().filter(|blob| blob.content_type == content_type);
        let mut found: Vec<&Blob> = of_type
            .filter(|blob| blob.created >= from && blob.created < until && blob.created <= now && subscription.has(blob.created))
            .collect();
        found.sort_by_key(|blob| blob.created);
        found
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta, Utc};
    use serde_json::json;

    use super::{Feed, Subscription};

    const START: DateTime<Utc> = DateTime::<Utc>::UNIX_EPOCH;

    fn at(minutes: i64) -> DateTime<Utc> {
        START + TimeDelta::minutes(minutes)
    }

    #[test]
    fn what_came_while_it_was_stopped_is_lost() {
        let mut feed = Feed::default();
        let stopped = vec![(at(10), Some(at(20)))];
        feed.subscriptions.insert("Audit.Exchange".to_owned(), Subscription { is_enabled: true, stopped });
        for minute in [25, 5, 15] {
            feed.publish("Audit.Exchange", vec![json!({})], at(minute));
        }
        let listed =
            |until| feed.listed("Audit.Exchange", START, until, at(60)).iter().map(|blob| blob.created).collect::<Vec<_>>();
        assert_eq!(listed(at(60)), [at(5), at(25)]);
        // The end is not in it.
        assert_eq!(listed(at(25)), [at(5)]);
    }
}
