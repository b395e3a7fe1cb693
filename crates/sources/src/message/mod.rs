//! Messages.
mod content;
mod envelope;
mod mbox;
mod notes;
mod sniff;
