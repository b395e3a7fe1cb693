//! What an evaluation of DMARC comes to, with its reasons.

use serde::Serialize;

/// The results of RFC 9989 as RFC 8601 headers write them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DmarcResult {
    /// No author, or no policy was published.
    None,
    /// SPF or DKIM passes for a domain that is aligned with the author's.
    Pass,
    /// Neither does.
    Fail,
    /// The DNS did not answer; a later try may.
    Temperror,
    /// The message has no author domain that can be evaluated.
    Permerror,
}

impl DmarcResult {
    /// As headers write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Temperror => "temperror",
            Self::Permerror => "permerror",
        }
    }
}

/// What a domain asks of those who receive mail that it does not vouch for. Ordered: the stricter is the greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Policy {
    /// Nothing.
    None,
    /// To set it apart.
    Quarantine,
    /// To refuse it.
    Reject,
}

impl Policy {
    /// As records and headers write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Quarantine => "quarantine",
            Self::Reject => "reject",
        }
    }
}

/// The verdict on one author domain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Author {
    /// The domain of the author.
    pub domain: String,
    /// What it comes to for this domain.
    pub result: DmarcResult,
    /// What its owner asks of receivers, after `t=y` has lowered it; `None` without a record.
    pub policy: Option<Policy>,
    /// The tag that the policy was taken from: `p`, `sp` or `np`.
    pub policy_tag: Option<&'static str>,
    /// Where the record was found.
    pub policy_domain: Option<String>,
    /// The record.
    pub record: Option<String>,
    /// The organisational domain, by which relaxed alignment is decided.
    pub organizational_domain: Option<String>,
    /// Whether the record says that it is only being tried out (`t=y`).
    pub testing: bool,
    /// The domain for which SPF passes and that is aligned; `None` if there is none.
    pub spf_aligned: Option<String>,
    /// The first signing domain whose signature passes and that is aligned; `None` if there is none.
    pub dkim_aligned: Option<String>,
    /// In words, for people: why this result.
    pub reason: String,
}

/// A verdict, and what it was made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Dmarc {
    /// What it comes to: of several authors, that of [`Dmarc::domain`].
    pub result: DmarcResult,
    /// The author domain that decided: of several, the one whose failing policy is the strictest.
    pub domain: Option<String>,
    /// What is asked of receivers.
    pub policy: Option<Policy>,
    /// Every author domain; more than one is what attackers do (RFC 9989 section 11.5).
    pub authors: Vec<Author>,
    /// In words, for people: why this result.
    pub reason: String,
}
