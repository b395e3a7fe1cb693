//! The record of who did what, for admins.

use state::{AuditFilter, AuditLine};

use crate::{Access, AccessError};

/// The most lines that are given at a time.
const MOST: usize = 1_001;
/// So many names are offered to choose from.
const ACTORS: i64 = 500;

impl Access {
    /// Lines of the record, the youngest first, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audit(&self, filter: &AuditFilter, limit: usize) -> Result<Vec<AuditLine>, AccessError> {
        let limit = i64::try_from(limit.min(MOST)).unwrap_or(1);
        Ok(self.state().audit(filter, limit).await?)
    }

    /// Who stands in the record, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn actors(&self) -> Result<Vec<String>, AccessError> {
        Ok(self.state().actors(ACTORS).await?)
    }
}
