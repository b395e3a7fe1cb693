//! Rotations from their plan to their end, with mail signed and verified all along, and the world stopped at every point of them.

#![expect(clippy::unwrap_used, reason = "what a test cannot do without fails it")]

mod bind;
mod crash;
mod dkimpy;
mod fate;
mod opendkim;
mod rspamd;
mod servers;
mod trouble;
mod whole;
mod world;
