//! The machine interface of the program, by running it: what other programs rely on.

mod answers;
mod attack_tests;
mod batch;
mod common;
#[cfg(unix)]
mod dkim;
mod ends;
mod explain;
mod faults;
#[cfg(unix)]
mod guide;
mod harden;
#[cfg(unix)]
mod harden_dns;
mod history;
mod ingest;
#[cfg(unix)]
mod live_mail;
mod mail;
#[cfg(unix)]
mod mailbox;
mod prompt;
mod rule_cases;
mod rules;
#[cfg(unix)]
mod serve;
mod tables;
