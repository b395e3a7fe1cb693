//! JSON as rows need it: the members of one object as slices of its text, nothing copied, nothing built.
//!
//! A tokenizer of our own, because a row needs no tree: a member's text is copied once, into its column.
//! Source: RFC 8259. Must not know tables or files. Start with [`Tokenizer`].

mod compact;
mod escape;
mod scan;
mod tokenizer;

pub(crate) use compact::compact;
pub(crate) use escape::{quote, unescape};
pub(crate) use tokenizer::{Fault, Tokenizer};
