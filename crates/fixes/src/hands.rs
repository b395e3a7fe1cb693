//! Who reaches the DNS and the tenant, and looks from outside.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use posture::Severity;
use serde_json::{Map, Value};
use zones::{RecordKind, ZoneWriter};

/// Everything that steps and proofs need. What is not configured is `None`, and a step that needs it says so.
#[derive(Debug, Clone)]
pub struct Hands {
    /// Who writes zones.
    pub zones: Option<Arc<dyn ZoneWriter>>,
    /// Who speaks to the tenant.
    pub tenant: Option<Arc<dyn Tenant>>,
    /// Who looks from outside.
    pub outside: Arc<dyn Outside>,
}

/// A tenant's administration.
#[async_trait]
pub trait Tenant: Send + Sync + fmt::Debug {
    /// Runs a cmdlet.
    ///
    /// # Errors
    ///
    /// It was refused, or nobody knows.
    async fn invoke(&self, cmdlet: &str, parameters: &Map<String, Value>) -> Result<Vec<Value>, Refusal>;
}

/// Why something was not done or seen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It will not be done by trying again.
    #[error("{0}")]
    Refused(String),
    /// It may be done later.
    #[error("{0}")]
    Later(String),
    /// What is asked for is not there.
    #[error("{0}")]
    NotFound(String),
    /// Whether it was done is not known.
    #[error("{0}; whether it was done is not known, and is looked at before anything is done again")]
    Unknown(String),
}

/// What one look found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// What was expected, in words.
    Yes(String),
    /// Something else, in words: it may still come.
    No(String),
}

/// A look from outside: not through the interface that made the change.
#[async_trait]
pub trait Outside: Send + Sync + fmt::Debug {
    /// Whether every server of the zone answers with exactly these records.
    ///
    /// # Errors
    ///
    /// Nobody could be asked.
    async fn records(&self, name: &str, kind: RecordKind, values: &[zones::Value]) -> Result<Seen, Refusal>;

    /// Whether a check finds nothing any more, or what is left matters less than it did.
    ///
    /// # Errors
    ///
    /// It could not be made.
    async fn finding_gone(&self, check: &str, subject: &str, was: Severity) -> Result<Seen, Refusal>;
}
