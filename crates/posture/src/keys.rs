//! DKIM keys that earlier checks have seen: the only way to know how old one is.

use std::collections::BTreeMap;

/// Microseconds since 1970 in UTC.
type Moment = i64;

/// When a key was first and last seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeySeen {
    /// First.
    pub first: Moment,
    /// Last.
    pub last: Moment,
}

/// Keys seen before, by the name they stand at and the base64 text of `p=`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyHistory {
    seen: BTreeMap<(String, String), KeySeen>,
}

impl KeyHistory {
    /// Remembers that a key was seen.
    pub fn saw(&mut self, name: &str, key: &str, seen: KeySeen) {
        let known = self.seen.entry((name.to_owned(), key.to_owned())).or_insert(seen);
        known.first = known.first.min(seen.first);
        known.last = known.last.max(seen.last);
    }

    /// When a key was seen.
    #[must_use]
    pub fn of(&self, name: &str, key: &str) -> Option<KeySeen> {
        self.seen.get(&(name.to_owned(), key.to_owned())).copied()
    }

    /// Every key that stood at a name.
    pub fn at(&self, name: &str) -> impl Iterator<Item = (&str, KeySeen)> {
        self.seen.iter().filter(move |((at, _), _)| at == name).map(|((_, key), seen)| (key.as_str(), *seen))
    }

    /// Every key with the name it stood at.
    pub fn all(&self) -> impl Iterator<Item = (&str, &str, KeySeen)> {
        self.seen.iter().map(|((name, key), seen)| (name.as_str(), key.as_str(), *seen))
    }

    /// Every name at which a key was seen, once.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let mut last = None;
        self.seen.keys().map(|(name, _)| name.as_str()).filter(move |name| last.replace(*name) != Some(*name))
    }

    /// Every name at which a key was seen.
    pub fn names_of(&self, key: &str) -> impl Iterator<Item = (&str, KeySeen)> {
        self.seen.iter().filter(move |((_, other), _)| other == key).map(|((name, _), seen)| (name.as_str(), *seen))
    }
}
