//! Received-SPF (RFC 7208 section 9.1): an older way to write a result of SPF.

use std::net::IpAddr;

use serde::Serialize;

/// One header, read. What was not there is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ReceivedSpf {
    /// The result, in lower case; empty if there is none.
    pub result: String,
    /// The comment after it, without parentheses.
    pub comment: Option<String>,
    /// The address of the client (`client-ip`, or the one the comment names).
    pub client_ip: Option<IpAddr>,
    /// The envelope sender (`envelope-from`), without quotes and angle brackets.
    pub envelope_from: Option<String>,
    /// The name the client greeted with.
    pub helo: Option<String>,
    /// Who checked.
    pub receiver: Option<String>,
    /// Which name was checked: `mailfrom` or `helo`.
    pub identity: Option<String>,
    /// The mechanism that decided.
    pub mechanism: Option<String>,
    /// What went wrong.
    pub problem: Option<String>,
    /// The domain the comment speaks of, as in Microsoft's and Google's `domain of example.com designates`.
    pub domain: Option<String>,
    /// All pairs, the known ones too, names in lower case.
    pub pairs: Vec<(String, String)>,
}
