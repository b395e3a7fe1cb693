//! A rotation as it is kept, and its transitions: what comes next, and what has become of it. Pure.
//!
//! ```text
//! Planned ─► KeyMade ─► Published ─► Visible ─► Switched ─► Draining ─► Revoked ─► Done
//!    └──────────┴───────────┴───────────┤           │           │
//!                                       ▼           ▼           ▼
//!                                     Undone ◄── Returned ◄─────┘        (taken back)
//! ```
//!
//! Both keys are published from before the switch until mail under way has arrived. What is taken back before the switch leaves nothing; after
//! it, the signer returns to the old key, and it is the new one that stays published until its mail has arrived.

use serde::{Deserialize, Serialize};

use crate::{
    config::{Config, Series},
    micros::{DAY, SECOND, compact, days, seconds, span},
    record::key_name,
    signer::Entry,
};

/// How far a rotation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Names are chosen, nothing is done.
    Planned,
    /// The new private key is in its file.
    KeyMade,
    /// Its record was written, or somebody was asked to write it.
    Published,
    /// Every authoritative server answers with it, and nobody remembers another answer.
    Visible,
    /// The signer signs with it.
    Switched,
    /// That was proved; mail signed with the old key is under way.
    Draining,
    /// The old key is revoked and destroyed.
    Revoked,
    /// Nothing is left to do.
    Done,
    /// Taken back after the switch: the signer signs with the old key again, mail signed with the new one is under way.
    Returned,
    /// Taken back, and nothing is left of it but, perhaps, the new selector as a revoked one.
    Undone,
}

impl State {
    /// Whether nothing is left to do.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::Undone)
    }

    /// As files and tables write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::KeyMade => "key-made",
            Self::Published => "published",
            Self::Visible => "visible",
            Self::Switched => "switched",
            Self::Draining => "draining",
            Self::Revoked => "revoked",
            Self::Done => "done",
            Self::Returned => "returned",
            Self::Undone => "undone",
        }
    }
}

/// When a state was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// Which.
    pub state: State,
    /// When, in microseconds since 1970.
    pub at: i64,
}

/// The key that is replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Old {
    /// Who signs with it, and where it is.
    pub entry: Entry,
    /// What was published of it when the rotation was planned.
    pub texts: Vec<String>,
}

/// Why a rotation does not go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// In words, with what to do.
    pub message: String,
    /// Since when, in microseconds since 1970.
    pub since: i64,
    /// How often it was tried.
    pub tries: u32,
}

/// A rotation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rotation {
    /// Its name: domain, family and the moment it was planned.
    pub id: String,
    /// How often it was written down.
    pub revision: u64,
    /// As the line of keys was configured when it began.
    pub config: Config,
    /// The new key: its selector and its file.
    pub new: Entry,
    /// What is to be published of it, once it is made.
    pub record: Option<String>,
    /// What stood at its name before: nothing, or a revoked key.
    pub before: Vec<String>,
    /// How long others may remember that, in seconds.
    pub stale_seconds: u32,
    /// The key it replaces; a domain's first has none.
    pub old: Option<Old>,
    /// How far it is.
    pub state: State,
    /// Whether it is being taken back.
    pub back: bool,
    /// Whether the signer may have been given the new key, so that mail signed with it may be under way. Written down before it is given.
    #[serde(default)]
    pub given: bool,
    /// Since when every server answers with the new record, without a break.
    pub seen_at: Option<i64>,
    /// What a person was asked to do to the zone, as steps in words.
    pub asked: Option<String>,
    /// When each state was reached.
    pub history: Vec<Moment>,
    /// Why it does not go on.
    pub trouble: Option<Trouble>,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The new key is made.
    MakeKey,
    /// Its record is written.
    Publish,
    /// Every server is asked for it.
    Look,
    /// The new key is proved to verify before the signer is given it.
    Offer,
    /// The signer is given the new key.
    Switch,
    /// What the signer signs with is proved to verify.
    Prove,
    /// Nothing, until then.
    Wait(i64),
    /// The old key is revoked and destroyed.
    Revoke,
    /// The record of the old key is looked at, and taken away if that is wanted.
    Tidy,
    /// What was done before the switch is undone.
    Withdraw,
    /// The signer is given the old key again.
    SwitchBack,
    /// The new key is revoked and destroyed.
    Discard,
    /// Nothing more.
    End,
}

/// What was done, or seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The new key is in its file; this is its record.
    KeyMade(String),
    /// The record was written, or a person was asked to (in these words).
    Published(Option<String>),
    /// Every server answers with it.
    Everywhere,
    /// Not every server does.
    Hidden,
    /// What the new key signs verifies at every server: from here on the signer may have it.
    Offered,
    /// The signer signs with the new key.
    Switched,
    /// That verifies.
    Proven,
    /// The old key is revoked and destroyed.
    Revoked,
    /// Nothing is left to do.
    Tidied,
    /// Nothing is left of what was done.
    Withdrawn,
    /// The signer turned out to sign with the new key already, or was given the old one again.
    SwitchedBack,
    /// The new key is revoked and destroyed.
    Discarded,
    /// The old key does not serve any more, so that there is nothing to return to.
    TooLate,
}

/// How long a state that nobody has to wait in may last before it is overdue.
const SWIFT: i64 = 3_600 * SECOND;

impl Rotation {
    /// A rotation of which nothing is done.
    #[must_use]
    pub fn planned(config: Config, selector: &str, old: Option<Old>, before: Vec<String>, stale_seconds: u32, now: i64) -> Self {
        let series = config.series();
        let file = config.key_path(selector);
        Self {
            id: format!("{}.{}.{}", series.domain, series.family, compact(now)),
            revision: 1,
            new: Entry { domain: series.domain, selector: selector.to_owned(), file },
            config,
            record: None,
            before,
            stale_seconds,
            old,
            state: State::Planned,
            back: false,
            given: false,
            seen_at: None,
            asked: None,
            history: vec![Moment { state: State::Planned, at: now }],
            trouble: None,
        }
    }

    /// Whose keys.
    #[must_use]
    pub fn series(&self) -> Series {
        self.config.series()
    }

    /// Where the new key is published.
    #[must_use]
    pub fn new_name(&self) -> String {
        key_name(&self.new.selector, &self.new.domain)
    }

    /// Where the old key is published.
    #[must_use]
    pub fn old_name(&self) -> Option<String> {
        self.old.as_ref().map(|old| key_name(&old.entry.selector, &old.entry.domain))
    }

    /// When a state was reached, the last time it was.
    #[must_use]
    pub fn reached(&self, state: State) -> Option<i64> {
        self.history.iter().rfind(|moment| moment.state == state).map(|moment| moment.at)
    }

    /// Until when mail signed with the key that is going is under way.
    #[must_use]
    pub fn drained_at(&self) -> Option<i64> {
        let from = match self.state {
            State::Switched | State::Draining => self.reached(State::Switched),
            State::Returned => self.reached(State::Returned),
            State::Planned
            | State::KeyMade
            | State::Published
            | State::Visible
            | State::Revoked
            | State::Done
            | State::Undone => None,
        };
        from.map(|from| from.saturating_add(days(self.config.transit_days)))
    }

    /// When nobody remembers what stood at the new name before. Servers change one after the other, so it counts from the last.
    #[must_use]
    pub fn visible_at(&self) -> Option<i64> {
        self.seen_at.map(|seen| seen.saturating_add(seconds(self.stale_seconds)))
    }

    /// What is to be done now.
    #[must_use]
    pub fn next(&self, now: i64) -> Step {
        let wait = |until: Option<i64>, then: Step| match until {
            Some(until) if now < until => Step::Wait(until),
            _ => then,
        };
        match (self.state, self.back) {
            (State::Planned, false) => Step::MakeKey,
            (State::KeyMade, false) => Step::Publish,
            (State::Published, false) => wait(self.visible_at(), Step::Look),
            (State::Visible, false) if !self.given => Step::Offer,
            (State::Visible, false) => Step::Switch,
            (State::Switched, false) => Step::Prove,
            (State::Draining, false) => wait(self.drained_at(), Step::Revoke),
            (State::Revoked, _) => wait(self.removal_at(), Step::Tidy),
            (State::Published | State::Visible, true) if self.given => Step::SwitchBack,
            (State::Planned | State::KeyMade | State::Published | State::Visible, true) => Step::Withdraw,
            (State::Switched | State::Draining, true) => Step::SwitchBack,
            (State::Returned, _) => wait(self.drained_at(), Step::Discard),
            (State::Done | State::Undone, _) => Step::End,
        }
    }

    fn removal_at(&self) -> Option<i64> {
        let after = self.config.remove_after_days?;
        self.reached(State::Revoked).map(|revoked| revoked.saturating_add(days(after)))
    }

    /// Takes note of what was done or seen. What does not belong to the state changes nothing.
    pub fn on(&mut self, event: Event, now: i64) {
        self.trouble = None;
        match (self.state, event) {
            (State::Planned, Event::KeyMade(record)) => {
                self.record = Some(record);
                self.reach(State::KeyMade, now);
            }
            (State::KeyMade, Event::Published(asked)) => {
                self.asked = asked;
                self.reach(State::Published, now);
            }
            (State::Published, Event::Everywhere) => {
                let seen = *self.seen_at.get_or_insert(now);
                if now >= seen.saturating_add(seconds(self.stale_seconds)) {
                    self.asked = None;
                    self.reach(State::Visible, now);
                }
            }
            (State::Published, Event::Hidden) => self.seen_at = None,
            (State::Visible, Event::Hidden) => {
                self.seen_at = None;
                self.reach(State::Published, now);
            }
            (State::Visible, Event::Offered) => self.given = true,
            (State::Visible, Event::Switched) => self.reach(State::Switched, now),
            (State::Switched, Event::Proven) if self.old.is_none() => self.reach(State::Done, now),
            (State::Switched, Event::Proven) => self.reach(State::Draining, now),
            (State::Draining, Event::Revoked) => self.reach(State::Revoked, now),
            (State::Revoked, Event::Tidied) => self.reach(State::Done, now),
            (State::Planned | State::KeyMade | State::Published | State::Visible, Event::Withdrawn) => {
                self.reach(State::Undone, now);
            }
            (State::KeyMade | State::Published | State::Visible | State::Switched | State::Draining, Event::SwitchedBack) => {
                self.reach(State::Returned, now)
            }
            (State::Returned, Event::Discarded) => self.reach(State::Undone, now),
            (State::KeyMade | State::Published | State::Visible | State::Switched | State::Draining, Event::TooLate) => {
                self.back = false
            }
            _ => {}
        }
    }

    fn reach(&mut self, state: State, now: i64) {
        self.state = state;
        self.history.push(Moment { state, at: now });
    }

    /// Takes note of what stands in the way.
    pub(crate) fn hindered(&mut self, message: String, now: i64) {
        let (since, tries) = self.trouble.as_ref().map_or((now, 0), |before| (before.since, before.tries));
        self.trouble = Some(Trouble { message, since, tries: tries.saturating_add(1) });
    }

    /// When it should be tried again: soon at first, then every quarter of an hour.
    #[must_use]
    pub fn retry_at(&self, now: i64) -> i64 {
        let tries = self.trouble.as_ref().map_or(0, |trouble| trouble.tries);
        let minutes = 1_i64 << tries.saturating_sub(1).min(4);
        now.saturating_add(minutes.min(15) * 60 * SECOND)
    }

    /// Since when it has lasted longer than it should, in words.
    #[must_use]
    pub fn overdue(&self, now: i64) -> Option<String> {
        let since = self.history.last().map_or(now, |moment| moment.at);
        let limit = match self.state {
            State::Planned | State::KeyMade | State::Visible | State::Switched => since.saturating_add(SWIFT),
            State::Published => since.saturating_add(DAY).saturating_add(seconds(self.stale_seconds)),
            State::Draining | State::Returned => self.drained_at().unwrap_or(since).saturating_add(DAY),
            State::Revoked => self.removal_at().unwrap_or(since).saturating_add(DAY),
            State::Done | State::Undone => return None,
        };
        let late = now.saturating_sub(since);
        (now > limit).then(|| format!("it has been in the state {} for {}", self.state.as_str(), span(late)))
    }

    /// Wants it taken back.
    ///
    /// # Errors
    ///
    /// In words, why that is too late.
    pub fn take_back(&mut self) -> Result<(), String> {
        match self.state {
            State::Revoked | State::Done => Err("its old key is revoked and destroyed; rotate once more instead".to_owned()),
            State::Undone => Err("it was taken back already".to_owned()),
            State::Switched | State::Draining if self.old.is_none() => {
                Err("it made the domain's first key: there is no other to return to".to_owned())
            }
            State::Planned
            | State::KeyMade
            | State::Published
            | State::Visible
            | State::Switched
            | State::Draining
            | State::Returned => {
                self.back = true;
                self.trouble = None;
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests;
