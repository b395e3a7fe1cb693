//! A change of the records of one kind at one name, and who makes it.

use std::fmt;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::wire;

/// Kinds of records that are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum RecordKind {
    /// Texts.
    Txt,
    /// An alias.
    Cname,
    /// Mail exchangers.
    Mx,
}

/// One record's value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Value {
    /// A text, in one piece whatever its length; it is cut into strings when it is written (RFC 7208 section 3.3), and compared whatever
    /// its cuts are when it is read.
    Txt(String),
    /// The name that an alias stands for, without the dot at the end.
    Cname(String),
    /// A mail exchanger; the host is empty for the null MX of RFC 7505.
    Mx(u16, String),
}

/// What is to stand at a name, and what stands there before.
///
/// `before` and `after` are all records of the kind at the name: what is not in `after` goes. Records of other kinds at the name, and of
/// any kind at other names, are never touched. Where several users share a name, as SPF and tokens of proof do at the top of a domain,
/// [`Change::adding`], [`Change::removing`] and [`Change::swapping`] make a change of one record from what stands there now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The name, without the dot at the end.
    pub name: String,
    /// Of which kind.
    pub kind: RecordKind,
    /// What must stand there for the change to be made, in any order: none is that nothing of the kind does.
    pub before: Vec<Value>,
    /// What stands there afterwards, in any order: none takes all away.
    pub after: Vec<Value>,
    /// How long answers may be remembered, in seconds. It is no part of what is compared.
    pub ttl: u32,
}

impl Change {
    /// The change that takes this one back.
    #[must_use]
    pub fn undo(&self) -> Self {
        Self { before: self.after.clone(), after: self.before.clone(), ..self.clone() }
    }

    /// A record more beside those that stand there now, which are `present`. One that is there already stays one.
    #[must_use]
    pub fn adding(name: impl Into<String>, present: &[Value], value: Value, ttl: u32) -> Self {
        let kind = value.kind();
        let mut after = without(present, &value);
        after.push(value);
        Self { name: name.into(), kind, before: present.to_vec(), after, ttl }
    }

    /// A record less; the others of those that stand there now, which are `present`, stay.
    #[must_use]
    pub fn removing(name: impl Into<String>, present: &[Value], value: &Value, ttl: u32) -> Self {
        Self { name: name.into(), kind: value.kind(), before: present.to_vec(), after: without(present, value), ttl }
    }

    /// A record in place of another; the others of those that stand there now, which are `present`, stay.
    #[must_use]
    pub fn swapping(name: impl Into<String>, present: &[Value], old: &Value, new: Value, ttl: u32) -> Self {
        Self { before: present.to_vec(), ..Self::adding(name, &without(present, old), new, ttl) }
    }

    /// Whether what is to stand there is what stands there before.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        same(&self.before, &self.after)
    }

    /// Whether this can be written at all.
    ///
    /// # Errors
    ///
    /// What is wrong with the name, the time or a value.
    pub fn check(&self) -> Result<(), Unwritable> {
        wire::Planned::new(self).map(drop)
    }
}

fn without(present: &[Value], value: &Value) -> Vec<Value> {
    present.iter().filter(|other| !other.same(value)).cloned().collect()
}

/// Whether two sets of records are the same, in whatever order and however often one is named.
#[must_use]
pub fn same(some: &[Value], others: &[Value]) -> bool {
    let within = |some: &[Value], others: &[Value]| some.iter().all(|one| others.iter().any(|other| one.same(other)));
    within(some, others) && within(others, some)
}

impl Value {
    /// Of which kind it is.
    #[must_use]
    pub const fn kind(&self) -> RecordKind {
        match self {
            Self::Txt(_) => RecordKind::Txt,
            Self::Cname(_) => RecordKind::Cname,
            Self::Mx(..) => RecordKind::Mx,
        }
    }

    /// Whether it means the same: texts byte for byte, names without regard to case and a dot at the end (RFC 4343).
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        let plain = |name: &str| name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
        match (self, other) {
            (Self::Txt(one), Self::Txt(other)) => one == other,
            (Self::Cname(one), Self::Cname(other)) => plain(one) == plain(other),
            (Self::Mx(one, host), Self::Mx(other, others)) => one == other && plain(host) == plain(others),
            _ => false,
        }
    }
}

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Applied {
    /// It was made.
    Made,
    /// What should stand there stood there already.
    Already,
}

/// Why a change was not made.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WriteError {
    /// Something else stands there than what the change begins with. Nothing was changed.
    #[error("{name} {kind} is not what it was when the change was planned; it is now {now}")]
    Conflict {
        /// The name.
        name: String,
        /// Of which kind.
        kind: RecordKind,
        /// What stands there, as text.
        now: String,
    },
    /// The server does not let this key make this change. Nothing was changed.
    #[error("{server} refuses to change {name}: {reason}")]
    Refused {
        /// The server.
        server: String,
        /// The name.
        name: String,
        /// What it said, and what to do.
        reason: String,
    },
    /// The server did not answer in time, or what it said makes no sense. Whether the change was made is not known: making it again is safe.
    #[error("{server}: {reason}")]
    Trouble {
        /// The server.
        server: String,
        /// What is wrong.
        reason: String,
    },
    /// What is to be written cannot be a record. Nothing was changed.
    #[error(transparent)]
    Value(#[from] Unwritable),
    /// Nobody here can write the zone: somebody has to do it by hand, and here is how. Nothing was changed.
    #[error("nobody here can write the zone of {}. By hand: {}", .0.name, .0.as_steps())]
    ByHand(Box<Change>),
}

/// Why something cannot be a record.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Unwritable {
    /// A name that no zone can hold, or that no mail software would ask for.
    #[error("`{name}` cannot be a name in the DNS: {fault}")]
    Name {
        /// As it was given.
        name: String,
        /// What is wrong with it.
        fault: NameFault,
    },
    /// A text that fits in no record, strings and their lengths together (RFC 1035 section 3.2.1).
    #[error("a text of {bytes} bytes does not fit in a record: at most {} do", wire::MAX_TEXT)]
    Text {
        /// How long it is.
        bytes: usize,
    },
    /// The records together fit in no message (RFC 1035 section 4.2.2).
    #[error("the records, old and new, are {bytes} bytes together: at most {} fit in a message of the DNS", wire::MAX_RECORDS)]
    Records {
        /// How long they are together, at least.
        bytes: usize,
    },
    /// A value of another kind than the change is of.
    #[error("a value of kind {found} in a change of {expected} records")]
    Kind {
        /// The change's.
        expected: RecordKind,
        /// The value's.
        found: RecordKind,
    },
    /// RFC 1034 section 3.6.2: a name is an alias of one other at most.
    #[error("a name cannot be an alias of several others")]
    Aliases,
    /// RFC 7505 section 3: a null MX stands alone and has preference 0.
    #[error("an empty mail exchanger says that the domain takes no mail: it has preference 0 and stands alone")]
    NullMx,
    /// RFC 2181 section 8.
    #[error("{0} seconds is longer than answers may be remembered: at most 2,147,483,647")]
    Ttl(u32),
}

/// What is wrong with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NameFault {
    /// There is none.
    #[error("it is empty")]
    Empty,
    /// Two dots follow one another, or one stands at the beginning.
    #[error("there is nothing between two dots")]
    EmptyLabel,
    /// RFC 1035 section 2.3.4.
    #[error("a part between dots has more than 63 bytes")]
    LongLabel,
    /// RFC 1035 section 2.3.4.
    #[error("it has more than 253 bytes")]
    Long,
    /// Letters, digits, `-` and `_` only, and `*` as the whole first part.
    #[error("`{0}` cannot stand in it")]
    Character(char),
}

/// Who can change a zone.
#[async_trait]
pub trait ZoneWriter: Send + Sync + fmt::Debug {
    /// Makes a change in one step, if what it begins with stands there. Making the same change again is [`Applied::Already`].
    ///
    /// # Errors
    ///
    /// It was not made, or nobody knows.
    async fn apply(&self, change: &Change) -> Result<Applied, WriteError>;
}

impl fmt::Display for RecordKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Txt => "TXT",
            Self::Cname => "CNAME",
            Self::Mx => "MX",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Change, Value, same};

    fn text(text: &str) -> Value {
        Value::Txt(text.to_owned())
    }

    #[test]
    fn one_record_of_several_is_changed_and_the_others_stay() {
        let present = [text("v=spf1 -all"), text("proof=1")];
        let more = Change::adding("example.com", &present, text("proof=2"), 300);
        assert_eq!(more.before, present);
        assert_eq!(more.after, [text("v=spf1 -all"), text("proof=1"), text("proof=2")]);
        let less = Change::removing("example.com", &present, &text("proof=1"), 300);
        assert_eq!((less.before.as_slice(), less.after), (present.as_slice(), vec![text("v=spf1 -all")]));
        let other = Change::swapping("example.com", &present, &text("v=spf1 -all"), text("v=spf1 mx -all"), 300);
        assert_eq!((other.before.as_slice(), other.after), (present.as_slice(), vec![text("proof=1"), text("v=spf1 mx -all")]));
    }

    #[test]
    fn adding_what_is_there_changes_nothing() {
        assert!(Change::adding("example.com", &[text("a"), text("b")], text("a"), 300).is_nothing());
        assert!(Change::removing("example.com", &[text("a")], &text("b"), 300).is_nothing());
    }

    #[test]
    fn the_undo_of_an_undo_is_the_change() {
        let change = Change::adding("example.com", &[], text("a"), 300);
        assert_eq!(change.undo().after, []);
        assert_eq!(change.undo().undo(), change);
    }

    #[test]
    fn names_are_the_same_in_whatever_case_and_texts_are_not() {
        let alias = |name: &str| Value::Cname(name.to_owned());
        assert!(alias("Target.example.").same(&alias("target.example")));
        assert!(Value::Mx(10, "MX.example".to_owned()).same(&Value::Mx(10, "mx.example".to_owned())));
        assert!(!Value::Mx(10, "mx.example".to_owned()).same(&Value::Mx(20, "mx.example".to_owned())));
        assert!(!text("A").same(&text("a")));
    }

    #[test]
    fn sets_are_compared_without_order() {
        assert!(same(&[text("a"), text("b")], &[text("b"), text("a"), text("a")]));
        assert!(!same(&[text("a")], &[]));
    }
}
