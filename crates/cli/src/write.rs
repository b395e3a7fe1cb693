//! Files written as a whole or not at all.

use std::{fs::File, path::Path};

use crate::failure::Failure;

/// Fills a temporary file beside `path` and puts it in its place when all of it is on disk.
pub(crate) fn atomically(path: &Path, fill: impl FnOnce(&mut File) -> Result<(), Failure>) -> Result<(), Failure> {
    let named = |error: std::io::Error| Failure::input(format!("error: {}: {error}", path.display()));
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let mut temporary = tempfile::NamedTempFile::new_in(folder).map_err(named)?;
    fill(temporary.as_file_mut())?;
    temporary.as_file().sync_all().map_err(named)?;
    temporary.persist(path).map_err(|error| named(error.error))?;
    Ok(())
}
