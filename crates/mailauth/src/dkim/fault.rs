//! What can be wrong with a signature or its key, in words for people, and which result of RFC 8601 section 2.7.1 each is.

use super::{signature::MOST_SIGNED, tags::TagFault, verdict::DkimResult, verify::MOST_SIGNATURES};

/// Why a signature does not pass.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Fault {
    // Of the signature, RFC 6376 section 6.1.1.
    #[error("it is not looked at: a message has only its first {MOST_SIGNATURES} signatures checked")]
    TooManySignatures,
    #[error("the signature cannot be read: {0}")]
    Syntax(TagFault),
    #[error("the signature has no {0}= tag")]
    Missing(&'static str),
    #[error("the signature is of version \"{0}\"; only version 1 is known")]
    Version(String),
    #[error("the {tag}= tag of the signature cannot be read: {problem}")]
    Tag { tag: &'static str, problem: String },
    #[error("the signature names more than {MOST_SIGNED} header fields")]
    TooManyNames,
    #[error("the algorithm {0} is not known")]
    Algorithm(String),
    #[error("the signature uses SHA-1, which nobody may rely on any more (RFC 8301)")]
    Sha1,
    #[error("the canonicalization {0} is not known")]
    Form(String),
    #[error("the key cannot be asked for by {0}; only dns/txt is known")]
    Query(String),
    #[error("the identity {identity} is not within the signing domain {domain}")]
    Identity { identity: String, domain: String },
    #[error("the signature does not cover From")]
    FromUnsigned,
    #[error("it covers ARC-Seal, which only seals may do")]
    CoversSeal,
    #[error("it has an h= tag, which no seal may have")]
    SealNames,
    #[error("the signature ended {0}")]
    Expired(String),
    #[error("the signature is dated {0} from now")]
    Future(String),

    // Of the key, section 6.1.2.
    #[error("the key cannot be asked for: {0} is no domain name")]
    KeyName(String),
    #[error("the key at {name} could not be asked for: {why}")]
    Trouble { name: String, why: String },
    #[error("{name} holds no key: {why}")]
    NoKey { name: String, why: String },
    #[error("the key at {name} {problem}")]
    Key { name: String, problem: KeyFault },

    // Of what was signed, section 6.1.3.
    #[error("the body has {whole} bytes, fewer than the {signed} that were signed")]
    BodyShort { whole: u64, signed: u64 },
    #[error("the body is not the one that was signed")]
    Body,
    #[error("the header is not the one that was signed, or it was signed with another key than that at {name}")]
    Signature { name: String },
}

/// Why a key cannot serve a signature. Each goes on from "the key at NAME".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum KeyFault {
    #[error("cannot be read: {0}")]
    Syntax(TagFault),
    #[error("is of version \"{0}\"; only DKIM1, as its first tag, is known")]
    Version(String),
    #[error("has no p= tag")]
    Missing,
    #[error("has been revoked: its p= is empty")]
    Revoked,
    #[error("is no key: {0}")]
    NotAKey(&'static str),
    #[error("is of type {0}, which is not known")]
    Type(String),
    #[error("is of type {key}, but the signature is made with {algorithm}")]
    OtherType { key: &'static str, algorithm: &'static str },
    #[error("may be used with {0} only, but the signature uses sha256")]
    Hash(String),
    #[error("is for {0}, not for mail")]
    Service(String),
    #[error("is for addresses at {domain} itself, but the signature is on behalf of {identity}")]
    Strict { domain: String, identity: String },
    #[error("has {0} bits; at least 1024 are required")]
    Small(u32),
    #[error("has {0} bits; at most 8192 are checked")]
    Large(u32),
}

impl Fault {
    pub(crate) fn result(&self) -> DkimResult {
        match self {
            Self::TooManySignatures | Self::Sha1 | Self::Expired(_) | Self::Future(_) => DkimResult::Policy,
            Self::Syntax(_)
            | Self::Version(_)
            | Self::Tag { .. }
            | Self::TooManyNames
            | Self::Algorithm(_)
            | Self::Form(_)
            | Self::Query(_) => DkimResult::Neutral,
            Self::Missing(_)
            | Self::Identity { .. }
            | Self::FromUnsigned
            | Self::CoversSeal
            | Self::SealNames
            | Self::KeyName(_)
            | Self::NoKey { .. } => DkimResult::Permerror,
            Self::Trouble { .. } => DkimResult::Temperror,
            Self::Key { problem: KeyFault::Small(_) | KeyFault::Large(_), .. } => DkimResult::Policy,
            Self::Key { .. } => DkimResult::Permerror,
            Self::BodyShort { .. } | Self::Body | Self::Signature { .. } => DkimResult::Fail,
        }
    }
}

/// A length of time as people say it, in its largest whole unit.
pub(crate) fn span(seconds: u64) -> String {
    let (count, unit) = match seconds {
        0..120 => (seconds, "second"),
        120..7_200 => (seconds / 60, "minute"),
        7_200..172_800 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    if count == 1 { format!("1 {unit}") } else { format!("{count} {unit}s") }
}
