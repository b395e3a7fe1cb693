//! The signing table of the program's own milter where it may not be there yet: a domain's first key makes it.

use std::path::Path;

use async_trait::async_trait;
use rotation::{
    Entry, OwnTable, SignerError, SignerTable, Switched,
    files::{self, Access},
};

/// A table, there or not.
#[derive(Debug, Clone)]
pub(super) struct NewTable(pub(super) OwnTable);

impl NewTable {
    fn is_missing(&self) -> bool {
        matches!(files::read(&self.0.table), Err(error) if error.is_missing())
    }
}

#[async_trait]
impl SignerTable for NewTable {
    async fn entries(&self, domain: &str) -> Result<Vec<Entry>, SignerError> {
        if self.is_missing() { Ok(Vec::new()) } else { self.0.entries(domain).await }
    }

    async fn check(&self, from: Option<&Entry>, to: &Entry) -> Result<(), SignerError> {
        if from.is_none() && self.is_missing() { Ok(()) } else { self.0.check(from, to).await }
    }

    async fn switch(&self, from: Option<&Entry>, to: Option<&Entry>) -> Result<Switched, SignerError> {
        if from.is_none() && self.is_missing() {
            files::replace(&self.0.table, b"# Which keys sign outgoing mail of which domain.\n", Access::PRIVATE)?;
        }
        self.0.switch(from, to).await
    }

    async fn retire(&self, entry: &Entry) -> Result<(), SignerError> {
        self.0.retire(entry).await
    }

    async fn uses(&self, file: &Path) -> Result<bool, SignerError> {
        if self.is_missing() { Ok(false) } else { self.0.uses(file).await }
    }
}
