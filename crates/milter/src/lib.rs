//! The milter protocol, version 6: how a mail server (Postfix, Sendmail) shows each message to a filter while the sender still waits,
//! and how the filter answers.
//!
//! Bytes become commands and replies in [`frame`], [`command`] and [`reply`]; what both sides can do is agreed on in [`negotiate`]; a
//! [`session::Session`] makes messages of commands. All that is pure. [`server`] joins it to sockets and to a [`Handler`], and sees to
//! it that mail flows whatever the handler does.
//!
//! The protocol has no standard; it is what `libmilter` of Sendmail 8.17 and the client of Postfix 3.7 speak, as their public header
//! `mfdef.h` names it.
//!
//! Must not know what a message means, tables, rules, files or the clock.

pub mod address;
pub mod command;
pub mod envelope;
pub mod frame;
pub mod handler;
pub mod negotiate;
pub mod reply;
pub mod server;
pub mod session;

pub use address::Address;
pub use envelope::{Client, Envelope, Path};
pub use handler::{Answer, Event, Handler, Modification, Trouble, Verdict};
pub use server::{Fallback, Limits, Listener, serve};
