//! The first page.

use async_trait::async_trait;

use crate::*;

/// The first page.
#[derive(Debug, Default)]
pub(super) struct Sample {}

#[async_trait]
impl Overviews for Sample {
    async fn overview(&self, _days: u32) -> Result<Overview, Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }
}
