//! Records in the DNS, changed and looked at where they are kept: dynamic updates (RFC 2136) signed with TSIG (RFC 8945), and questions
//! to every server that is authoritative for a name.
//!
//! Must not know what records are for: keys, policies and fixes are the business of others. Start with [`ZoneWriter`]; [`Updates`] is one
//! that writes, [`Printed`] one that tells a person what to write. [`Authorities`] says what is written, whoever wrote it.

mod authorities;
#[cfg(feature = "bench")]
pub mod bench;
mod change;
mod exchange;
mod key;
mod print;
mod tsig;
mod updates;
mod wire;

pub use authorities::{Agreement, AskOptions, Authorities, Expect, NoAuthorities, Said, Says, Server, Survey};
pub use change::{Applied, Change, NameFault, RecordKind, Unwritable, Value, WriteError, ZoneWriter, same};
pub use key::{Algorithm, KeyError, KeyNote, TsigKey};
pub use print::Printed;
pub use updates::{UpdateOptions, Updates, WallClock};
