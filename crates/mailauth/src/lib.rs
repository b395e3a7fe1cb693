//! One message and what can be proved of who sent it: SPF, DKIM, DMARC and ARC, each verdict with its reason; what other hosts wrote
//! about it in its header, Microsoft's forms above all.
//!
//! Must not know tables, rules, files or the clock: the moment of an evaluation is part of the request, and the DNS is behind
//! [`dns::Resolver`].

pub mod arc;
pub mod authres;
mod date;
pub mod dkim;
pub mod dmarc;
pub mod dns;
pub mod encoded_words;
pub mod evidence;
mod lex;
pub mod message;
pub mod spf;
mod table;
pub mod verify;

pub use message::{Field, Message};
