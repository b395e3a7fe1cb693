//! Who decides about messages: a trait, so that the protocol never knows why.
//!
//! Start with [`Handler`]. A handler may fail, stop or take too long: the server then answers in its place ([`crate::Fallback`]).

use std::time::Duration;

use async_trait::async_trait;

use crate::envelope::{Client, Envelope, Path};

/// Decides. Every step but the last has an answer of its own: go on.
#[async_trait]
pub trait Handler: Send + Sync + 'static {
    /// Somebody connected to the server. To accept here is to be shown nothing of this client.
    async fn connect(&self, client: &Client) -> Verdict {
        let _ = client;
        Verdict::Continue
    }

    /// The client greeted.
    async fn helo(&self, client: &Client) -> Verdict {
        let _ = client;
        Verdict::Continue
    }

    /// The client named a sender. To accept here is not to be shown this message.
    async fn mail(&self, envelope: &Envelope) -> Verdict {
        let _ = envelope;
        Verdict::Continue
    }

    /// The client named another recipient, who is not in the envelope yet. To refuse is to refuse this recipient.
    async fn recipient(&self, envelope: &Envelope, recipient: &Path) -> Verdict {
        let _ = (envelope, recipient);
        Verdict::Continue
    }

    /// A message, byte for byte as it came, with CR LF at the ends of lines. What stood before its header, the server's own
    /// `Received` among it, is not there yet.
    async fn message(&self, envelope: Envelope, message: Vec<u8>) -> Answer;

    /// Something happened that somebody may count or tell. Never holds anything of a message.
    fn noted(&self, event: &Event) {
        let _ = event;
    }
}

/// What becomes of a client, a recipient or a message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Verdict {
    /// Go on; at the end of a message: deliver it.
    #[default]
    Continue,
    /// Deliver it, and show no more.
    Accept,
    /// Refuse it for good, in the server's words.
    Reject,
    /// Have the client try again later, in the server's words.
    Tempfail,
    /// Say that it is taken, and drop it.
    Discard,
    /// Refuse it in these words.
    Refuse(Refusal),
}

/// A refusal in words: `550 5.7.1 not from here`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    line: String,
}

impl Refusal {
    /// The longest text that is sent; RFC 5321 section 4.5.3.1.5 allows 512 bytes for a line of a reply.
    const LONGEST: usize = 450;

    /// A refusal; `None` if the code is no refusal's (RFC 5321 section 4.2.1), or the status is not of its class (RFC 3463 section 2).
    /// Without a status it is `X.7.1`: delivery not authorised. Of the text, what a line of a reply cannot hold is replaced.
    #[must_use]
    pub fn new(code: u16, status: Option<&str>, text: &str) -> Option<Self> {
        let class = code / 100;
        if !matches!(class, 4 | 5) {
            return None;
        }
        let status = match status {
            Some(status) => is_status(status, class).then(|| status.to_owned())?,
            None => format!("{class}.7.1"),
        };
        let plain = text.chars().map(|char| if matches!(char, ' '..='~') { char } else { '?' });
        let plain: String = plain.take(Self::LONGEST).collect();
        Some(Self { line: format!("{code} {status} {}", plain.trim()).trim_end().to_owned() })
    }

    /// As the client reads it.
    #[must_use]
    pub fn line(&self) -> &str {
        &self.line
    }
}

/// An enhanced status of a class: `5.7.1`.
fn is_status(text: &str, class: u16) -> bool {
    let mut parts = text.split('.');
    let number = |part: Option<&str>| part.filter(|part| (1..=3).contains(&part.len())).and_then(|part| part.parse::<u16>().ok());
    number(parts.next()) == Some(class)
        && number(parts.next()).is_some()
        && number(parts.next()).is_some()
        && parts.next().is_none()
}

/// A change of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Modification {
    /// A field below the others.
    AddHeader {
        /// Its name.
        name: String,
        /// Its value. Lines of a folded one begin with white space; what else would begin a line does not.
        value: String,
    },
    /// A field above others.
    InsertHeader {
        /// How many stand above it.
        index: u32,
        /// Its name.
        name: String,
        /// Its value.
        value: String,
    },
    /// Another value of a field.
    ChangeHeader {
        /// Which of those of its name, from 1.
        index: u32,
        /// Its name.
        name: String,
        /// Its value.
        value: String,
    },
    /// A field less. Of several of a name the last comes first: servers differ in how they count those that are left.
    DeleteHeader {
        /// Which of those of its name, from 1.
        index: u32,
        /// Its name.
        name: String,
    },
    /// The server holds the message in its queue, for this reason.
    Quarantine(String),
    /// Another recipient.
    AddRecipient(String),
    /// A recipient less.
    DeleteRecipient(String),
    /// Another envelope sender; empty is nobody.
    ChangeSender(String),
}

impl Modification {
    /// What is done, in words.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::AddHeader { .. } | Self::InsertHeader { .. } => "adding a header field",
            Self::ChangeHeader { .. } => "changing a header field",
            Self::DeleteHeader { .. } => "taking away a header field",
            Self::Quarantine(_) => "holding a message",
            Self::AddRecipient(_) => "adding a recipient",
            Self::DeleteRecipient(_) => "taking away a recipient",
            Self::ChangeSender(_) => "changing the sender",
        }
    }
}

/// What becomes of a message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// What is changed of it, in order.
    pub changes: Vec<Modification>,
    /// And then.
    pub verdict: Verdict,
}

impl Answer {
    /// A message that is delivered as it is.
    #[must_use]
    pub fn accept() -> Self {
        Self { changes: Vec::new(), verdict: Verdict::Accept }
    }
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A mail server connected.
    Connected,
    /// A mail server connected, and there were too many connections.
    Refused,
    /// A message was answered.
    Answered {
        /// With what.
        verdict: &'static str,
        /// How long that took, from when the message was whole.
        took: Duration,
    },
    /// Something went wrong.
    Trouble(Trouble),
}

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// The handler took longer than [`crate::Limits::decide`].
    #[error("a decision took too long")]
    TimedOut,
    /// The handler stopped.
    #[error("a decision failed within")]
    Stopped,
    /// A message is larger than [`crate::Limits::message`].
    #[error("a message is larger than is looked at")]
    TooLarge,
    /// All messages that are under way together are larger than [`crate::Limits::memory`].
    #[error("the messages that are under way take more memory than there is for them")]
    Memory,
    /// The server said something that cannot be understood; its connection is closed.
    #[error("a mail server does not keep to the protocol: {0}")]
    Protocol(String),
    /// The server cannot do what the handler asked for.
    #[error("the mail server does not offer {0}")]
    Unable(&'static str),
}

impl Trouble {
    /// A word for it, for counters.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::TimedOut => "timed_out",
            Self::Stopped => "stopped",
            Self::TooLarge => "too_large",
            Self::Memory => "memory",
            Self::Protocol(_) => "protocol",
            Self::Unable(_) => "unable",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Refusal;

    fn line(code: u16, status: Option<&str>, text: &str) -> Option<String> {
        Refusal::new(code, status, text).map(|refusal| refusal.line().to_owned())
    }

    #[test]
    fn a_refusal_is_one_line_of_a_reply() {
        assert_eq!(line(550, Some("5.7.1"), "not from here").as_deref(), Some("550 5.7.1 not from here"));
        assert_eq!(line(451, None, "later").as_deref(), Some("451 4.7.1 later"));
        assert_eq!(line(550, None, "two\r\nlines ü").as_deref(), Some("550 5.7.1 two??lines ?"));
        assert_eq!(line(550, None, &"x".repeat(1000)).map(|line| line.len()), Some(450 + 10));
    }

    #[test]
    fn what_is_no_refusal_is_none() {
        assert_eq!(line(250, None, "ok"), None);
        assert_eq!(line(550, Some("4.7.1"), "another class"), None);
        assert_eq!(line(550, Some("5.7"), "too short"), None);
        assert_eq!(line(550, Some("5.7.1 x"), "more than a status"), None);
    }
}
