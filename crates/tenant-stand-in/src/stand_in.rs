//! The stand-in as a test holds it.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use crate::activity::feed::Subscription;
use crate::activity::record::Actor;
use crate::clock::Clock;
use crate::exchange::{self, cmdlet};
use crate::fault::Fault;
use crate::house::{House, State};
use crate::log::Seen;
use crate::route::Route;
use crate::scenario::Scenario;
use crate::server::Running;
use crate::tenant::object;

/// A tenant that answers on an address of loopback until it is dropped.
#[derive(Debug)]
pub struct StandIn {
    /// Where it answers.
    pub address: SocketAddr,
    /// The tenant's id.
    pub tenant_id: String,
    /// The tenant's first domain.
    pub initial_domain: String,
    house: Arc<House>,
    /// Stops when it is dropped.
    _running: Running,
}

/// A cmdlet that an administrator ran was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CmdletError {
    /// There is none of this name.
    #[error("the stand-in has no cmdlet {0}")]
    Unknown(String),
    /// It was refused in these words.
    #[error("{0}")]
    Refused(String),
}

impl StandIn {
    /// Answers as a scenario says.
    ///
    /// # Errors
    /// When no port of loopback is free.
    pub async fn start(scenario: Scenario) -> io::Result<Self> {
        Self::start_now(scenario)
    }

    /// The same where nothing is async: the stand-in has a thread of its own.
    ///
    /// # Errors
    /// When no port of loopback is free.
    pub fn start_now(scenario: Scenario) -> io::Result<Self> {
        Self::start_on(scenario, 0)
    }

    /// The same on a port.
    ///
    /// # Errors
    /// When the port is not free.
    pub fn start_on(scenario: Scenario, port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let address = listener.local_addr()?;
        let Scenario { clock, tenant, apps, mut authority, subscribed } = scenario;
        authority.base = format!("http://{address}");
        let (tenant_id, initial_domain) = (tenant.id.clone(), tenant.initial_domain.clone());
        let mut state = State { tenant, apps, ..State::default() };
        for content_type in subscribed {
            state.feed.subscriptions.insert(content_type, Subscription { is_enabled: true, ..Subscription::default() });
        }
        let house = Arc::new(House::new(clock, authority, state));
        let running = Running::start(listener, Arc::clone(&house))?;
        Ok(Self { address, tenant_id, initial_domain, house, _running: running })
    }

    /// The root of every address, without a slash at its end: to be put in place of `https://login.microsoftonline.com`,
    /// `https://outlook.office365.com`, `https://graph.microsoft.com` and `https://manage.office.com`.
    pub fn base(&self) -> String {
        self.house.authority.base.clone()
    }

    /// Its clock.
    pub fn clock(&self) -> &Clock {
        &self.house.clock
    }

    /// Its time.
    pub fn now(&self) -> DateTime<Utc> {
        self.house.clock.now()
    }

    /// Lets time pass.
    pub fn advance(&self, by: Duration) {
        self.house.clock.advance(by);
    }

    /// Plans a fault.
    pub fn fault(&self, fault: Fault) {
        self.house.faults().push(fault);
    }

    /// How many faults are still to come.
    pub fn faults_left(&self) -> usize {
        self.house.faults().iter().map(|fault| fault.times).sum()
    }

    /// Takes back every token that was given out.
    pub fn revoke_tokens(&self) {
        self.house.state().tokens.clear();
    }

    /// Every request until now.
    pub fn log(&self) -> Vec<Seen> {
        self.house.log().clone()
    }

    /// Forgets the requests until now.
    pub fn forget(&self) {
        self.house.log().clear();
    }

    /// How many requests were about something.
    pub fn count(&self, route: &Route) -> usize {
        self.house.log().iter().filter(|seen| seen.route == *route).count()
    }

    /// How many calls of a cmdlet there were.
    pub fn count_cmdlet(&self, name: &str) -> usize {
        self.count(&Route::Cmdlet(name.to_owned()))
    }

    /// True when a text, such as a secret or a token, was in the path or the query of a request.
    pub fn was_in_address(&self, text: &str) -> bool {
        let encoded: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
        self.house.log().iter().any(|seen| seen.target.contains(text) || seen.target.contains(&encoded))
    }

    /// Publishes a CNAME record.
    pub fn publish(&self, name: &str, target: &str) {
        self.house.state().tenant.published.insert(name.to_ascii_lowercase(), target.to_owned());
    }

    /// Takes a CNAME record out of the DNS.
    pub fn withdraw(&self, name: &str) {
        self.house.state().tenant.published.remove(&name.to_ascii_lowercase());
    }

    /// What is in the DNS: name, type (`CNAME`, `TXT`) and value, the customer's records and those of Microsoft.
    pub fn records(&self) -> Vec<(String, &'static str, String)> {
        let state = self.house.state();
        let published = state.tenant.published.iter().map(|(name, target)| (name.clone(), "CNAME", target.clone()));
        let keys = state.tenant.signing.iter().flat_map(|signing| {
            signing.keys.iter().enumerate().map(|(index, key)| (key.cname.clone(), "TXT", signing.public_key(index)))
        });
        published.chain(keys).collect()
    }

    /// The same as lines of a zone file (RFC 1035 section 5.1), with names that end in a dot.
    pub fn zone(&self) -> String {
        let line = |(name, kind, value): (String, &'static str, String)| {
            let value = if kind == "TXT" { quoted(&value) } else { format!("{}.", value.trim_end_matches('.')) };
            format!("{name}. 3600 IN {kind} {value}\n")
        };
        self.records().into_iter().map(line).collect()
    }

    /// Which selector of a domain signs now, `selector1` or `selector2`; none when none does.
    pub fn signing_selector(&self, domain: &str) -> Option<String> {
        let now = self.now();
        let state = self.house.state();
        let found = state.tenant.signing.iter().find(|one| one.domain.eq_ignore_ascii_case(domain) && one.is_enabled)?;
        Some(format!("selector{}", found.active(now) + 1))
    }

    /// An administrator runs a cmdlet, with all that comes of it: a change, and a record in the audit log.
    ///
    /// # Errors
    /// When the cmdlet is refused.
    pub fn act(&self, actor: &Actor, cmdlet: &str, parameters: Value) -> Result<Vec<Map<String, Value>>, CmdletError> {
        act(&self.house, actor, cmdlet, parameters)
    }

    /// Adds rows to a table of advanced hunting.
    pub fn hunting_rows(&self, table: &str, rows: impl IntoIterator<Item = Value>) {
        let mut state = self.house.state();
        state.hunting.rows.entry(table.to_owned()).or_default().extend(rows.into_iter().map(object));
    }

    /// What was handed in to be looked at.
    pub fn submissions(&self) -> Vec<Value> {
        self.house.state().submissions.iter().map(|one| one.asked.clone()).collect()
    }

    /// Adds a blob to the activity feed, created at a moment; gives its id.
    pub fn publish_blob(&self, content_type: &str, records: Vec<Value>, created: DateTime<Utc>) -> String {
        self.house.state().feed.publish(content_type, records, created)
    }

    /// From now on what is done is not listed.
    pub fn hold_feed(&self) {
        let mut state = self.house.state();
        state.feed.settle(self.house.clock.now());
        state.feed.is_held = true;
    }

    /// What was held comes now, late.
    pub fn release_feed(&self) {
        self.house.state().feed.release(self.house.clock.now());
    }

    /// Puts every blob into the feed once more, under other ids: a record may come twice.
    pub fn repeat_feed(&self) {
        let now = self.house.clock.now();
        let mut state = self.house.state();
        state.feed.settle(now);
        for blob in state.feed.blobs.clone() {
            state.feed.publish(&blob.content_type, blob.records, now);
        }
    }

    /// Switches a subscription off, as an administrator of the tenant can.
    pub fn disable_subscription(&self, content_type: &str) {
        let now = self.house.clock.now();
        if let Some(subscription) = self.house.state().feed.subscriptions.get_mut(content_type) {
            subscription.is_enabled = false;
            subscription.stopped.push((now, None));
        }
    }
}

/// A text as strings of 255 bytes at most.
fn quoted(text: &str) -> String {
    let strings = text.as_bytes().chunks(255).filter_map(|part| std::str::from_utf8(part).ok());
    strings.map(|part| format!("\"{part}\"")).collect::<Vec<_>>().join(" ")
}

/// Runs a cmdlet for an administrator.
pub(crate) fn act(house: &House, actor: &Actor, name: &str, parameters: Value) -> Result<Vec<Map<String, Value>>, CmdletError> {
    let found = cmdlet::named(name).ok_or_else(|| CmdletError::Unknown(name.to_owned()))?;
    let now = house.clock.now();
    let given = object(parameters);
    let outcome = exchange::perform(&mut house.state(), &house.authority, actor, found, &given, now);
    outcome.map(|outcome| outcome.rows).map_err(|refusal| CmdletError::Refused(refusal.text))
}
