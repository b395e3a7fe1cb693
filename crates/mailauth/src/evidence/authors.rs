//! Whose names a message bears as its authors: what DMARC evaluates (RFC 9989 section 4.2) and people see.

use serde::Serialize;

/// A mailbox of a From field.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Author {
    /// The address, without angle brackets.
    pub address: String,
    /// Its domain in the form the DNS is asked in ([`crate::dns::name`]); as written in lower case if it has none.
    pub domain: String,
    /// The words before the address, decoded.
    pub display_name: Option<String>,
}
