//! `spoofwatch exclusions export`.

use clap::Args;
use rules::exclusion::file;
use state::State;

use crate::{failure::Failure, output, term, watch};

/// Arguments of `exclusions export`.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// Only these: ids or the beginnings of them, or names. All but revoked ones without.
    #[arg(value_name = "ID")]
    ids: Vec<String>,
}

pub(super) async fn run(state: &State, options: &Options) -> Result<(), Failure> {
    let mut kept = Vec::new();
    for wanted in &options.ids {
        kept.push(super::find(state, wanted).await?);
    }
    if options.ids.is_empty() {
        kept = state.exclusions().await?;
        kept.retain(|one| one.status != "revoked");
    }
    let mut meant = Vec::new();
    for one in &kept {
        match watch::exclusion(one) {
            Ok(exclusion) => meant.push(exclusion),
            Err(trouble) => term::warn(&trouble),
        }
    }
    output::print(&file::write(&meant))
}
