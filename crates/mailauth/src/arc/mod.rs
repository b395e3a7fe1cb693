//! ARC (RFC 8617): what earlier hosts saw, signed by them.

mod verdict;

pub use verdict::{Arc, ArcResult, Sealed};
