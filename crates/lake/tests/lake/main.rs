//! What the lake promises, as sentences: append, read, survive, maintain.
//!
//! Start with `common`, which has the one small table that all use.

mod append;
mod arrival;
mod common;
mod external;
mod maintain;
mod read;
mod survive;
