//! A change of the records of one kind at one name, and who makes it.

use std::fmt;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use thiserror::Error;

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
    /// A text, in one piece whatever its length; it is cut into strings when it is written (RFC 7208 section 3.3).
    Txt(String),
    /// The name that an alias stands for, without the dot at the end.
    Cname(String),
    /// A mail exchanger; the host is empty for the null MX of RFC 7505.
    Mx(u16, String),
}

/// What is to stand at a name, and what stands there before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The name, without the dot at the end.
    pub name: String,
    /// Of which kind.
    pub kind: RecordKind,
    /// What must stand there for the change to be made: none is that nothing of the kind does.
    pub before: Vec<Value>,
    /// What stands there afterwards: none takes all away.
    pub after: Vec<Value>,
    /// How long answers may be remembered, in seconds.
    pub ttl: u32,
}

impl Change {
    /// The change that takes this one back.
    #[must_use]
    pub fn undo(&self) -> Self {
        Self { before: self.after.clone(), after: self.before.clone(), ..self.clone() }
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
    /// The server does not let this key make this change.
    #[error("{server} refuses to change {name}: {reason}")]
    Refused {
        /// The server.
        server: String,
        /// The name.
        name: String,
        /// What it said.
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
    /// What is to be written cannot be a record.
    #[error("{0}")]
    Value(String),
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
