//! Own domains.

use super::Context;

/// Over the running program.
#[derive(Debug)]
pub(super) struct Here {
    desk: Context,
}

impl Here {
    /// Over the running program.
    pub(super) const fn new(desk: Context) -> Self {
        Self { desk }
    }
}
