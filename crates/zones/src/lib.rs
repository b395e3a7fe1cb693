//! Records in the DNS, changed and looked at where they are kept: dynamic updates (RFC 2136) signed with TSIG (RFC 8945), and questions
//! to every server that is authoritative for a name.
//!
//! Must not know what records are for: keys, policies and fixes are the business of others. Start with [`ZoneWriter`].

mod change;

pub use change::{Applied, Change, RecordKind, Value, WriteError, ZoneWriter};
