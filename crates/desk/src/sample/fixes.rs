//! Fixes.

use async_trait::async_trait;

use crate::*;

/// Fixes.
#[derive(Debug, Default)]
pub(super) struct Sample {}

#[async_trait]
impl Fixes for Sample {
    async fn fixes(&self, _status: &str) -> Result<Vec<FixLine>, Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }

    async fn fix(&self, _id: &str, _who: &str) -> Result<FixView, Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }

    async fn propose(&self, _ask: &FixAsk, _who: &str, _work: &Work) -> Result<Vec<String>, Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }

    async fn act(&self, _id: &str, _action: &str, _comment: &str, _who: &str, _work: &Work) -> Result<FixView, Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }
}
