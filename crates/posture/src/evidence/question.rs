//! What is asked about a domain, and of whom.

use std::{sync::Arc, time::Duration};

use mailauth::dns::Resolver;

use super::Fetch;
use crate::KeyHistory;

/// What a domain is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Purpose {
    /// Not said: what the records suggest.
    #[default]
    Unknown,
    /// It sends mail.
    Sending,
    /// It sends none, and should be locked down.
    NonSending,
}

/// Who is asked, and what the user knows about a domain.
#[derive(Debug, Clone)]
pub struct Question {
    /// Who answers questions to the DNS.
    pub resolver: Arc<dyn Resolver>,
    /// Who gets pages over HTTPS.
    pub fetch: Arc<dyn Fetch>,
    /// Keys that earlier checks have seen.
    pub history: Arc<KeyHistory>,
    /// What the domain is for.
    pub purpose: Purpose,
    /// DKIM selectors to look at. One that is given whole, as in `s1._domainkey.example.com`, is known to be in use there, and has to be there.
    pub selectors: Vec<String>,
    /// Names below the domain that are known, whole: `news.example.com`.
    pub subdomains: Vec<String>,
    /// Domains that look like it, and may be registered by others; [`lookalikes::ALL`](super::lookalikes::ALL) stands for the likely ones.
    pub lookalikes: Vec<String>,
    /// Where the user wants reports, a URI such as `mailto:dmarc@example.com`: what records to publish name.
    pub report_address: Option<String>,
    /// The moment the check stands for: microseconds since 1970 in UTC.
    pub now: i64,
    /// How long and how much may be asked.
    pub limits: Limits,
}

impl Question {
    /// A question about a domain of which nothing else is known.
    #[must_use]
    pub fn new(resolver: Arc<dyn Resolver>, fetch: Arc<dyn Fetch>, now: i64) -> Self {
        Self {
            resolver,
            fetch,
            history: Arc::default(),
            purpose: Purpose::Unknown,
            selectors: Vec::new(),
            subdomains: Vec::new(),
            lookalikes: Vec::new(),
            report_address: None,
            now,
            limits: Limits::default(),
        }
    }
}

/// How long and how much may be asked about one domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// All questions about a domain together. A resolver gives up on a single one after some seconds; a domain whose servers all
    /// are silent would otherwise take minutes.
    pub time: Duration,
    /// Questions about one domain. An honest domain needs some dozens; a record that sends us from name to name is ended here.
    pub questions: usize,
    /// Bytes of a page. RFC 8461 section 3.2 suggests 64 KB for a policy.
    pub page: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { time: Duration::from_secs(30), questions: 1000, page: 64 << 10 }
    }
}
