//! What a tenant is like when a test begins.
//!
//! Start with [`Scenario::contoso`], and change what the test is about.

mod contoso;

pub use self::contoso::{CLIENT_ID, CLIENT_SECRET};

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use crate::app::App;
use crate::clock::Clock;
use crate::exchange::accepted_domain;
use crate::exchange::dkim::{self, Key, Signing};
use crate::exchange::transport_rule::Rule;
use crate::graph::domains;
use crate::house::Authority;
use crate::identifier::guid;
use crate::tenant::{Object, Tenant, object, text};
use crate::token;

/// A tenant as it is to be, with the applications that may use it.
#[derive(Debug, Clone)]
pub struct Scenario {
    pub(crate) clock: Clock,
    pub(crate) tenant: Tenant,
    pub(crate) apps: Vec<App>,
    pub(crate) authority: Authority,
    pub(crate) subscribed: Vec<String>,
}

/// How mail of a domain is signed when a test begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dkim {
    is_enabled: bool,
    bits: [u32; 2],
    active: usize,
    age: TimeDelta,
    is_old: bool,
    is_published: bool,
}

impl Dkim {
    /// Switched on, with keys of these lengths for the first and the second selector; the first signs. The records are published in
    /// the form of domains added since May 2025, and the last rotation was 120 days ago.
    pub const fn signing(first: u32, second: u32) -> Self {
        Self { is_enabled: true, bits: [first, second], active: 0, age: TimeDelta::days(120), is_old: false, is_published: true }
    }

    /// Switched off.
    #[must_use]
    pub const fn off(mut self) -> Self {
        self.is_enabled = false;
        self
    }

    /// The second selector signs.
    #[must_use]
    pub const fn second_signs(mut self) -> Self {
        self.active = 1;
        self
    }

    /// The last rotation began so long ago.
    #[must_use]
    pub fn rotated(mut self, ago: Duration) -> Self {
        self.age = TimeDelta::from_std(ago).unwrap_or(TimeDelta::MAX);
        self
    }

    /// The records lead where those of domains led that were added before May 2025.
    #[must_use]
    pub const fn old_form(mut self) -> Self {
        self.is_old = true;
        self
    }

    /// The CNAME records are not published.
    #[must_use]
    pub const fn unpublished(mut self) -> Self {
        self.is_published = false;
        self
    }
}

impl Scenario {
    /// A tenant with its first domain and nothing else. Its clock stands at noon of 20 November 2026.
    pub fn empty(initial_domain: &str) -> Self {
        let initial = initial_domain.to_ascii_lowercase();
        let start = DateTime::<Utc>::UNIX_EPOCH + TimeDelta::seconds(START);
        let mut tenant = Tenant { id: guid(&format!("tenant {initial}")), initial_domain: initial.clone(), ..Tenant::default() };
        tenant.organization = contoso::organization(&initial);
        tenant.audit = contoso::audit();
        tenant.anti_phish = vec![contoso::anti_phish()];
        tenant.content_filters = vec![contoso::content_filter()];
        tenant.connection_filters = vec![contoso::connection_filter()];
        tenant.transport = contoso::transport();
        tenant.remote_domains = vec![contoso::remote_domain()];
        tenant.domains.push(domains::row(&initial, true, true, true, &SERVICES));
        tenant.accepted.push(accepted_domain::row(&initial, "Authoritative", true, true));
        tenant.signing.push(Signing {
            is_initial: true,
            ..signing(&initial, dkim::old_targets(&initial, &initial), Dkim::signing(2048, 2048), start)
        });
        Self { clock: Clock::at(start), tenant, apps: Vec::new(), authority: authority(), subscribed: Vec::new() }
    }

    /// The tenant's id.
    pub fn tenant_id(&self) -> &str {
        &self.tenant.id
    }

    /// The time goes as this clock does. What a domain's keys are old is counted from the clock there was when they were given.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// An application may use it.
    #[must_use]
    pub fn app(mut self, app: App) -> Self {
        self.apps.retain(|known| known.client_id != app.client_id);
        self.apps.push(app);
        self
    }

    /// A domain, verified, that mail is taken for.
    #[must_use]
    pub fn domain(mut self, domain: &str) -> Self {
        let domain = domain.to_ascii_lowercase();
        self.tenant.domains.push(domains::row(&domain, false, false, true, &SERVICES));
        self.tenant.accepted.push(accepted_domain::row(&domain, "Authoritative", false, false));
        self
    }

    /// A setting of a domain that mail is taken for, such as `DomainType`.
    #[must_use]
    pub fn accepted_domain(mut self, domain: &str, name: &str, value: Value) -> Self {
        let is_it = |row: &&mut Object| text(row, "DomainName").eq_ignore_ascii_case(domain);
        if let Some(row) = self.tenant.accepted.iter_mut().find(is_it) {
            row.insert(name.to_owned(), value);
        }
        self
    }

    /// A domain that was added and not verified: mail is not taken for it.
    #[must_use]
    pub fn unverified(mut self, domain: &str) -> Self {
        self.tenant.domains.push(domains::row(&domain.to_ascii_lowercase(), false, false, false, &[]));
        self
    }

    /// Another domain is the default one.
    #[must_use]
    pub fn default_domain(mut self, domain: &str) -> Self {
        for row in &mut self.tenant.accepted {
            let is = row.get("DomainName").and_then(Value::as_str) == Some(domain);
            row.insert("Default".to_owned(), Value::from(is));
        }
        for row in &mut self.tenant.domains {
            let is = row.get("id").and_then(Value::as_str) == Some(domain);
            row.insert("isDefault".to_owned(), Value::from(is));
        }
        self
    }

    /// How mail of a domain is signed.
    #[must_use]
    pub fn dkim(mut self, domain: &str, how: Dkim) -> Self {
        let domain = domain.to_ascii_lowercase();
        let initial = self.tenant.initial_domain.clone();
        let is_initial = domain == initial;
        let targets =
            if how.is_old || is_initial { dkim::old_targets(&domain, &initial) } else { dkim::targets(&domain, &initial) };
        // The first domain's records are Microsoft's own, without an alias before them.
        if how.is_published && !is_initial {
            for (index, target) in targets.iter().enumerate() {
                self.tenant.published.insert(format!("selector{}._domainkey.{domain}", index + 1), target.clone());
            }
        }
        self.tenant.signing.retain(|one| one.domain != domain);
        self.tenant.signing.push(Signing { is_initial, ..signing(&domain, targets, how, self.clock.now()) });
        self
    }

    /// A mail-flow rule after the others, as `New-TransportRule` takes its conditions and actions.
    #[must_use]
    pub fn transport_rule(mut self, name: &str, is_enabled: bool, settings: Value) -> Self {
        let guid = self.tenant.fresh("rule");
        let (name, changed) = (name.to_owned(), self.clock.now());
        self.tenant.rules.push(Rule { guid, name, is_enabled, mode: "Enforce".to_owned(), changed, settings: object(settings) });
        self
    }

    /// An inbound connector, with what differs from one that Exchange makes by default.
    #[must_use]
    pub fn inbound_connector(mut self, name: &str, settings: Value) -> Self {
        let mut row = contoso::connector(name);
        row.extend(object(settings));
        self.tenant.connectors.push(row);
        self
    }

    /// Domains whose ARC seals are believed.
    #[must_use]
    pub fn arc_sealers(mut self, domains: &[&str]) -> Self {
        self.tenant.sealers = domains.iter().map(|domain| (*domain).to_owned()).collect();
        self
    }

    /// A setting of the organisation, such as `RejectDirectSend`.
    #[must_use]
    pub fn organization(mut self, name: &str, value: Value) -> Self {
        self.tenant.organization.insert(name.to_owned(), value);
        self
    }

    /// A setting of the default policy against phishing, such as `HonorDmarcPolicy`.
    #[must_use]
    pub fn anti_phish(mut self, name: &str, value: Value) -> Self {
        if let Some(policy) = self.tenant.anti_phish.first_mut() {
            policy.insert(name.to_owned(), value);
        }
        self
    }

    /// Whether mail is forwarded to others automatically.
    #[must_use]
    pub fn auto_forwarding(mut self, is_on: bool) -> Self {
        for domain in &mut self.tenant.remote_domains {
            domain.insert("AutoForwardEnabled".to_owned(), Value::Bool(is_on));
        }
        self
    }

    /// Whether what administrators do is recorded.
    #[must_use]
    pub fn auditing(mut self, is_on: bool) -> Self {
        self.tenant.audit.insert("UnifiedAuditLogIngestionEnabled".to_owned(), Value::from(is_on));
        self
    }

    /// How long after an act its record can be listed; at once by default.
    #[must_use]
    pub fn audit_delay(mut self, delay: Duration) -> Self {
        self.authority.audit_delay = TimeDelta::from_std(delay).unwrap_or(TimeDelta::MAX);
        self
    }

    /// How long after a change cmdlets that read still give what was before; not at all by default. Microsoft's pages speak of minutes.
    #[must_use]
    pub fn replication(mut self, delay: Duration) -> Self {
        self.authority.replication = TimeDelta::from_std(delay).unwrap_or(TimeDelta::MAX);
        self
    }

    /// How long tokens are good; an hour less a second by default.
    #[must_use]
    pub fn token_life(mut self, life: Duration) -> Self {
        self.authority.token_life = TimeDelta::from_std(life).unwrap_or(TimeDelta::MAX);
        self
    }

    /// The next page of a cmdlet's objects is never to be had, as it was seen of the service: each request reaches another server.
    #[must_use]
    pub const fn without_pages(mut self) -> Self {
        self.authority.pages_are_kept = false;
        self
    }

    /// How many domains a page of Graph has, and how many blobs a list of the activity feed.
    #[must_use]
    pub fn page_sizes(mut self, domains: usize, blobs: usize) -> Self {
        self.authority.domain_page = domains.max(1);
        self.authority.feed_page = blobs.max(1);
        self
    }

    /// How many requests of the feed, and how many hunting queries, a minute allows.
    #[must_use]
    pub const fn quotas(mut self, feed: u32, hunting: u32) -> Self {
        self.authority.feed_quota = feed;
        self.authority.hunting_quota = hunting;
        self
    }

    /// How many rows a hunting query gives at most, and how many bytes it may give.
    #[must_use]
    pub const fn hunting_limits(mut self, rows: usize, bytes: usize) -> Self {
        self.authority.hunting_rows = rows;
        self.authority.hunting_bytes = bytes;
        self
    }

    /// A subscription of the activity feed that is on already.
    #[must_use]
    pub fn subscribed(mut self, content_type: &str) -> Self {
        self.subscribed.push(content_type.to_owned());
        self
    }
}

/// Noon of 20 November 2026, in seconds since 1970.
const START: i64 = 1_795_176_000;
const SERVICES: [&str; 2] = ["Email", "OfficeCommunicationsOnline"];

fn signing(domain: &str, targets: [String; 2], how: Dkim, now: DateTime<Utc>) -> Signing {
    let [first, second] = targets;
    let [bits1, bits2] = how.bits;
    let begun = now.checked_sub_signed(how.age).unwrap_or(now);
    let rotates = begun + dkim::ROTATION;
    Signing {
        domain: domain.to_owned(),
        is_enabled: how.is_enabled,
        is_initial: false,
        display_name: String::new(),
        body: "Relaxed".to_owned(),
        header: "Relaxed".to_owned(),
        keys: [Key { cname: first, bits: bits1, generation: 0 }, Key { cname: second, bits: bits2, generation: 0 }],
        created: begun,
        rotates,
        // Whichever signs now: before the rotation takes effect, or after it.
        before: if now < rotates { how.active } else { 1 - how.active },
    }
}

fn authority() -> Authority {
    Authority {
        base: String::new(),
        token_life: token::LIFE,
        audit_delay: TimeDelta::zero(),
        replication: TimeDelta::zero(),
        pages_are_kept: true,
        feed_page: 200,
        feed_quota: 2000,
        domain_page: 100,
        hunting_quota: 45,
        hunting_rows: 100_000,
        hunting_bytes: 124 << 20,
    }
}
