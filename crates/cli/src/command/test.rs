//! `spoofwatch test`: case files run by the shipped program, so that an analyst needs no toolchain.

use std::path::PathBuf;

use clap::Args;

use crate::{failure::Failure, output, term};

/// Arguments of `test`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Case files (Markdown) or directories of them.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Write what a failing case gave into its file.
    #[arg(long)]
    bless: bool,
    /// Only cases whose heading contains this.
    #[arg(long, value_name = "TEXT")]
    case: Option<String>,
}

pub(crate) async fn run(options: Options) -> Result<(), Failure> {
    let settings = cases::Settings { bless: options.bless, filter: options.case.clone() };
    let report = cases::run(&options.paths, &settings).await.map_err(|error| Failure::input(format!("error: {error}")))?;
    if report.is_empty() {
        let paths: Vec<String> = options.paths.iter().map(|path| path.display().to_string()).collect();
        let wanted = options.case.map_or_else(String::new, |text| format!(" whose heading contains `{text}`"));
        return Err(Failure::input(format!("error: {}: no case{wanted} was found", paths.join(", "))));
    }
    output::print(&report.to_string())?;
    if report.failed() == 0 {
        Ok(())
    } else {
        Err(Failure::input(format!("{} failed", term::count(report.failed() as u64, "case"))))
    }
}
