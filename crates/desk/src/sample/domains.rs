//! Domains.

use async_trait::async_trait;

use crate::*;

/// Domains.
#[derive(Debug, Default)]
pub(super) struct Sample {}

#[async_trait]
impl Domains for Sample {
    async fn domains(&self) -> Result<Vec<DomainLine>, Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }

    async fn domain(&self, _name: &str) -> Result<DomainView, Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }

    async fn look(&self, _name: &str, _work: &Work) -> Result<DomainView, Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }

    async fn tenant(&self) -> Result<Vec<FindingView>, Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }

    async fn keys(&self) -> Result<(Vec<KeyLine>, Vec<CalendarEntry>), Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }
}
