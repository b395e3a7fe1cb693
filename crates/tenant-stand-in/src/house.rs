//! Everything that stands behind the address: what does not change, and what does.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use crate::access::Grant;
use crate::activity::feed::Feed;
use crate::app::App;
use crate::clock::{Clock, shifted};
use crate::exchange::Pending;
use crate::fault::Planned;
use crate::graph::hunting::Hunting;
use crate::graph::submission::Submission;
use crate::log::Seen;
use crate::tenant::Tenant;

/// What a scenario fixes for as long as the stand-in runs.
#[derive(Debug, Clone)]
pub(crate) struct Authority {
    /// The root of every address, such as `http://127.0.0.1:49200`.
    pub(crate) base: String,
    /// How long tokens are good.
    pub(crate) token_life: TimeDelta,
    /// How long after an act its record can be listed.
    pub(crate) audit_delay: TimeDelta,
    /// How long after a change reads still give what was before.
    pub(crate) replication: TimeDelta,
    /// True when the next page of a cmdlet's objects is to be had.
    pub(crate) pages_are_kept: bool,
    /// How many blobs a list has.
    pub(crate) feed_page: usize,
    /// How many requests a minute a publisher may make of the feed.
    pub(crate) feed_quota: u32,
    /// How many domains a page of Graph has.
    pub(crate) domain_page: usize,
    /// How many hunting queries a minute may be made.
    pub(crate) hunting_quota: u32,
    /// How many rows a hunting query gives at most.
    pub(crate) hunting_rows: usize,
    /// How many bytes the rows of a hunting query may have.
    pub(crate) hunting_bytes: usize,
}

impl Authority {
    /// True for the address of this tenant's token endpoint, here or at Microsoft's.
    pub(crate) fn is_audience(&self, audience: &str, tenant: &Tenant) -> bool {
        let roots = [self.base.as_str(), "https://login.microsoftonline.com"];
        let found = roots.iter().find_map(|root| audience.strip_prefix(root)?.strip_prefix('/'));
        found
            .and_then(|rest| rest.split_once('/'))
            .is_some_and(|(name, rest)| tenant.is_named(name) && ["oauth2/v2.0/token", "v2.0"].contains(&rest))
    }
}

/// What requests change.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) tenant: Tenant,
    /// How it was after each change, when reads lag behind.
    pub(crate) past: VecDeque<(DateTime<Utc>, Tenant)>,
    pub(crate) apps: Vec<App>,
    /// The tokens that were given out.
    pub(crate) tokens: HashMap<String, Grant>,
    /// The identifiers of assertions that were used.
    pub(crate) used: HashSet<String>,
    /// The pages that can be asked for.
    pub(crate) pages: HashMap<String, Pending>,
    pub(crate) feed: Feed,
    pub(crate) hunting: Hunting,
    /// What was sent in to be looked at.
    pub(crate) submissions: Vec<Submission>,
    /// How many tokens and pages were made.
    pub(crate) issued: u64,
}

impl State {
    /// The tenant as a read finds it: as it was a while ago, but for the DNS, which is not the tenant's.
    pub(crate) fn replica(&mut self, authority: &Authority, now: DateTime<Utc>) -> Tenant {
        let until = shifted(now, -authority.replication);
        while self.past.get(1).is_some_and(|(moment, _)| *moment <= until) {
            self.past.pop_front();
        }
        let found = self.past.front().map_or(&self.tenant, |(_, tenant)| tenant);
        Tenant { published: self.tenant.published.clone(), ..found.clone() }
    }
}

/// Everything together.
#[derive(Debug)]
pub(crate) struct House {
    pub(crate) clock: Clock,
    pub(crate) authority: Authority,
    state: Mutex<State>,
    faults: Mutex<Vec<Planned>>,
    log: Mutex<Vec<Seen>>,
}

impl House {
    pub(crate) fn new(clock: Clock, authority: Authority, state: State) -> Self {
        Self { clock, authority, state: Mutex::new(state), faults: Mutex::default(), log: Mutex::default() }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    pub(crate) fn faults(&self) -> MutexGuard<'_, Vec<Planned>> {
        lock(&self.faults)
    }

    pub(crate) fn log(&self) -> MutexGuard<'_, Vec<Seen>> {
        lock(&self.log)
    }
}

/// A panic elsewhere does not make what is behind the lock wrong: each change is one statement.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
