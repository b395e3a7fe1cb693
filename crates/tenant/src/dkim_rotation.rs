//! DKIM keys of a domain in Microsoft 365: whose turn it is, what is under way, what is due. Pure: the configuration and the moment are given.
//!
//! Authority: <https://learn.microsoft.com/defender-office-365/email-authentication-dkim-configure>. A domain has two selectors, one of which
//! signs. A rotation makes a new key for the other one, which signs from `RotateOnDate` on, 96 hours after the rotation began; until then no other
//! can begin. A rotation with a key size changes the size of the new key only, so that it takes two to make both keys longer.

use std::{fmt, time::Duration};

use crate::{
    moment::{self, DAY, Moment, between},
    snapshot::DkimSigningConfig,
};

/// How long a rotation takes to take effect.
pub const TAKES_EFFECT: Duration = Duration::from_secs(96 * 3600);
/// How long keys are used: one selector is renewed every three months, and so each of the two every six.
pub const INTERVAL: Duration = Duration::from_secs(90 * 86_400);
/// Fewest bits of a key (RFC 8301 section 3.2 says that signers should use no fewer).
pub const LEAST_BITS: u32 = 2048;

/// One of the two selectors of a domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Selector {
    /// `selector1`.
    First,
    /// `selector2`.
    Second,
}

impl Selector {
    /// As it stands in names.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::First => "selector1",
            Self::Second => "selector2",
        }
    }

    /// The other one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::First => Self::Second,
            Self::Second => Self::First,
        }
    }

    fn read(text: &str) -> Option<Self> {
        [Self::First, Self::Second].into_iter().find(|selector| text.trim().eq_ignore_ascii_case(selector.as_str()))
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How matters stand with a domain's keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Mail is not signed in the domain's name: nothing is rotated before it is.
    Disabled,
    /// Its keys cannot be rotated, or need not.
    NotRotatable(Why),
    /// A rotation has begun and not taken effect.
    InFlight {
        /// When it takes effect.
        until: Moment,
        /// Who signs until then.
        active: Selector,
        /// Who signs from then on, with the new key.
        coming: Selector,
    },
    /// A rotation should begin now.
    Due {
        /// For how long it should have begun already; nothing for keys too short, which have no date.
        overdue_by: Duration,
        /// Why.
        because: Because,
        /// Who signs now, and goes on until the rotation takes effect.
        active: Selector,
        /// Who gets a new key, and signs afterwards.
        coming: Selector,
    },
    /// Nothing is to be done now.
    Settled {
        /// When a rotation is due.
        next_due: Moment,
        /// Who signs.
        active: Selector,
    },
}

/// Why a domain's keys are not rotated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It is the tenant's initial domain or one below it: Microsoft keeps its records, and people do not send from it.
    Initial,
    /// Exchange Online does not find the records of its selectors: a new key would be one that nobody finds.
    CnameMissing,
    /// It has no keys yet: signing must be configured first.
    NoKeys,
}

/// Why a rotation is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Because {
    /// The last one took effect an interval ago or earlier.
    Age,
    /// A key has too few bits.
    ShortKey,
    /// Nobody knows when the keys were made.
    UnknownAge,
}

impl State {
    /// When it is worth looking again; nothing where somebody must do something first.
    #[must_use]
    pub const fn next_look(&self, now: Moment) -> Option<Moment> {
        match self {
            Self::Disabled | Self::NotRotatable(_) => None,
            Self::InFlight { until, .. } => Some(*until),
            Self::Due { .. } => Some(now),
            Self::Settled { next_due, .. } => Some(*next_due),
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Disabled => f.write_str("mail is not signed in the domain's name: switch signing on first"),
            Self::NotRotatable(why) => why.fmt(f),
            Self::InFlight { until, active, coming } => {
                write!(f, "a rotation is under way: {active} signs until {}, then {coming} with its new key", minute(*until))
            }
            Self::Due { overdue_by, because, active, coming } => {
                write!(f, "a rotation is due: {because}; {active} signs, and {coming} gets a new key")?;
                match overdue_by.as_secs() / 86_400 {
                    0 => Ok(()),
                    1 => f.write_str(" (overdue by 1 day)"),
                    days => write!(f, " (overdue by {days} days)"),
                }
            }
            Self::Settled { next_due, active } => write!(f, "{active} signs; the next rotation is due on {}", minute(*next_due)),
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Initial => "the domain is Microsoft's, which keeps its keys and records",
            Self::CnameMissing => "Exchange Online does not find the CNAME records of the selectors: publish them first",
            Self::NoKeys => "the domain has no keys yet: switch signing on first",
        })
    }
}

impl fmt::Display for Because {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Age => "the key that signs has been in use for long enough",
            Self::ShortKey => "a key has fewer than 2048 bits",
            Self::UnknownAge => "nobody knows how old the keys are",
        })
    }
}

/// A moment to the minute, for people.
fn minute(moment: Moment) -> String {
    let text = moment::seconds(moment);
    let cut = text.len().saturating_sub(3);
    format!("{} UTC", text.get(..cut).unwrap_or(&text).replace('T', " "))
}

/// What is known about a domain's rotation besides its configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// When we last rotated it, if we did. A configuration that has not caught up yet does not make us do it twice.
    pub rotated: Option<Moment>,
    /// How long keys are used; [`INTERVAL`] if nobody says otherwise.
    pub interval: Duration,
}

impl Default for Known {
    fn default() -> Self {
        Self { rotated: None, interval: INTERVAL }
    }
}

/// How matters stand with a domain's keys.
#[must_use]
pub fn state(config: &DkimSigningConfig, known: Known, now: Moment) -> State {
    if is_initial(&config.domain) {
        return State::NotRotatable(Why::Initial);
    }
    if !config.enabled {
        return State::Disabled;
    }
    // What is under way goes on whatever else is wrong, and is looked at first.
    let active = active(config, now);
    let takes_effect = moment::span(TAKES_EFFECT);
    let dated = date(config.rotate_on_date.as_deref());
    let ours = known.rotated.map(|rotated| rotated.saturating_add(takes_effect));
    if let Some(until) = dated.into_iter().chain(ours).max().filter(|until| now < *until) {
        // Only ours is ahead: the configuration was read before it showed the rotation.
        let coming = if dated == Some(until) { after(config).unwrap_or(active.other()) } else { active.other() };
        return State::InFlight { until, active, coming };
    }
    if config.status.eq_ignore_ascii_case("NoDKIMKeys") {
        return State::NotRotatable(Why::NoKeys);
    }
    if config.status.eq_ignore_ascii_case("CnameMissing") {
        return State::NotRotatable(Why::CnameMissing);
    }
    let due = |overdue_by: Duration, because: Because| State::Due { overdue_by, because, active, coming: active.other() };
    let last = dated.into_iter().chain(ours).max().or_else(|| date(config.key_creation_time.as_deref()));
    let next_due = last.map(|last| last.saturating_add(moment::span(known.interval)));
    match next_due {
        Some(next_due) if now >= next_due => due(between(next_due, now), Because::Age),
        _ if rotations_to_long_keys(config, now) > 0 => due(Duration::ZERO, Because::ShortKey),
        Some(next_due) => State::Settled { next_due, active },
        None => due(Duration::ZERO, Because::UnknownAge),
    }
}

/// The selector that signs at a moment.
#[must_use]
pub fn active(config: &DkimSigningConfig, now: Moment) -> Selector {
    let before = Selector::read(&config.selector_before_rotate_on_date);
    let after = after(config);
    let is_before = date(config.rotate_on_date.as_deref()).is_some_and(|rotates| now < rotates);
    let (named, opposite) = if is_before { (before, after) } else { (after, before) };
    named.or_else(|| opposite.map(Selector::other)).unwrap_or(Selector::First)
}

/// How many rotations, one after the other, it takes until both keys have 2048 bits: none, one or two. Two if the key that signs is short,
/// for a rotation renews the other one. A size that is not said counts as enough. While a rotation is under way, its new key counts.
#[must_use]
pub fn rotations_to_long_keys(config: &DkimSigningConfig, now: Moment) -> u8 {
    // The selector that the next rotation leaves alone: the one that signs once what is under way has taken effect.
    let left_alone = match (date(config.rotate_on_date.as_deref()), after(config)) {
        (Some(rotates), Some(after)) if now < rotates => after,
        _ => active(config, now),
    };
    match (is_short(config, left_alone), is_short(config, left_alone.other())) {
        (true, _) => 2,
        (false, true) => 1,
        (false, false) => 0,
    }
}

/// Whether a rotation began between two readings of a configuration: what to ask when it was ordered and no answer came.
///
/// What is read may lag some minutes behind what was done. Ordering it again harms nothing: the service refuses a second rotation
/// ([`crate::Error::RotationUnderWay`]), and then the first is known to have begun.
#[must_use]
pub fn has_begun(earlier: &DkimSigningConfig, later: &DkimSigningConfig) -> bool {
    let dates = (date(earlier.rotate_on_date.as_deref()), date(later.rotate_on_date.as_deref()));
    matches!(dates, (Some(one), Some(other)) if one < other) || matches!(dates, (None, Some(_)))
}

/// What DNS must say about a selector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// Whose it is.
    pub selector: Selector,
    /// The name in the domain, such as `selector2._domainkey.contoso.com`.
    pub name: String,
    /// Where that must point, without the dot at the end; empty if Microsoft does not say.
    pub cname: String,
    /// The public key, `p=` of the record at the target in base64, if it must be there: no more than DNS may show before a rotation.
    pub public_key: Option<String>,
    /// Fewest bits of that key.
    pub least_bits: u32,
}

/// What DNS must say before a rotation begins: the coming selector's name must lead to Microsoft's, or mail signed with the new key cannot
/// be verified. Its key is still the old one, or none.
#[must_use]
pub fn expected_before(config: &DkimSigningConfig, coming: Selector) -> Expected {
    Expected { public_key: None, ..expected_after(config, coming) }
}

/// What DNS must say of a selector once it has its new key: the record with exactly that key. The configuration must have been read after
/// the rotation began.
#[must_use]
pub fn expected_after(config: &DkimSigningConfig, selector: Selector) -> Expected {
    let (cname, record) = match selector {
        Selector::First => (&config.selector1_cname, &config.selector1_public_key),
        Selector::Second => (&config.selector2_cname, &config.selector2_public_key),
    };
    Expected {
        selector,
        name: format!("{selector}._domainkey.{}", config.domain.trim_end_matches('.')),
        cname: cname.trim().trim_end_matches('.').to_owned(),
        public_key: public_key(record),
        least_bits: LEAST_BITS,
    }
}

/// The key of a record (`v=DKIM1; k=rsa; p=...`), or of a text that is nothing but the key.
fn public_key(record: &str) -> Option<String> {
    let tags = record.split(';').filter_map(|tag| tag.split_once('='));
    let found = tags.into_iter().find(|(name, _)| name.trim() == "p").map(|(_, key)| key);
    let bare = || Some(record).filter(|text| !text.contains([';', ' ']) && text.len() > 64);
    let key: String = found.or_else(bare)?.chars().filter(|char| !char.is_whitespace()).collect();
    (!key.is_empty()).then_some(key)
}

fn after(config: &DkimSigningConfig) -> Option<Selector> {
    Selector::read(&config.selector_after_rotate_on_date)
}

fn is_short(config: &DkimSigningConfig, selector: Selector) -> bool {
    let bits = match selector {
        Selector::First => config.selector1_key_size,
        Selector::Second => config.selector2_key_size,
    };
    bits.is_some_and(|bits| bits < LEAST_BITS)
}

fn date(text: Option<&str>) -> Option<Moment> {
    // .NET's empty date is before 1970 and so none; one of the first day is as good as none.
    text.and_then(moment::parse).filter(|moment| *moment >= DAY)
}

/// Whether a domain is one that Microsoft keeps the zone of.
#[must_use]
pub fn is_initial(domain: &str) -> bool {
    let domain = domain.trim_end_matches('.').to_ascii_lowercase();
    [".onmicrosoft.com", ".onmicrosoft.us", ".partner.onmschina.cn"].iter().any(|parent| domain.ends_with(parent))
}

#[cfg(test)]
mod tests;
