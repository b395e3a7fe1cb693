//! A key record (RFC 6376 section 3.6.1), read once and kept: reading an RSA key costs a good part of checking a signature with it.

use std::sync::Arc;

use super::{
    fault::KeyFault,
    public_key::PublicKey,
    signature::{Maker, base64},
    tags::{Gaps, TagList, shown},
};

/// Most bytes of a record that is remembered; an RSA key of 8192 bits has about 1,500.
const MOST_KEPT: usize = 4 << 10;

/// A key, and what its owner says about its use.
#[derive(Debug)]
pub(crate) struct KeyRecord {
    pub key: PublicKey,
    /// `t=y`: the domain is only testing.
    pub testing: bool,
    /// `t=s`: not on behalf of addresses below the domain.
    pub strict: bool,
    /// `h=`, if it leaves SHA-256 out.
    hashes: Option<String>,
}

impl KeyRecord {
    pub(crate) fn parse(text: &[u8]) -> Result<Self, KeyFault> {
        let tags = TagList::parse(text, Gaps::Ignored).map_err(KeyFault::Syntax)?;
        for (at, tag) in tags.iter().enumerate() {
            if tag.name == "v" && (at > 0 || tag.value != b"DKIM1") {
                return Err(KeyFault::Version(shown(tag.value)));
            }
        }
        let p = tags.get("p").ok_or(KeyFault::Missing)?;
        if p.value.is_empty() {
            return Err(KeyFault::Revoked);
        }
        if let Some(tag) = tags.get("s")
            && !tag.parts().any(|service| service == b"*" || service.eq_ignore_ascii_case(b"email"))
        {
            return Err(KeyFault::Service(shown(tag.value)));
        }
        let bytes = base64(p).ok_or(KeyFault::NotAKey("its p= is not base64"))?;
        let key = match tags.get("k").map_or(&b"rsa"[..], |tag| tag.value) {
            kind if kind.eq_ignore_ascii_case(b"rsa") => PublicKey::rsa(&bytes)?,
            kind if kind.eq_ignore_ascii_case(b"ed25519") => PublicKey::ed25519(&bytes)?,
            other => return Err(KeyFault::Type(shown(other))),
        };
        let hashes = tags.get("h").filter(|tag| !tag.parts().any(|hash| hash.eq_ignore_ascii_case(b"sha256")));
        let flag = |flag: &[u8]| tags.get("t").is_some_and(|tag| tag.parts().any(|other| other.eq_ignore_ascii_case(flag)));
        Ok(Self { key, testing: flag(b"y"), strict: flag(b"s"), hashes: hashes.map(|tag| shown(tag.value)) })
    }

    /// Whether it may serve a signature.
    pub(crate) fn serves(&self, maker: &Maker) -> Result<(), KeyFault> {
        self.key.serves(maker.algorithm)?;
        if let Some(hashes) = &self.hashes {
            return Err(KeyFault::Hash(hashes.clone()));
        }
        match &maker.identity {
            Some(identity) if self.strict && *identity != maker.domain => {
                Err(KeyFault::Strict { domain: maker.domain.clone(), identity: identity.clone() })
            }
            _ => Ok(()),
        }
    }
}

/// Keys that were read, by the text of their record. What a record means never changes, so nothing in here grows old.
#[derive(Debug)]
pub struct Keys {
    read: quick_cache::sync::Cache<Box<[u8]>, Read>,
}

type Read = Result<Arc<KeyRecord>, KeyFault>;

impl Keys {
    /// Room for so many keys, of one to two thousand bytes each.
    #[must_use]
    pub fn new(room: usize) -> Self {
        Self { read: quick_cache::sync::Cache::new(room) }
    }

    pub(crate) fn read(keys: Option<&Self>, text: &[u8]) -> Read {
        let Some(keys) = keys.filter(|_| text.len() <= MOST_KEPT) else { return KeyRecord::parse(text).map(Arc::new) };
        if let Some(known) = keys.read.get(text) {
            return known;
        }
        let record = KeyRecord::parse(text).map(Arc::new);
        keys.read.insert(text.into(), record.clone());
        record
    }
}
