//! `spoofwatch fmt`: queries in the standard layout.

use std::path::PathBuf;

use clap::Args;

use crate::{
    failure::Failure,
    output,
    query::{drawn, stdin},
};

/// Arguments of `fmt`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Query files (.kql), rewritten in place; standard input is printed to standard output without.
    files: Vec<PathBuf>,
    /// Change nothing; say which files are not in the standard layout, and fail if any is.
    #[arg(long)]
    check: bool,
}

pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    if options.files.is_empty() {
        return output::print(&formatted(&stdin()?, "standard input")?);
    }
    let mut problems = Vec::new();
    for path in &options.files {
        let name = path.display().to_string();
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => {
                problems.push(Failure::input(format!("error: {name}: {error}")));
                continue;
            }
        };
        match formatted(&text, &name) {
            Ok(new) if new == text => {}
            Ok(_) if options.check => problems.push(Failure::input(format!("{name}: not in the standard layout"))),
            Ok(new) => output::to_file(path, |out| Ok(out.write_all(new.as_bytes())?))?,
            Err(failure) => problems.push(failure),
        }
    }
    Failure::all(problems)
}

fn formatted(text: &str, origin: &str) -> Result<String, Failure> {
    kql::format(text).map_err(|diagnostics| Failure::input(drawn(&diagnostics, origin, text)))
}
