//! What receivers report.

use async_trait::async_trait;

use crate::*;

/// What receivers report.
#[derive(Debug, Default)]
pub(super) struct Sample {}

#[async_trait]
impl Reports for Sample {
    fn views(&self) -> Vec<(String, String, String)> {
        Vec::new()
    }

    async fn view(&self, _view: &str, _domain: &str, _days: u32) -> Result<(Sheet, String), Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }
}
