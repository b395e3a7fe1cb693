//! How long tables are kept: what somebody set, in the state. Upkeep goes by it.

use std::collections::BTreeMap;

use state::{Moment, State, StateError};

/// The name under which the state keeps it.
const NAME: &str = "retention";

/// Days by table; what is not in it is kept for good.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Retention(BTreeMap<String, u32>);

impl Retention {
    /// What was set.
    pub(crate) async fn load(state: &State) -> Result<Self, StateError> {
        let Some(body) = state.checkpoint(NAME).await? else { return Ok(Self::default()) };
        let damaged =
            |error: serde_json::Error| StateError::Damaged { what: "setting", id: NAME.to_owned(), reason: error.to_string() };
        serde_json::from_str(&body).map(Self).map_err(damaged)
    }

    /// How many days a table is kept; `None`: for good.
    pub(crate) fn days(&self, table: &str) -> Option<u32> {
        self.0.get(table).copied()
    }

    /// From now on a table is kept so long.
    pub(crate) fn set(&mut self, table: &str, days: Option<u32>) {
        match days {
            Some(days) => drop(self.0.insert(table.to_owned(), days)),
            None => drop(self.0.remove(table)),
        }
    }

    /// Keeps what was set.
    pub(crate) async fn keep(&self, state: &State, now: Moment) -> Result<(), StateError> {
        let body = serde_json::json!(self.0).to_string();
        state.keep_checkpoint(NAME, &body, now).await
    }
}
