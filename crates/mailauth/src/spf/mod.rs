//! SPF (RFC 7208): whether a host may send for a domain.

mod verdict;

pub use verdict::{Identity, Spf, SpfResult};
