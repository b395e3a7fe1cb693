//! What is done with a message: mail-flow rules, and the quarantine.
//!
//! Must not know the milter protocol, tables, detection rules or the clock.
