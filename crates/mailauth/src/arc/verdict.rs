//! What a chain comes to, with its reasons.

use serde::Serialize;

use crate::dkim::Dkim;

/// The results of RFC 8617 section 4.4.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ArcResult {
    /// No chain.
    None,
    /// Every seal verifies, and the newest message signature does.
    Pass,
    /// The chain is broken.
    Fail,
    /// A key could not be asked for; a later try may succeed. Whoever passes the message on without one has to call that a fail (section 5.2.1).
    Temperror,
}

impl ArcResult {
    /// As headers write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Temperror => "temperror",
        }
    }
}

/// One set of a chain: the three fields of an instance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sealed {
    /// The instance, 1 for the oldest.
    pub instance: u32,
    /// Who sealed (`d=` of ARC-Seal).
    pub domain: Option<String>,
    /// With which key (`s=` of ARC-Seal).
    pub selector: Option<String>,
    /// What the sealer said of the chain before it (`cv=`).
    pub chain: Option<String>,
    /// What the sealer saw: the text of its ARC-Authentication-Results, after the instance.
    pub results: Option<String>,
    /// Its seal, as far as it was looked at.
    pub seal: Option<Dkim>,
    /// Its signature of the message, as far as it was looked at.
    pub message_signature: Option<Dkim>,
}

/// A verdict, and what it was made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Arc {
    /// What it comes to.
    pub result: ArcResult,
    /// The sets, the oldest first.
    pub sets: Vec<Sealed>,
    /// The oldest instance whose message signature still verifies (`arc.oldest-pass`); 0 if all do.
    pub oldest_pass: Option<u32>,
    /// In words, for people: why this result.
    pub reason: String,
}
