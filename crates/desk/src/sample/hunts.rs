//! Hunting.

use async_trait::async_trait;

use crate::*;

/// Hunting.
#[derive(Debug, Default)]
pub(super) struct Sample {}

#[async_trait]
impl Hunts for Sample {
    async fn run(&self, _ask: &HuntAsk, _who: &str, _work: &Work) -> Result<HuntAnswer, Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }

    async fn export(&self, _ask: &HuntAsk, _form: &str, _who: &str, _work: &Work) -> Result<Download, Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }

    async fn look(&self, _text: &str, _language: &str) -> Result<Looked, Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }

    async fn complete(&self, _text: &str, _at: usize) -> Result<Completions, Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }

    async fn tables(&self) -> Result<Vec<TableLine>, Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }

    async fn functions(&self) -> Result<Vec<FunctionLine>, Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }

    async fn function(&self, _name: &str) -> Result<String, Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }

    async fn saved(&self, _kind: &str, _who: &str) -> Result<Vec<SavedHunt>, Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }

    async fn save(&self, _hunt: SavedHunt, _who: &str) -> Result<SavedHunt, Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }

    async fn forget(&self, _id: &str, _who: &str) -> Result<(), Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }

    async fn history(&self, _who: &str) -> Result<Vec<PastHunt>, Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }

    async fn explain(&self, _ask: &HuntAsk) -> Result<String, Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }
}
