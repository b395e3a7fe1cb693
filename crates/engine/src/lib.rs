//! Queries made to run: names and types are bound, and the tree is planned onto DataFusion.
//!
//! Must not know Delta, files, rules or the operating system's clock: tables come from a [`Catalog`], the moment a run
//! stands for from its [`Environment`]. Start with [`Engine`], then `plan/mod.rs`.

mod catalog;
pub mod elastic;
mod engine;
mod error;
pub mod explain;
pub mod external;
mod first;
mod kernel;
mod lineage;
mod lookups;
mod name;
mod optimize;
mod plan;
mod relation;
mod render;
mod results;
mod scope;
mod source;
mod stack;
pub mod value;

pub use catalog::{Catalog, MemoryCatalog, StoredTable};
pub use engine::{Engine, Environment, Limits, Planned, Window};
pub use error::{QueryError, codes};
pub use external::{External, NoExternal};
pub use first::{First, Most, Scanned};
pub use lookups::{Geography, Lookups, Whereabouts};
pub use plan::plugin;
pub use relation::Column;
pub use render::Visualization;
pub use results::Results;
pub use stack::STACK;
