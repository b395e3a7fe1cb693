//! The checks, a file each.

use crate::Check;

/// All of them, by name.
pub const ALL: &[&Check] = &[];
