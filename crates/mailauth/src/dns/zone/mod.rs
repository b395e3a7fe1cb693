//! A recorded zone file that answers questions: what a test or an investigation asks instead of a network.
//!
//! The text is a master file (RFC 1035 section 5) that may hold any number of domains; [`read`] says what is understood of it. Answers
//! follow RFC 1034 section 4.3.2: aliases are followed, a name that only has names below it exists, wildcards stand in for names that do
//! not exist (RFC 4592). A name that nothing in the file implies does not exist.
//!
//! Six lines of our own say what records cannot:
//!
//! ```text
//! $TROUBLE name [type] reason    questions at the name fail, for this reason
//! $NXDOMAIN name                 the name does not exist, whatever else the file says
//! $NODATA name [type]            the name exists and has no record (of the type)
//! $ALIAS name [ttl] target       a question for the alias at the name is answered so, and no other question follows it
//! $SECURE name [type]            DNSSEC proves the records at the name and below it (of the type: the answer to this one question)
//! $UNKNOWN reason                what nothing in the file answers fails, instead of not existing
//! ```

mod data;
mod problem;
mod read;
#[cfg(test)]
mod tests;
mod words;
mod write;

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;

pub use problem::{ZoneError, ZoneProblem};
pub(super) use write::write_answer;

use super::{Absent, Answer, Kind, Records, Resolver};

/// How many aliases may follow one another. Name servers stop between 8 and 17.
const MAX_ALIASES: usize = 16;

/// How long an answer may be remembered where the file does not say.
const DEFAULT_TTL: Duration = Duration::from_secs(3600);

/// A zone file, ready to answer.
#[derive(Debug, Clone, Default)]
pub struct Zone {
    /// Every name that exists, those between a record's name and the root among them. Wildcards stand under their own names.
    names: HashMap<Box<str>, Node>,
    /// What is said outright about a name, before anything else is looked at.
    said: HashMap<Box<str>, Vec<(Option<Kind>, Absent)>>,
    /// What a question for the alias at a name comes to, which no other question looks at.
    aliases: HashMap<Box<str>, (Box<str>, Duration)>,
    secure: Secure,
    /// What a question comes to that nothing answers.
    unknown: Option<Absent>,
}

/// What DNSSEC proves.
#[derive(Debug, Clone, Default)]
struct Secure {
    /// Names at which and below which everything is.
    below: HashSet<Box<str>>,
    /// Answers to single questions.
    answers: HashSet<(Box<str>, Kind)>,
}

impl Secure {
    fn holds(&self, name: &str) -> bool {
        let above = std::iter::successors(Some(name), |name| match name.split_once('.') {
            Some((_, rest)) => Some(rest),
            None => (!name.is_empty()).then_some(""),
        });
        !self.below.is_empty() && above.into_iter().any(|name| self.below.contains(name))
    }
}

/// What stands at a name.
#[derive(Debug, Clone, Default)]
struct Node {
    records: Vec<(Records, Duration)>,
    alias: Option<(Box<str>, Duration)>,
}

impl Zone {
    /// Reads a master file.
    ///
    /// # Errors
    ///
    /// The first line that is no record and no directive, and what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, ZoneError> {
        read::read(text)
    }

    /// What the file says to a question.
    #[must_use]
    pub fn answer(&self, name: &str, kind: Kind) -> Answer {
        let outright = !self.secure.answers.is_empty() && self.secure.answers.contains(&(name.into(), kind));
        if kind == Kind::Cname
            && let Some(alias) = self.aliases.get(name)
        {
            return Answer { secure: outright || self.secure.holds(name), ..alone(alias) };
        }
        let mut name = Cow::Borrowed(name);
        let mut keep = Duration::MAX;
        let mut proven = true;
        for _ in 0..=MAX_ALIASES {
            if let Some(absent) = self.said(&name, kind) {
                return Answer::absent(absent.clone(), keep.min(DEFAULT_TTL));
            }
            proven &= self.secure.holds(&name);
            let node = self.node(&name);
            if let Some((records, ttl)) = node.and_then(|node| node.records.iter().find(|(records, _)| records.kind() == kind)) {
                return Answer { outcome: Ok(records.clone()), keep: keep.min(*ttl), secure: outright || proven };
            }
            if let Some(alias) = node.and_then(|node| node.alias.as_ref()) {
                if kind == Kind::Cname {
                    return Answer { secure: outright || proven, ..alone(alias) };
                }
                let (target, ttl) = alias;
                keep = keep.min(*ttl);
                name = Cow::Owned(target.to_string());
                continue;
            }
            let otherwise = if node.is_some() { Absent::NoData } else { Absent::NoSuchName };
            return Answer::absent(self.unknown.clone().unwrap_or(otherwise), keep.min(DEFAULT_TTL));
        }
        let words = format!("more than {MAX_ALIASES} aliases follow one another, the last at {name}");
        Answer::absent(Absent::Trouble(words.into()), DEFAULT_TTL)
    }

    fn said(&self, name: &str, kind: Kind) -> Option<&Absent> {
        let lines = self.said.get(name)?;
        lines.iter().find(|(of, _)| of.is_none_or(|of| of == kind)).map(|(_, absent)| absent)
    }

    /// The name itself, or the wildcard below the closest name above it that exists (RFC 4592 section 3.3.1).
    fn node(&self, name: &str) -> Option<&Node> {
        if let Some(node) = self.names.get(name) {
            return Some(node);
        }
        let mut rest = name;
        while !rest.is_empty() {
            rest = rest.split_once('.').map_or("", |(_, above)| above);
            if self.names.contains_key(rest) {
                let wildcard = if rest.is_empty() { "*".to_owned() } else { format!("*.{rest}") };
                return self.names.get(wildcard.as_str());
            }
        }
        None
    }
}

/// An alias as an answer.
fn alone((target, ttl): &(Box<str>, Duration)) -> Answer {
    Answer::found(Records::Cname(Arc::new([target.clone()])), *ttl)
}

#[async_trait]
impl Resolver for Zone {
    async fn lookup(&self, name: &str, kind: Kind) -> Answer {
        self.answer(name, kind)
    }

    fn peek(&self, name: &str, kind: Kind) -> Option<Answer> {
        Some(self.answer(name, kind))
    }
}
