//! A Microsoft 365 tenant that answers as documented, for tests: state, throttling, paging, expiry and partial failure.
//!
//! It must not share a line with the crate that asks: both are readings of the same documentation, and where they differ one of them is
//! wrong. Start with [`Scenario::contoso`] and [`StandIn::start`].

mod access;
mod activity;
mod app;
mod certificate;
mod clock;
mod control;
mod der;
mod exchange;
mod fault;
mod graph;
mod house;
mod http;
mod identifier;
mod key;
mod log;
mod route;
mod scenario;
mod server;
mod stand_in;
mod tenant;
mod token;

pub use activity::record::Actor;
pub use app::{App, ExchangeRole, PERMISSIONS};
pub use certificate::{Certificate, KeyError};
pub use clock::Clock;
pub use fault::{Again, Fault, Harm};
pub use log::Seen;
pub use route::Route;
pub use scenario::{CLIENT_ID, CLIENT_SECRET, Dkim, Scenario};
pub use stand_in::{CmdletError, StandIn};

pub(crate) use stand_in::act;
