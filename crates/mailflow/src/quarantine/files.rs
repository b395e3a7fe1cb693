//! Files that are there whole or not at all, for their owner alone.

use std::{
    fs::File,
    io::{ErrorKind, Result, Write as _},
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

/// How the names of files begin that are being written.
const ASIDE: &str = ".new";

/// Makes a folder that only its owner can look into.
pub(super) fn folder(path: &Path) -> Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Writes a file that must not be there yet.
pub(super) fn write_new(folder: &Path, path: &Path, bytes: &[u8]) -> Result<()> {
    aside(folder, bytes)?.persist_noclobber(path).map_err(|error| error.error)?;
    sync(folder)
}

/// Writes a file in place of what is there.
pub(super) fn write(folder: &Path, path: &Path, bytes: &[u8]) -> Result<()> {
    aside(folder, bytes)?.persist(path).map_err(|error| error.error)?;
    sync(folder)
}

/// A file beside the others, on disk, without its name yet. It can be read by its owner alone, and goes if nothing comes of it.
fn aside(folder: &Path, bytes: &[u8]) -> Result<tempfile::NamedTempFile> {
    let mut file = tempfile::Builder::new().prefix(ASIDE).tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// Brings names to disk.
fn sync(folder: &Path) -> Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// The files of a folder; none where there is no folder.
pub(super) fn names(folder: &Path) -> Result<Vec<PathBuf>> {
    match std::fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        other => other?.map(|entry| entry.map(|entry| entry.path())).collect(),
    }
}

/// Whether a file is one that is being written, or was when somebody was killed.
pub(super) fn is_aside(name: &str) -> bool {
    name.starts_with(ASIDE)
}

/// How long ago a file was touched, in microseconds before `now`.
pub(super) fn age(path: &Path, now: i64) -> Option<i64> {
    let touched = std::fs::metadata(path).ok()?.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(now.saturating_sub(i64::try_from(touched.as_micros()).ok()?))
}
