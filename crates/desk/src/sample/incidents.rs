//! Incidents.

use async_trait::async_trait;

use crate::*;

/// Incidents.
#[derive(Debug, Default)]
pub(super) struct Sample {}

#[async_trait]
impl Incidents for Sample {
    async fn incidents(&self, _status: &str, _page: u32, _size: u32) -> Result<IncidentPage, Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }

    async fn incident(&self, _id: &str) -> Result<IncidentView, Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }

    async fn change(&self, _id: &str, _edit: &AlertEdit, _who: &str) -> Result<(), Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }
}
