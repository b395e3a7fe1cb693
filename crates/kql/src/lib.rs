//! Kusto Query Language: text to syntax tree and back.
//!
//! Must not know types, tables, Arrow or any function's name: calls are `name(arguments)` and mean something only to the
//! binder. Start with [`ast`], then [`parse`].

pub mod ast;
