//! `--exclusions FILE`: what is known to be benign, beside what stands beside the rules.

use std::path::PathBuf;

use clap::Args;
use rules::exclusion::{Exclusion, file};

use crate::{failure::Failure, term};

/// Which files.
#[derive(Debug, Args)]
pub(crate) struct ExclusionFiles {
    /// Also run with the exclusions of this file, and show what they take away: YAML, or an exception list as Kibana exports it.
    /// May be given more than once.
    #[arg(long = "exclusions", value_name = "FILE")]
    files: Vec<PathBuf>,
}

impl ExclusionFiles {
    /// The exclusions; `None` where no file is named.
    pub(crate) fn load(&self) -> Result<Option<Vec<Exclusion>>, Failure> {
        if self.files.is_empty() {
            return Ok(None);
        }
        let (mut all, mut failures) = (Vec::new(), Vec::new());
        for path in &self.files {
            let origin = path.display().to_string();
            let bytes = std::fs::read(path).map_err(|error| Failure::input(format!("error: {origin}: {error}")))?;
            let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
            let (exclusions, faults) = if ["json", "jsonl", "ndjson"].contains(&ending.as_str()) {
                let reading = rules::read(&origin, &bytes);
                (reading.exclusions, reading.faults)
            } else {
                let text = String::from_utf8(bytes)
                    .map_err(|_| Failure::input(format!("error: {origin}: the file is not UTF-8 text")))?;
                let listed = file::read(&origin, &text);
                (listed.exclusions, listed.faults)
            };
            for fault in faults {
                if fault.is_error() {
                    failures.push(Failure::input(format!("error: {fault}")));
                } else {
                    term::warn(&fault.to_string());
                }
            }
            all.extend(exclusions);
        }
        // With one of them missing, the figures would be those of another set.
        Failure::all(failures)?;
        Ok(Some(all))
    }
}
