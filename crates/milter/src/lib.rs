//! The milter protocol, version 6: frames, negotiation, one connection of a mail server as calls of a trait.
//!
//! Must not know what a message means, tables, rules, files or the clock.
