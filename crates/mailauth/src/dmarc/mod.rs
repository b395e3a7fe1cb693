//! DMARC (RFC 9989): whether the author's domain vouches for a message, and what it asks of those that it does not vouch for.

mod evaluate;
pub mod record;
mod verdict;
mod walk;

pub use evaluate::{MOST_AUTHORS, evaluate};
pub use record::Record;
pub use verdict::{Author, Dmarc, DmarcResult, Policy};
pub use walk::{Discovery, Trouble, Walk};
