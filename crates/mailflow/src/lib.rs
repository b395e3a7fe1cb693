//! What is done with a message: mail-flow rules, and the quarantine.
//!
//! A [`Rule`] is read of the configuration file; [`decide()`] holds rules against what is known of a message ([`Facts`]) and says what is to
//! be done, and why. Both are pure. [`quarantine::Store`] keeps messages in a folder until somebody has looked at them.
//!
//! Must not know the milter protocol, tables, detection rules or the clock.

mod action;
mod condition;
pub mod decide;
mod facts;
pub mod quarantine;
mod read;
mod rule;

pub use action::{Action, Quarantine, Refuse};
pub use condition::{Condition, Networks};
pub use decide::{Decision, Fate, Match, decide};
pub use facts::Facts;
pub use read::Fault;
pub use rule::{Mode, Rule};
