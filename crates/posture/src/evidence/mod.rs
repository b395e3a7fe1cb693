//! What the DNS, and policies over HTTPS, say of a domain; collected here, judged elsewhere.

use crate::KeyHistory;

/// All that was collected about one domain.
#[derive(Debug, Clone)]
pub struct DomainEvidence {
    /// The domain, as it is asked for.
    pub domain: String,
    /// What the user says the domain is for.
    pub purpose: Purpose,
    /// Keys that earlier checks have seen.
    pub history: KeyHistory,
    /// The moment the check stands for: microseconds since 1970 in UTC.
    pub now: i64,
}

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
