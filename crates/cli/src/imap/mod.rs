//! A mailbox read over IMAP (RFC 3501, RFC 9051): what is new since the last time, and nothing twice.
//!
//! `address` says where it is, `connect` opens the wire, `session` asks, `state` keeps how far reading came. Must not know what is in
//! the messages. Whoever answers is not trusted: what comes is bounded in bytes and time, and its texts are told without their
//! control characters. Nothing is logged, and the secret is in no error.

mod address;
mod connect;
mod session;
mod state;

pub(crate) use address::Address;
pub(crate) use connect::{Secret, Trust, config as tls_config};
pub(crate) use session::{After, Session};
pub(crate) use state::{Progress, State};

/// Why a mailbox cannot be read.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The user's part: the address, the secret, the folder.
    Input(String),
    /// The network's or the server's.
    System(String),
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (Self::Input(words) | Self::System(words)) = self;
        f.write_str(words)
    }
}

impl From<Fault> for crate::failure::Failure {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Input(words) => Self::input(format!("error: {words}")),
            Fault::System(words) => Self::internal(words),
        }
    }
}

/// Characters of a server's text that are told.
const TOLD: usize = 200;

impl Fault {
    /// What the IMAP client says. Its words on what it could not parse hold what the server sent, and are left out.
    fn of(place: &str, error: &async_imap::error::Error) -> Self {
        use async_imap::error::Error;
        let told = |text: &str| crate::term::harmless(text.trim(), TOLD);
        match error {
            Error::No(text) => Self::Input(format!("{place}: the server refuses: {}", told(text))),
            Error::Bad(text) => Self::System(format!("{place}: the server does not understand: {}", told(text))),
            Error::ConnectionLost => Self::System(format!("{place}: the server closed the connection")),
            Error::Io(cause) if cause.get_ref().is_some_and(|inner| inner.is::<connect::TooMuch>()) => {
                Self::System(format!("{place}: {cause}"))
            }
            Error::Io(cause) if cause.kind() == std::io::ErrorKind::UnexpectedEof => {
                Self::System(format!("{place}: the server closed the connection"))
            }
            Error::Io(cause) if cause.kind() != std::io::ErrorKind::Other => Self::System(format!("{place}: {cause}")),
            _ => Self::System(format!("{place}: the server's answer is not IMAP")),
        }
    }
}
