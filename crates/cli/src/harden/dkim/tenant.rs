//! Keys of the tenant's domains: Exchange Online makes them, and we say when. A rotation is ordered only where the DNS leads to the coming
//! selector, is looked for where no answer came, and is proved once its key signs.
//!
//! What we ordered is kept in the state: the service's own answers lag some minutes behind.

use std::{sync::Arc, time::Duration};

use mailauth::dns::Resolver;
use serde::{Deserialize, Serialize};
use state::State as Store;
use tenant::{
    Admin as _, DkimSigningConfig, Error,
    dkim_rotation::{
        Because, INTERVAL, Known, Selector, State, TAKES_EFFECT, Why, expected_after, expected_before, has_begun,
        rotations_to_long_keys, state,
    },
    moment,
};

use super::{Begin, KeyRow, Row, Told, published::published};
use crate::{failure::Failure, harden::Reached};

/// Under which names the state keeps what was ordered, by domain.
const KEPT: &str = "dkim rotation of ";
/// Whose keys these are, in words.
const KEYS: &str = "Microsoft 365";
/// Microseconds of a minute.
const MINUTE: i64 = 60_000_000;
/// Microseconds of a day.
const DAY: i64 = 24 * 60 * MINUTE;
/// Microsoft publishes a new key some minutes after it was made; after so long something is wrong.
const SLOW: i64 = 60 * MINUTE;

/// What we know of a domain's rotations that its configuration does not say.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    /// When we last ordered one: microseconds since 1970.
    rotated: Option<i64>,
    /// Which selector got its key then.
    coming: Option<String>,
    /// Whether that key was seen in the DNS while it was to sign.
    proven: bool,
    /// How often the last step was tried in vain.
    tries: u32,
    /// Since when.
    since: Option<i64>,
}

/// The tenant's keys.
#[derive(Debug, Clone)]
pub(crate) struct TenantKeys {
    pub(crate) reached: Arc<Reached>,
    pub(crate) resolver: Arc<dyn Resolver>,
    pub(crate) interval: Duration,
    pub(crate) grace: Duration,
}

impl TenantKeys {
    /// With the days of the configuration.
    pub(crate) fn new(reached: Arc<Reached>, resolver: Arc<dyn Resolver>, config: &crate::config::Dkim) -> Self {
        let days = |days: u32| Duration::from_secs(u64::from(days) * 86_400);
        Self { reached, resolver, interval: config.every_days().map_or(INTERVAL, days), grace: days(config.grace_days()) }
    }

    /// How mail of every domain is signed.
    pub(crate) async fn configs(&self) -> Result<Vec<DkimSigningConfig>, Error> {
        self.reached.exchange.get_dkim().await
    }

    async fn kept(store: Option<&Store>, domain: &str) -> Result<Kept, Failure> {
        let Some(store) = store else { return Ok(Kept::default()) };
        let body = store.checkpoint(&format!("{KEPT}{domain}")).await?;
        // What cannot be read was written by another version: the configuration itself says almost as much.
        Ok(body.and_then(|body| serde_json::from_str(&body).ok()).unwrap_or_default())
    }

    async fn keep(store: &Store, domain: &str, kept: &Kept, now: i64) -> Result<(), Failure> {
        let body = serde_json::to_string(kept).map_err(Failure::internal)?;
        Ok(store.keep_checkpoint(&format!("{KEPT}{domain}"), &body, now).await?)
    }

    fn state(&self, config: &DkimSigningConfig, kept: &Kept, now: i64) -> State {
        state(config, Known { rotated: kept.rotated, interval: self.interval }, now)
    }

    /// How a domain's keys are. Changes nothing.
    pub(crate) async fn row(&self, config: &DkimSigningConfig, store: Option<&Store>, now: i64) -> Result<Row, Failure> {
        let kept = Self::kept(store, &config.domain).await?;
        let state = self.state(config, &kept, now);
        let active = tenant::dkim_rotation::active(config, now);
        let since = config.rotate_on_date.as_deref().and_then(moment::parse).filter(|date| *date <= now);
        let key = |selector: Selector, bits: Option<u32>| KeyRow {
            selector: selector.to_string(),
            algorithm: Some("rsa-sha256".to_owned()),
            bits,
            since: since.filter(|_| selector == active),
            signs: config.enabled && selector == active,
        };
        let mut problems = Vec::new();
        if let State::Disabled | State::NotRotatable(Why::CnameMissing | Why::NoKeys) = state {
            problems.push(state.to_string());
        }
        let long = rotations_to_long_keys(config, now);
        if config.enabled && long > 0 {
            problems.push(format!("{} until both keys have 2048 bits", crate::term::count(u64::from(long), "rotation")));
        }
        if let Some(trouble) = self.unpublished(config, &state).await {
            problems.push(trouble);
        }
        let overdue = self.overdue(&state);
        problems.extend(overdue.clone());
        Ok(Row {
            domain: config.domain.clone(),
            signer: KEYS.to_owned(),
            keys: vec![key(Selector::First, config.selector1_key_size), key(Selector::Second, config.selector2_key_size)],
            next: state.next_look(now),
            then: match &state {
                State::Disabled | State::NotRotatable(_) => String::new(),
                State::InFlight { coming, .. } => format!("{coming} signs"),
                State::Due { coming, .. } => format!("a new key for {coming}"),
                State::Settled { active, .. } => format!("a new key for {}", active.other()),
            },
            state: match &state {
                State::Disabled => "off".to_owned(),
                State::NotRotatable(_) => "not rotated".to_owned(),
                State::InFlight { .. } => "under way".to_owned(),
                State::Due { .. } => "due".to_owned(),
                State::Settled { .. } => "settled".to_owned(),
            },
            overdue: overdue.is_some(),
            problems,
        })
    }

    /// That a rotation should have begun long ago.
    fn overdue(&self, state: &State) -> Option<String> {
        match state {
            State::Due { overdue_by, .. } if *overdue_by > self.grace => {
                Some(format!("its keys were to be rotated {} days ago", overdue_by.as_secs() / 86_400))
            }
            _ => None,
        }
    }

    /// What the DNS lacks for what is to sign next.
    async fn unpublished(&self, config: &DkimSigningConfig, state: &State) -> Option<String> {
        let expected = match state {
            State::Due { coming, .. } => expected_before(config, *coming),
            State::InFlight { coming, .. } => expected_after(config, *coming),
            State::Settled { active, .. } => expected_after(config, *active),
            State::Disabled | State::NotRotatable(_) => return None,
        };
        published(self.resolver.as_ref(), &expected).await.err()
    }

    /// Takes a domain's keys as far as they go now; without a store to write to it says what would be done, and changes nothing.
    pub(crate) async fn step(
        &self,
        config: &DkimSigningConfig,
        begin: Begin,
        store: &Store,
        act: bool,
        now: i64,
    ) -> Result<Told, Failure> {
        let mut kept = Self::kept(Some(store), &config.domain).await?;
        let before = kept.clone();
        let told = self.stepped(config, begin, act, now, &mut kept).await;
        if act && kept != before {
            Self::keep(store, &config.domain, &kept, now).await?;
        }
        Ok(told)
    }

    async fn stepped(&self, config: &DkimSigningConfig, begin: Begin, act: bool, now: i64, kept: &mut Kept) -> Told {
        let state = self.state(config, kept, now);
        let mut told = Told::new(&config.domain, KEYS);
        told.overdue = self.overdue(&state);
        if let Some(unproven) = self.prove(config, &state, act, now, kept, &mut told).await {
            return told.wrong(unproven).until(now.saturating_add(retry(kept)));
        }
        match state {
            State::NotRotatable(Why::CnameMissing) => {
                failed(kept, now);
                told.wrong(self.lacking(config).await).until(now.saturating_add(retry(kept)))
            }
            State::Disabled | State::NotRotatable(Why::Initial | Why::NoKeys) => {
                told.say(state.to_string()).until(now.saturating_add(DAY / 24))
            }
            State::InFlight { until, coming, .. } => {
                self.in_flight(config, until, coming, now, kept, told.say(state.to_string())).await
            }
            State::Settled { next_due, .. } if begin == Begin::Due => {
                let words = format!("{state}; `--now` rotates at once");
                told.say(words).until(next_due.min(now.saturating_add(DAY / 24)))
            }
            State::Settled { active, .. } => self.begin(config, active.other(), "it was asked for", act, now, kept, told).await,
            State::Due { coming, because, .. } => {
                let why = match because {
                    Because::ShortKey => format!("{because}; {} to go until both have 2048", rotations_to_long_keys(config, now)),
                    Because::Age | Because::UnknownAge => because.to_string(),
                };
                self.begin(config, coming, &why, act, now, kept, told).await
            }
        }
    }

    /// Once what we ordered has taken effect, that the new key is where receivers look. Gives what is wrong, if something is.
    async fn prove(
        &self,
        config: &DkimSigningConfig,
        state: &State,
        act: bool,
        now: i64,
        kept: &mut Kept,
        told: &mut Told,
    ) -> Option<String> {
        let (State::Settled { active, .. } | State::Due { active, .. }) = state else { return None };
        let rotated = kept.rotated.filter(|_| !kept.proven)?;
        match published(self.resolver.as_ref(), &expected_after(config, *active)).await {
            Ok(()) if act => {
                *kept = Kept { rotated: Some(rotated), coming: kept.coming.take(), proven: true, tries: 0, since: None };
                let words = format!("{active} signs with its new key, which the DNS has");
                told.words.push(words.clone());
                told.done.push((now, words));
                None
            }
            Ok(()) => None,
            Err(words) => {
                failed(kept, now);
                Some(format!("{active} signs with its new key, and receivers do not find it: {words}"))
            }
        }
    }

    /// Which records Exchange Online does not find.
    async fn lacking(&self, config: &DkimSigningConfig) -> String {
        let mut words = Vec::new();
        for selector in [Selector::First, Selector::Second] {
            words.extend(published(self.resolver.as_ref(), &expected_before(config, selector)).await.err());
        }
        match words.is_empty() {
            true => format!("{}; the DNS has them now, and Exchange Online sees that some minutes later", Why::CnameMissing),
            false => words.join("; "),
        }
    }

    /// Looks after a rotation that has begun: the new key must be published before it signs.
    async fn in_flight(
        &self,
        config: &DkimSigningConfig,
        until: i64,
        coming: Selector,
        now: i64,
        kept: &mut Kept,
        told: Told,
    ) -> Told {
        let told = Told { under_way: true, ..told };
        match published(self.resolver.as_ref(), &expected_after(config, coming)).await {
            Ok(()) => {
                (kept.tries, kept.since) = (0, None);
                told.say(format!("the DNS has the new key of {coming}")).until(until.min(now.saturating_add(DAY / 4)))
            }
            Err(words) => {
                failed(kept, now);
                let began = until.saturating_sub(moment::span(TAKES_EFFECT));
                let told = told.until(now.saturating_add(retry(kept)).min(until.max(now.saturating_add(MINUTE))));
                if now.saturating_sub(began) < SLOW {
                    told.say(format!("the new key of {coming} is not in the DNS yet: {words}"))
                } else {
                    told.wrong(format!("{coming} signs soon, and receivers would not find its key: {words}"))
                }
            }
        }
    }

    /// Orders a rotation, where the DNS leads to the selector that gets a new key.
    #[expect(
        clippy::too_many_arguments,
        reason = "one step of one rotation; a type for it would have these fields and no other use"
    )]
    async fn begin(
        &self,
        config: &DkimSigningConfig,
        coming: Selector,
        why: &str,
        act: bool,
        now: i64,
        kept: &mut Kept,
        mut told: Told,
    ) -> Told {
        let domain = &config.domain;
        if let Err(words) = published(self.resolver.as_ref(), &expected_before(config, coming)).await {
            failed(kept, now);
            let words = format!("the keys are not rotated, for mail signed with {coming} could not be verified: {words}");
            return told.wrong(words).until(now.saturating_add(retry(kept)));
        }
        if !act {
            return told.until(now).say(format!("Rotate-DkimSigningConfig -Identity {domain} -KeySize 2048, because {why}")).say(
                format!(
                    "{coming} gets a new key, which signs 96 hours later; its record is looked for until then, and proved after"
                ),
            );
        }
        let ordered = self.reached.exchange.rotate_dkim(domain).await.map(drop);
        let now_config = self.reached.exchange.get_dkim_of(domain).await;
        let begun = match &ordered {
            Ok(()) | Err(Error::RotationUnderWay { .. }) => true,
            // No answer came: what the configuration says decides.
            Err(error) if error.may_be_done() => now_config.as_ref().is_ok_and(|later| has_begun(config, later)),
            Err(_) => false,
        };
        match ordered {
            Err(error) if !begun => {
                failed(kept, now);
                told.wrong(error.to_string()).until(now.saturating_add(retry(kept)))
            }
            _ => {
                *kept = Kept { rotated: Some(now), coming: Some(coming.to_string()), ..Kept::default() };
                told.overdue = None;
                let words = format!("ordered a new key of 2048 bits for {coming}, because {why}");
                told.done.push((now, words.clone()));
                let until = now.saturating_add(moment::span(TAKES_EFFECT));
                let told = told.say(words);
                let later = now_config.unwrap_or_else(|_| config.clone());
                let (until, coming) = match self.state(&later, kept, now) {
                    State::InFlight { until, coming, .. } => (until, coming),
                    _ => (until, coming),
                };
                self.in_flight(&later, until, coming, now, kept, told).await
            }
        }
    }
}

fn failed(kept: &mut Kept, now: i64) {
    kept.tries = kept.tries.saturating_add(1);
    kept.since.get_or_insert(now);
}

/// Soon at first, then every quarter of an hour.
fn retry(kept: &Kept) -> i64 {
    (1_i64 << kept.tries.saturating_sub(1).min(4)).min(15) * MINUTE
}
