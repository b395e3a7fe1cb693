//! SPF (RFC 7208): whether a host may send for a domain.
//!
//! [`check`] is the standard's `check_host()` with the choice of identity before it. A record's text becomes a tree in [`record`], which
//! knows no DNS; its macros are [`macros`]; [`survey`] looks at a domain's record with everything it includes. Start reading at [`check`].

mod evaluate;
pub mod macros;
mod question;
mod reason;
pub mod record;
mod sender;
pub mod survey;
mod verdict;

pub use evaluate::{Options, check};
pub use verdict::{Identity, Spf, SpfResult};
