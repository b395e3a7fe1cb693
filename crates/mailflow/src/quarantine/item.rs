//! What is known of a message in the quarantine.

use std::{fmt, str::FromStr};

use mailauth::Message;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// What a message is called: the second it came and the beginning of its digest, sixteen hexadecimal digits in all. Sorted, they are in
/// the order of time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Id(String);

impl Id {
    pub(super) fn new(now: i64, digest: &[u8], attempt: u32) -> Self {
        let second = u32::try_from(now.div_euclid(1_000_000)).unwrap_or_default();
        let begin = digest.first_chunk::<4>().map_or(0, |begin| u32::from_be_bytes(*begin));
        Self(format!("{second:08x}{:08x}", begin.wrapping_add(attempt)))
    }

    /// As it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The second since 1970 in which it came.
    #[must_use]
    pub fn second(&self) -> i64 {
        self.0.get(..8).and_then(|digits| i64::from_str_radix(digits, 16).ok()).unwrap_or_default()
    }
}

/// A text that is no id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not what a message of the quarantine is called: sixteen hexadecimal digits")]
pub struct NoId(String);

impl FromStr for Id {
    type Err = NoId;

    fn from_str(text: &str) -> Result<Self, NoId> {
        let is_id = text.len() == 16 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if is_id { Ok(Self(text.to_owned())) } else { Err(NoId(text.chars().take(40).collect())) }
    }
}

impl TryFrom<String> for Id {
    type Error = NoId;

    fn try_from(text: String) -> Result<Self, NoId> {
        text.parse()
    }
}

impl From<Id> for String {
    fn from(id: Id) -> Self {
        id.0
    }
}

impl fmt::Display for Id {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// How far a message is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It waits.
    #[default]
    Held,
    /// Somebody is releasing it, or was when the program was killed: it may have been delivered, and may be released again.
    Releasing,
    /// A mail server has taken it.
    Released,
}

impl State {
    /// As files and tables write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Releasing => "releasing",
            Self::Released => "released",
        }
    }
}

/// What is told of a message when it is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct About {
    /// Where it came from.
    pub client: Option<String>,
    /// What the client greeted with.
    pub helo: Option<String>,
    /// The envelope's sender; empty for a bounce.
    pub mail_from: String,
    /// The envelope's recipients.
    pub recipients: Vec<String>,
    /// The address of its author.
    pub from: Option<String>,
    /// Its subject, decoded.
    pub subject: Option<String>,
    /// Its Message-ID.
    pub message_id: Option<String>,
    /// What telemetry calls it.
    pub network_message_id: Option<String>,
    /// What the mail server's queue called it.
    pub queue_id: Option<String>,
    /// The rule that kept it.
    pub rule: String,
    /// Why that matched.
    pub because: Vec<String>,
    /// The Authentication-Results that it would have been given: it is given them when it is released.
    pub authentication_results: Option<String>,
}

/// What is known of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// What it is called.
    pub id: Id,
    /// When it came, in microseconds since 1970.
    pub received: i64,
    /// How far it is.
    pub state: State,
    /// When it was released, or began to be, in microseconds since 1970.
    pub released: Option<i64>,
    /// Its size in bytes.
    pub size: u64,
    /// The digest of what a reader sees of it, by which it is known again when it is released: see [`fingerprint`].
    pub fingerprint: String,
    /// What was told of it.
    #[serde(flatten)]
    pub about: About,
}

impl Item {
    pub(super) fn new(id: Id, message: &[u8], about: About, now: i64) -> Self {
        let size = u64::try_from(message.len()).unwrap_or(u64::MAX);
        let fingerprint = fingerprint(&Message::new(message));
        Self { id, received: now, state: State::Held, released: None, size, fingerprint, about }
    }
}

/// The fields that a reader sees, or that say how the body is to be read.
const SEEN: [&str; 9] =
    ["From", "Sender", "Reply-To", "To", "Cc", "Subject", "Content-Type", "Content-Transfer-Encoding", "Content-Disposition"];

/// The digest (SHA-256) of what a reader sees of a message: those fields, without the white space that folding puts there, and the body
/// without line ends at its end. Servers that hand a message on add fields and a last line end; they change none of this.
#[must_use]
pub(super) fn fingerprint(message: &Message<'_>) -> String {
    let mut digest = Sha256::new();
    for name in SEEN {
        for field in message.all(name) {
            digest.update(name.as_bytes());
            digest.update(b":");
            digest.update(field.text().split_whitespace().collect::<Vec<_>>().join(" ").as_bytes());
            digest.update(b"\n");
        }
    }
    digest.update(b"\n");
    let body = message.body();
    let end = body.iter().rposition(|byte| !matches!(byte, b'\r' | b'\n')).map_or(0, |at| at + 1);
    digest.update(body.get(..end).unwrap_or_default());
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
