//! Whose words count.

use serde::{Deserialize, Serialize};

/// Which headers are believed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Trust {
    /// Names in Authentication-Results that are ours (RFC 8601 section 2.5), in whatever case.
    pub authserv_ids: Vec<String>,
    /// Whether Microsoft's headers, which bear no name, are believed.
    pub microsoft: MicrosoftTrust,
    /// Hosts of ours that hand mail on after Microsoft did, by their names in Received (`by`) or a domain that they are in: their hops may
    /// stand above Microsoft's.
    pub own_hosts: Vec<String>,
    /// Our own domains, in lower case.
    pub own_domains: Vec<String>,
}

/// Whether Microsoft's headers are believed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MicrosoftTrust {
    /// Where the message bears the marks of Microsoft's edge: its topmost hops (but for [`Trust::own_hosts`]) are hosts of Microsoft, and the
    /// results stand above the hop at which Microsoft took the message. Right for messages out of mailboxes.
    #[default]
    Marked,
    /// Never: mail that does not come out of Microsoft 365, and all mail at the moment of its arrival, when anybody can have written these
    /// headers.
    Never,
    /// The topmost ones always: for messages whose Received fields were removed.
    Always,
}
