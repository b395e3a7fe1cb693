//! Where alerts and all else of the watch are kept.

use std::path::Path;

use clap::Args;
use state::{State, StateError};

use crate::failure::Failure;

/// Which database.
#[derive(Debug, Args)]
pub(crate) struct StateUrl {
    /// Where alerts are kept: sqlite://PATH or postgres://USER:PASSWORD@HOST/DATABASE. Without: state.db in the data directory.
    #[arg(long, value_name = "URL", env = "SPOOFWATCH_STATE", hide_env_values = true)]
    state: Option<String>,
}

impl StateUrl {
    /// Opens it; made where it is missing.
    pub(crate) async fn open(&self, data: &Path) -> Result<State, Failure> {
        match &self.state {
            Some(url) => State::open(url).await.map_err(Failure::from),
            None => database(data).await,
        }
    }
}

/// The database in the data directory.
async fn database(data: &Path) -> Result<State, Failure> {
    std::fs::create_dir_all(data).map_err(|error| Failure::internal(format_args!("{}: {error}", data.display())))?;
    let path = data.join("state.db");
    // A path is written into an address: what means something there must not.
    let path = path.display().to_string().replace('%', "%25").replace('?', "%3F").replace('#', "%23");
    Ok(State::open(&format!("sqlite://{path}")).await?)
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
