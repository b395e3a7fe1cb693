//! What a signature comes to, with its reasons.

use serde::Serialize;

/// The results of RFC 8601 section 2.7.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DkimResult {
    /// The signature verifies.
    Pass,
    /// It does not: the header or the body is not what was signed.
    Fail,
    /// It is not accepted, whether it verifies or not: SHA-1, a key of too few bits, a time that is over or still to come.
    Policy,
    /// It cannot be understood, or is of a kind that is not known.
    Neutral,
    /// The key could not be asked for; a later try may succeed.
    Temperror,
    /// There is no key, or none that may serve it; or something that is required of it is missing.
    Permerror,
}

impl DkimResult {
    /// As headers write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Policy => "policy",
            Self::Neutral => "neutral",
            Self::Temperror => "temperror",
            Self::Permerror => "permerror",
        }
    }
}

/// A signature, and what became of it. Texts are as the signature has them, as far as they could be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Dkim {
    /// What it comes to.
    pub result: DkimResult,
    /// Who signed (`d=`), in lower case.
    pub domain: Option<String>,
    /// Which key (`s=`).
    pub selector: Option<String>,
    /// On whose behalf (`i=`), decoded.
    pub identity: Option<String>,
    /// How (`a=`), such as `rsa-sha256`.
    pub algorithm: Option<String>,
    /// Header and body canonicalisation (`c=`), such as `relaxed/simple`.
    pub canonicalization: Option<String>,
    /// The signed header fields (`h=`), in the order of the signature.
    pub signed_headers: Vec<String>,
    /// How much of the body is signed (`l=`), in bytes; `None` is all of it.
    pub body_length: Option<u64>,
    /// When it was signed (`t=`), in seconds since 1970.
    pub signed_at: Option<u64>,
    /// When it ends (`x=`), in seconds since 1970.
    pub expires_at: Option<u64>,
    /// The first eight characters of the signature, by which RFC 6008 tells several of a message apart (`header.b`).
    pub tag: Option<String>,
    /// The key's size in bits.
    pub key_bits: Option<u32>,
    /// Whether the key says that its domain is only testing (`t=y`).
    pub testing: bool,
    /// Whether the key says that `i=` must be at the domain itself and not below it (`t=s`).
    pub strict: bool,
    /// Where the key was asked for, such as `s1._domainkey.example.com`.
    pub key_name: Option<String>,
    /// In words, for people: why this result.
    pub reason: String,
}
