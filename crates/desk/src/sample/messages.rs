//! Messages.

use async_trait::async_trait;

use crate::*;

/// Messages.
#[derive(Debug, Default)]
pub(super) struct Sample {}

#[async_trait]
impl Messages for Sample {
    async fn find(&self, _text: &str, _days: u32) -> Result<Sheet, Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }

    async fn message(&self, _id: &str) -> Result<MessageView, Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }
}
