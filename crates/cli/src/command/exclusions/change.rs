//! `spoofwatch exclusions approve` and `remove`.

use clap::Args;
use state::State;

use crate::{failure::Failure, output};

/// Arguments of `exclusions approve` and `exclusions remove`.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// Ids or the beginnings of them, or names.
    #[arg(required = true, value_name = "ID")]
    ids: Vec<String>,
    /// Words for the record.
    #[arg(long, default_value = "")]
    comment: String,
    /// Who does it.
    #[arg(long, env = "USER", default_value = "unknown")]
    actor: String,
}

/// Gives each the status.
pub(super) async fn run(state: &State, options: &Options, status: &str) -> Result<(), Failure> {
    for wanted in &options.ids {
        let id = super::find(state, wanted).await?.id;
        let changed = state.change_exclusion(&id, status, &options.comment, &options.actor, super::now()).await?;
        let standing = super::standing(&changed, super::now());
        let note = if standing == "expired" { "; its time is over: `add` it again with a later --expires" } else { "" };
        output::print(&format!("{id} {standing}{note}\n"))?;
    }
    Ok(())
}
