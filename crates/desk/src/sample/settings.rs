//! Settings.

use async_trait::async_trait;

use crate::*;

/// Settings.
#[derive(Debug, Default)]
pub(super) struct Sample {}

#[async_trait]
impl Settings for Sample {
    async fn sources(&self) -> Result<Vec<SourceLine>, Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }

    async fn accepted_domains(&self) -> Result<Vec<AcceptedDomain>, Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }

    async fn set_accepted_domains(&self, _names: &[String], _who: &str) -> Result<(), Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }

    async fn watchlists(&self) -> Result<Vec<WatchlistLine>, Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }

    async fn watchlist(&self, _alias: &str) -> Result<Sheet, Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }

    async fn set_watchlist(&self, _alias: &str, _csv: &str, _search_key: &str, _who: &str) -> Result<(), Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }

    async fn targets(&self) -> Result<Vec<TargetLine>, Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }

    async fn test_target(&self, _name: &str, _who: &str) -> Result<String, Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }

    async fn storage(&self) -> Result<Vec<StoredTable>, Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }

    async fn set_retention(&self, _table: &str, _days: Option<u32>, _who: &str) -> Result<(), Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }

    async fn configuration(&self) -> Result<Vec<(String, String, String)>, Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }
}
