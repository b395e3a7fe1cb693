//! What is known of a message's arrival besides the message.

use std::net::IpAddr;

use serde::Serialize;

/// The envelope (RFC 5321 section 2.3.1) and the moment. All of it is known of live mail, none of it of most files.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Envelope {
    /// The envelope sender without angle brackets; empty for a bounce.
    pub mail_from: Option<String>,
    /// The recipients. Where there are none, the header is asked.
    pub recipients: Vec<String>,
    /// The address of the client.
    pub client: Option<IpAddr>,
    /// What the client greeted with.
    pub helo: Option<String>,
    /// When it arrived, in microseconds since 1970, where that was witnessed: it then tells this delivery from others of the same message.
    pub arrived: Option<i64>,
    /// When it arrived, in microseconds since 1970, as a mailbox tells it: believed where the header has no time.
    pub stated: Option<i64>,
}

impl Envelope {
    /// Whether this is the delivery itself, and not a file of a message that was delivered once.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.arrived.is_some()
    }
}
