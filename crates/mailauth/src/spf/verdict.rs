//! What an evaluation of SPF comes to, with its reasons.

use serde::Serialize;

/// The results of RFC 7208 section 2.6.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SpfResult {
    /// No domain to ask about, or it publishes no record.
    None,
    /// The domain says nothing about this host.
    Neutral,
    /// The host may send for the domain.
    Pass,
    /// The host may not.
    Fail,
    /// It probably may not.
    Softfail,
    /// The DNS did not answer; a later try may.
    Temperror,
    /// The record cannot be understood, or asks too much.
    Permerror,
}

impl SpfResult {
    /// As headers write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Neutral => "neutral",
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Softfail => "softfail",
            Self::Temperror => "temperror",
            Self::Permerror => "permerror",
        }
    }
}

/// Which name was checked (RFC 7208 sections 2.3 and 2.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Identity {
    /// The domain of the envelope sender.
    Mailfrom,
    /// The name the client greeted with; also what stands in for an empty envelope sender.
    Helo,
}

/// A verdict, and what it was made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Spf {
    /// What it comes to.
    pub result: SpfResult,
    /// The domain that was asked about, as given.
    pub domain: String,
    /// Which name the domain was taken from.
    pub identity: Identity,
    /// In words, for people: the mechanism that decided or what went wrong, and where.
    pub reason: String,
    /// The record of [`Spf::domain`], if there is one.
    pub record: Option<String>,
    /// The term that decided, as it is written in its record, such as `ip4:192.0.2.0/24`; `None` if no term did.
    pub mechanism: Option<String>,
    /// The domain whose record holds [`Spf::mechanism`]: another than [`Spf::domain`] behind `include` and `redirect`.
    pub decided_by: Option<String>,
    /// What the domain says about a fail, if it has `exp` (RFC 7208 section 6.2).
    pub explanation: Option<String>,
    /// Terms that asked the DNS; ten are allowed (RFC 7208 section 4.6.4).
    pub lookups: u32,
    /// Questions that found nothing; two are allowed.
    pub void_lookups: u32,
}

impl Spf {
    /// Whether there was a host to evaluate: not so for messages whose client nobody knows.
    #[must_use]
    pub fn was_evaluated(&self) -> bool {
        !self.domain.is_empty()
    }

    /// Nothing was evaluated, because nobody knows which host sent the message.
    #[must_use]
    pub fn without_client() -> Self {
        Self {
            result: SpfResult::None,
            domain: String::new(),
            identity: Identity::Mailfrom,
            reason: "the address of the host that sent the message is not known".to_owned(),
            record: None,
            mechanism: None,
            decided_by: None,
            explanation: None,
            lookups: 0,
            void_lookups: 0,
        }
    }
}
