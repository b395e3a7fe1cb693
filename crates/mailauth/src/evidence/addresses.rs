//! Address lists (RFC 5322 section 3.4): From, Sender, Reply-To, To, Cc, with groups, encoded words, and several fields of a name.

use serde::Serialize;

/// The mailboxes of all fields of one name, in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct AddressList {
    /// How many fields of the name there are. RFC 5322 section 3.6 allows one.
    pub fields: usize,
    /// The mailboxes.
    pub mailboxes: Vec<Mailbox>,
    /// Whether there were more than [`AddressList::MOST`].
    pub cut: bool,
}

impl AddressList {
    /// Most mailboxes that are read of one field name: To fields of thousands of recipients are real, more are meant to hurt.
    pub const MOST: usize = 10_000;
}

/// One mailbox.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Mailbox {
    /// The words before the address, decoded (RFC 2047) and without quotes.
    pub display_name: Option<String>,
    /// The address as written, without angle brackets, comments and white space; empty where there is none.
    pub address: String,
    /// What follows its last `@`, in lower case; empty where there is none.
    pub domain: String,
    /// The group it stands in, as in `friends: a@example.com;`.
    pub group: Option<String>,
}
