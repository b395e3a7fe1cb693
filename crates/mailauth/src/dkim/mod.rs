//! DKIM (RFC 6376, 8301, 8463): which domains vouch for a message, and whether it is the one they signed.

mod verdict;

pub use verdict::{Dkim, DkimResult};
