//! DMARC (RFC 9989): whether the author's domain vouches for a message, and what it asks of those that it does not vouch for.

mod verdict;

pub use verdict::{Author, Dmarc, DmarcResult, Policy};
