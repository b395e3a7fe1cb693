//! How well domains, and the Microsoft 365 tenant behind them, are guarded against spoofing: evidence is collected, checks turn it into
//! findings, findings say what an attacker could do and what to publish.
//!
//! Must not know the lake, rules or the web. What is collected from where is [`evidence`]; a check is a file in [`checks`], pure. Start with
//! [`Finding`] and one check, such as [`checks::dmarc_missing`].

pub mod baseline;
mod check;
pub mod checks;
mod command;
pub mod compare;
pub mod evidence;
mod finding;
mod judge;
mod keys;
pub mod lookback;
mod moera;
mod moment;
mod policy;
pub mod report;
pub mod rows;
mod score;
mod sender;
mod spoofing;
mod tenancy;
pub mod tenant_checks;
mod words;

pub use check::{Check, Declared, Domains, Subject, TenantCheck, Tenants};
pub use command::CommandLine;
pub use finding::{Fact, Finding, Publish, Reference, Severity};
pub use judge::findings;
pub use keys::{KeyHistory, KeySeen};
pub use score::Score;
pub use spoofing::{Spoofing, Today};
pub use tenancy::{DomainFacts, TenantEvidence, run as tenant_findings};
