//! The rotation of DKIM keys of own mail servers: at no moment does a message lack the published key that verifies it.
//!
//! A line of keys is one [`Config`]: a domain, a kind of key, how selectors and files are named. A rotation of it is made and done so:
//!
//! ```text
//! let rotation = Plan::new(config, now)?.begin(&effects).await?;      // or .preview(&effects): looks, changes nothing
//! loop {
//!     let progress = advance(&mut rotation, &effects, now).await;     // as far as it goes at this moment
//!     // progress.waiting_until says when to call again; after a crash, take the rotation from the journal and call
//! }
//! take_back(&mut rotation, &effects, now).await?;                     // while the old key is still published
//! ```
//!
//! [`Rotation`] is the state machine, pure: [`Rotation::next`] says what is to be done, [`Rotation::on`] takes note of what was. `steps` does it, through
//! [`Effects`]: [`KeyStore`] ([`KeyFiles`]), [`zones::ZoneWriter`], [`Servers`], [`SignerTable`] (OpenDKIM, rspamd, our own), [`Reload`], [`Journal`]
//! ([`FileJournal`]). Every step may be done twice, and is written down before the next begins. [`due`] says when a rotation is due, [`status`] how the keys of
//! a domain are. [`SigningTable`] is what the program's own milter signs with. Moments are microseconds since 1970 and inputs, everywhere.
//!
//! Must not know which programs run, and reads no clock. Private keys never leave their files but as a `mailauth` signing key, which shows nothing.

mod advance;
mod config;
mod effects;
pub mod files;
mod journal;
mod keys;
mod micros;
mod plan;
mod proof;
mod record;
mod rotation;
mod schedule;
mod selector;
mod servers;
mod signer;
mod status;
mod steps;
mod table;

pub use advance::{Progress, advance, take_back};
pub use config::{Config, ConfigError, Series};
pub use effects::{Effects, NoReload, Reload};
pub use journal::{FileJournal, Held, Journal, JournalError};
pub use keys::{KeyError, KeyFiles, KeyStore, Wanted, read_key};
pub use plan::{Plan, PlanError};
pub use record::{KeyText, REVOKED, key_name};
pub use rotation::{Event, Moment, Old, Rotation, State, Step, Trouble};
pub use schedule::{Due, due, signs_since};
pub use selector::Selectors;
pub use servers::{Seen, Servers};
pub use signer::{Entry, OpenDkimConf, OpenDkimTables, OwnTable, RspamdMaps, SignerError, SignerTable, Switched};
pub use status::{ActiveKey, Problem, Status, status};
pub use table::{SigningTable, TableError};
