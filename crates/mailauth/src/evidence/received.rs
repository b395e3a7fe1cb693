//! The Received chain (RFC 5321 section 4.4): who took a message from whom, and when.

use std::net::IpAddr;

use serde::Serialize;

/// The hops of a message, the last one first, as they stand in the header.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Chain {
    /// The hops that were read.
    pub hops: Vec<Hop>,
    /// How many Received fields there are; more than [`Chain::MOST`] are counted and not read.
    pub fields: usize,
}

impl Chain {
    /// Most hops that are read. RFC 5321 section 6.3 has servers take 100 for a loop.
    pub const MOST: usize = 100;
}

/// One hop. What was not there is `None`; anything below the first hop of a host that is believed may be invented.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Hop {
    /// What the client called itself (`from`), mostly its greeting.
    pub from: Option<String>,
    /// What the client greeted with, where the field says so apart (`helo=`, `HELO`, `EHLO`).
    pub helo: Option<String>,
    /// The client's name as the DNS has it, where the field says so.
    pub reverse: Option<String>,
    /// The client's address.
    pub ip: Option<IpAddr>,
    /// Who took it (`by`).
    pub by: Option<String>,
    /// How (`with`), such as `ESMTPS`.
    pub with: Option<String>,
    /// Over what (`via`).
    pub via: Option<String>,
    /// Its number there (`id`).
    pub id: Option<String>,
    /// Whom it was for (`for`), without angle brackets.
    pub recipient: Option<String>,
    /// When, in seconds since 1970.
    pub time: Option<i64>,
    /// How long after the hop before it (the next below that has a time), in seconds; negative where clocks differ.
    pub delay: Option<i64>,
}
