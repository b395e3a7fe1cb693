//! Messages that were set apart.

use async_trait::async_trait;

use crate::*;

/// Messages that were set apart.
#[derive(Debug, Default)]
pub(super) struct Sample {}

#[async_trait]
impl Quarantine for Sample {
    async fn held(&self, _text: &str, _page: u32, _size: u32) -> Result<(Vec<HeldLine>, u64), Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }

    async fn message(&self, _id: &str) -> Result<HeldView, Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }

    async fn act(&self, _ids: &[String], _action: &str, _who: &str) -> Result<Vec<(String, Result<String, Fault>)>, Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }
}
