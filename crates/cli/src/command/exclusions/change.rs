//! `spoofwatch exclusions approve` and `remove`.

use std::path::Path;

use clap::Args;
use state::State;

use crate::{config::ConfigFile, failure::Failure, output};

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
    #[command(flatten)]
    config: ConfigFile,
}

/// Gives each the status. Change windows are approved by those who approve fixes.
pub(super) async fn run(data: &Path, state: &State, options: &Options, status: &str) -> Result<(), Failure> {
    for wanted in &options.ids {
        for found in super::find_all(state, wanted).await? {
            let id = found.id;
            if status == "approved" && id.starts_with(super::window::PREFIX) {
                let fixes = options.config.load(data)?.fixes;
                fixes.may_approve(&options.actor, &found.owner).map_err(|words| Failure::input(format!("error: {words}")))?;
            }
            let changed = state.change_exclusion(&id, status, &options.comment, &options.actor, super::now()).await?;
            let standing = super::standing(&changed, super::now());
            let note = if standing == "expired" { "; its time is over: `add` it again with a later --expires" } else { "" };
            output::print(&format!("{id} {standing}{note}\n"))?;
        }
    }
    Ok(())
}
