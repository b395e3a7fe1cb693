//! What is known of a message beside the message itself: who sent it from where, to whom.

use std::{collections::BTreeMap, net::IpAddr};

use crate::command::From;

/// Who is connected to the mail server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Client {
    /// The name of its address, as the server found it; an address in brackets if it has none.
    pub host: String,
    /// Its address; `None` for a message that was handed in on the same machine.
    pub address: Option<IpAddr>,
    /// The port it sends from.
    pub port: Option<u16>,
    /// What it greeted with.
    pub helo: Option<String>,
}

impl Client {
    pub(crate) fn new(host: String, from: From) -> Self {
        let parsed = |text: &str| {
            let bare = text.get(..5).filter(|start| start.eq_ignore_ascii_case("ipv6:")).and_then(|_| text.get(5..));
            // An IPv4 address in the clothes of an IPv6 one is what it is.
            bare.unwrap_or(text).parse::<IpAddr>().ok().map(|address| address.to_canonical())
        };
        let (address, port) = match &from {
            From::Unknown | From::Local { .. } => (None, None),
            From::Inet { port, address } | From::Inet6 { port, address } => (parsed(address), Some(*port)),
        };
        Self { host, address, port, helo: None }
    }
}

/// An address of the envelope.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Path {
    /// The address without angle brackets; empty for the sender of a bounce.
    pub address: String,
    /// The parameters of `MAIL FROM` or `RCPT TO`, such as `SIZE=1000`.
    pub parameters: Vec<String>,
}

impl Path {
    pub(crate) fn new(address: &str, parameters: Vec<String>) -> Self {
        let address = address.trim();
        let bare = address.strip_prefix('<').and_then(|address| address.strip_suffix('>')).unwrap_or(address);
        Self { address: bare.to_owned(), parameters }
    }
}

/// What is known of a message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Envelope {
    /// Who hands it in.
    pub client: Client,
    /// The sender.
    pub sender: Path,
    /// The recipients that the server took, in order.
    pub recipients: Vec<Path>,
    /// Macros of the server by name, without braces.
    pub macros: BTreeMap<String, String>,
    /// How many bytes the message has.
    pub size: u64,
    /// Whether the server can hold it in its queue.
    pub can_hold: bool,
    /// Whether only its beginning was kept: then it was larger than [`crate::Limits::message`].
    pub cut: bool,
}

impl Envelope {
    /// What the server's queue calls the message.
    #[must_use]
    pub fn queue_id(&self) -> Option<&str> {
        self.macros.get("i").map(String::as_str).filter(|id| !id.is_empty())
    }

    /// Who signed in to send it; `None` for mail from outside.
    #[must_use]
    pub fn signed_in(&self) -> Option<&str> {
        self.macros.get("auth_authen").map(String::as_str).filter(|name| !name.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_lose_what_the_protocol_put_around_them() {
        let from = |address: &str| From::Inet6 { port: 25, address: address.to_owned() };
        let address = |from: From| Client::new(String::new(), from).address.map(|address| address.to_string());
        assert_eq!(address(from("IPv6:2001:db8::1")).as_deref(), Some("2001:db8::1"));
        assert_eq!(address(from("::ffff:192.0.2.1")).as_deref(), Some("192.0.2.1"));
        assert_eq!(address(from("nonsense")), None);
        assert_eq!(address(From::Local { path: "/run/x".to_owned() }), None);
        assert_eq!(Path::new("<alice@example.com>", Vec::new()).address, "alice@example.com");
        assert_eq!(Path::new("<>", Vec::new()).address, "");
        assert_eq!(Path::new("alice@example.com", Vec::new()).address, "alice@example.com");
    }
}
