//! Messages.
mod content;
mod envelope;
mod mbox;
mod notes;
mod outlook;
mod sniff;
