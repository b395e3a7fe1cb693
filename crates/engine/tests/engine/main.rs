//! What the engine promises and only Rust can say; what a query can say is a case under `tests/kql`.
//!
//! One executable, because each links the whole query engine: a new test file is a line here.

mod arrival;
mod depth;
mod external;
mod foreign;
mod library;
mod lineage;
mod lookups;
mod names;
mod pruning;
mod reference;
mod tables;
mod window;
