//! Exclusions as they are now: somebody may have changed them, or a list they name.

use crate::{failure::Failure, watch::House};

impl House {
    /// Reads anew what is known to be benign.
    pub(crate) async fn know_benign(&self) -> Result<(), Failure> {
        let (known, trouble) = self.exclusions.read(&self.watch.state).await?;
        self.watch.benign.set(known);
        self.troubles.set("exclusions", trouble);
        Ok(())
    }
}
