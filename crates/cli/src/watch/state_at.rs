//! Where alerts and all else of the watch are kept.

use std::path::Path;

use clap::Args;
use state::{State, StateError};

use crate::failure::Failure;

/// Which database.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct StateUrl {
    /// Where alerts are kept: sqlite://PATH or postgres://USER:PASSWORD@HOST/DATABASE. Without: state.db in the data directory.
    #[arg(long, value_name = "URL", env = "SPOOFWATCH_STATE", hide_env_values = true)]
    state: Option<String>,
}

impl StateUrl {
    /// Opens it; made where it is missing.
    pub(crate) async fn open(&self, data: &Path) -> Result<State, Failure> {
        if self.state.is_none() {
            std::fs::create_dir_all(data).map_err(|error| Failure::internal(format_args!("{}: {error}", data.display())))?;
        }
        Ok(self.open_state(data).await?)
    }

    /// As [`StateUrl::open`], where the data directory is there.
    pub(crate) async fn open_state(&self, data: &Path) -> Result<State, StateError> {
        match &self.state {
            Some(url) => State::open(url).await,
            None => State::open(&address(data)).await,
        }
    }

    /// Whether there may be anything in it: another address was given, or the data directory has one.
    pub(crate) fn exists(&self, data: &Path) -> bool {
        self.state.is_some() || data.join(FILE).is_file()
    }
}

/// The database in the data directory.
const FILE: &str = "state.db";

fn address(data: &Path) -> String {
    // A path is written into an address: what means something there must not.
    let path = data.join(FILE).display().to_string().replace('%', "%25").replace('?', "%3F").replace('#', "%23");
    format!("sqlite://{path}")
}

impl From<StateError> for Failure {
    fn from(error: StateError) -> Self {
        match error {
            StateError::Unknown { .. } | StateError::Ambiguous { .. } | StateError::Address { .. } => {
                Self::input(format!("error: {error}"))
            }
            other => Self::internal(other),
        }
    }
}
