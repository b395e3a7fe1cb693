//! Exclusions.

use async_trait::async_trait;

use crate::*;

/// Exclusions.
#[derive(Debug, Default)]
pub(super) struct Sample {}

#[async_trait]
impl Exclusions for Sample {
    async fn exclusions(&self) -> Result<Vec<ExclusionView>, Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }

    async fn exclusion(&self, _id: &str) -> Result<(ExclusionView, Sheet), Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }

    async fn draft(&self, _alert: &str) -> Result<Draft, Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }

    async fn preview(&self, _draft: &Draft, _days: u32, _work: &crate::Work) -> Result<Preview, Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }

    async fn add(&self, _draft: &Draft, _who: &str) -> Result<ExclusionView, Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }

    async fn decide(&self, _id: &str, _decision: &str, _who: &str) -> Result<(), Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }
}
