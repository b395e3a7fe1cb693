//! X-Forefront-Antispam-Report: what Exchange Online Protection made of a message. The vocabularies are in `data/forefront-*.tsv`
//! (source: learn.microsoft.com, "Anti-spam message headers in Microsoft 365").

use std::net::IpAddr;

use serde::Serialize;

/// One header, read. What was not there, or was empty, is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct AntispamReport {
    /// CIP: the connecting address; 255.255.255.255 for mail that came from within.
    pub client_ip: Option<IpAddr>,
    /// CTRY: the country of the address, two letters.
    pub country: Option<String>,
    /// LANG: the language of the text.
    pub language: Option<String>,
    /// SCL: spam confidence level, -1 to 9.
    pub scl: Option<i32>,
    /// SRV: `BULK` for bulk mail.
    pub service: Option<String>,
    /// IPV: whether the address is on a list: `CAL` (allowed) or `NLI` (on none).
    pub ip_verdict: Option<String>,
    /// SFV: the spam filter's verdict, such as `NSPM`, `SPM`, `SKN`.
    pub spam_verdict: Option<String>,
    /// H: what the client greeted with.
    pub helo: Option<String>,
    /// PTR: the name of the address.
    pub ptr: Option<String>,
    /// CAT: the category of the protection policy, such as `SPOOF`.
    pub category: Option<String>,
    /// SFTY: kinds of phishing, such as `9.20`; several are parted by semicolons.
    pub safety: Option<String>,
    /// SFP: a policy of outbound mail.
    pub policy: Option<String>,
    /// DIR: `INB`, `OUT` or `INT`.
    pub direction: Option<String>,
    /// SFS: numbers of the filter's rules that matched.
    pub rules: Vec<String>,
    /// All keys and values in their order.
    pub pairs: Vec<(String, String)>,
}
