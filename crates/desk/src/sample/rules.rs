//! Rules.

use async_trait::async_trait;

use crate::*;

/// Rules.
#[derive(Debug, Default)]
pub(super) struct Sample {}

#[async_trait]
impl Rules for Sample {
    async fn rules(&self) -> Result<Vec<RuleLine>, Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }

    async fn rule(&self, _key: &str) -> Result<RuleView, Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }

    async fn enable(&self, _key: &str, _enabled: bool, _who: &str) -> Result<(), Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }

    async fn try_text(&self, _key: &str, _text: &str) -> Result<Trial, Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }

    async fn backtest(&self, _ask: &BacktestAsk, _work: &Work) -> Result<Backtest, Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }

    async fn save(&self, _key: &str, _text: &str, _seen: u64, _comment: &str, _who: &str) -> Result<String, Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }

    async fn import(&self, _file: &str, _bytes: &[u8], _who: &str) -> Result<Imported, Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }

    async fn from_query(&self, _name: &str, _query: &str) -> Result<String, Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }

    async fn coverage(&self) -> Result<Coverage, Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }

    async fn navigator(&self) -> Result<Download, Fault> {
        Err(Fault::Unknown { what: "sample", id: String::new() })
    }
}
