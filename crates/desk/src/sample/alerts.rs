//! Alerts of every severity and status.

use async_trait::async_trait;

use crate::*;

/// Alerts of every severity and status.
#[derive(Debug, Default)]
pub(super) struct Sample {}

#[async_trait]
impl Alerts for Sample {
    async fn queue(&self, _query: &QueueQuery) -> Result<Queue, Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }

    async fn alert(&self, _id: &str) -> Result<AlertView, Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }

    async fn change(&self, _ids: &[String], _edit: &AlertEdit, _who: &str) -> Result<Vec<(String, Option<Fault>)>, Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }

    async fn notify(&self, _id: &str, _target: &str, _who: &str) -> Result<(), Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }

    async fn export(&self, _ids: &[String], _query: &QueueQuery, _form: &str) -> Result<Download, Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }
}
