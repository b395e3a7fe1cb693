//! `spoofwatch rules pack`: the rules that come with the program, written into a folder.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
};

use clap::Args;

use crate::{failure::Failure, output, term, write};

/// Arguments of `rules pack`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The folder; `rules` of the data directory without, where `serve` looks for rules.
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
    /// Only say which files there are.
    #[arg(long)]
    list: bool,
    /// Write over files that are there and differ.
    #[arg(long)]
    force: bool,
}

pub(crate) fn run(data: &Path, options: &Options) -> Result<(), Failure> {
    if options.list {
        return ::rules::pack::files().iter().try_for_each(|(path, _)| output::print(&format!("{path}\n")));
    }
    let folder = options.folder.clone().unwrap_or_else(|| data.join("rules"));
    let written = unpack(&folder, options.force)?;
    term::say(&format!("{} written to {}", term::count(written, "file"), folder.display()));
    Ok(())
}

/// Writes the pack into a folder, and gives how many files that were. A file that is there and is another is somebody's work: it stays, and is
/// told, unless it is to be written over.
pub(crate) fn unpack(folder: &Path, force: bool) -> Result<u64, Failure> {
    let mut written = 0;
    let mut others = Vec::new();
    for (name, text) in ::rules::pack::files() {
        let path = folder.join(name);
        match std::fs::read_to_string(&path) {
            Ok(there) if there == *text => continue,
            Ok(_) if !force => {
                others.push(path.display().to_string());
                continue;
            }
            _ => {}
        }
        if let Some(parent) = path.parent() {
            let failed = |error: std::io::Error| Failure::internal(format_args!("{}: {error}", parent.display()));
            std::fs::create_dir_all(parent).map_err(failed)?;
        }
        write::atomically(&path, |file| Ok(file.write_all(text.as_bytes())?))?;
        written += 1;
    }
    if others.is_empty() {
        return Ok(written);
    }
    Err(Failure::input(format!(
        "error: {} there and not as the program brings them; --force writes over them: {}",
        term::count(others.len() as u64, "file"),
        others.join(", ")
    )))
}
