//! `spoofwatch exclusions import`: Elastic's exception lists, and lists in YAML.

use std::path::{Path, PathBuf};

use clap::Args;
use rules::exclusion::{Exclusion, file};
use state::State;

use crate::{failure::Failure, term};

/// Arguments of `exclusions import`.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// Files and folders: Kibana's exports of exception lists or of rules with their lists (.ndjson, .json), lists in YAML.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Approve them at once.
    #[arg(long)]
    approve: bool,
    /// Who imports them.
    #[arg(long, env = "USER", default_value = "unknown")]
    actor: String,
}

pub(super) async fn run(state: &State, options: &Options) -> Result<(), Failure> {
    let (mut exclusions, mut failures) = (Vec::new(), Vec::new());
    for path in &options.paths {
        if is_yaml(path) {
            exclusions.extend(read_yaml(path, &mut failures)?);
            continue;
        }
        let reading = rules::load(std::slice::from_ref(path));
        failures.extend(
            reading.faults.iter().filter(|fault| fault.is_error()).map(|fault| Failure::input(format!("error: {fault}"))),
        );
        exclusions.extend(reading.exclusions);
    }
    if exclusions.is_empty() && failures.is_empty() {
        return Err(Failure::input("error: there are no exclusions in these files"));
    }
    super::keep(state, &exclusions, &options.actor, options.approve).await?;
    term::say(&format!("{} imported", term::count(exclusions.len() as u64, "exclusion")));
    Failure::all(failures)
}

fn is_yaml(path: &Path) -> bool {
    path.extension().is_some_and(|extension| ["yaml", "yml"].iter().any(|known| extension.eq_ignore_ascii_case(known)))
}

/// The exclusions of a file in YAML; what is wrong with the others is added to the failures.
pub(super) fn read_yaml(path: &Path, failures: &mut Vec<Failure>) -> Result<Vec<Exclusion>, Failure> {
    let shown = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|error| Failure::input(format!("error: {shown}: {error}")))?;
    let listed = file::read(&shown, &text);
    failures.extend(listed.faults.iter().map(|fault| Failure::input(format!("error: {fault}"))));
    Ok(listed.exclusions)
}
