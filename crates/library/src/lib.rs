//! Functions written in the query language and called by name: those a user saves in files, and those shipped with the program.
//!
//! Must not know types, tables or where files are: it is given names and texts. Start with [`SavedFunction`], then [`read`].
//!
//! A file is one function. What it may look like is told by one module each: a query or `let` ([`mod@self`]'s `plain`), a
//! management command (`command`), the YAML of a published parser (`parser_file`).

mod collection;
mod command;
mod parser_file;
mod plain;
mod read;
mod saved;
mod shipped;
mod source;
mod stencil;

pub use collection::Library;
pub use read::{EXTENSIONS, read};
pub use saved::{Definition, SavedFunction};
pub use source::Source;
