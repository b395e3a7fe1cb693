//! The client against servers on this machine: ordinary answers first, then all that goes wrong on the way.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails here, helpers included")]

mod exactly_once;
mod exchange;
mod feed;
mod graph;
mod http;
mod hunt_feed;
mod server;
mod snapshot;
mod stand_in;
mod stand_in_feeds;
mod tokens;
