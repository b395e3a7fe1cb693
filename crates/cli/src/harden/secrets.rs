//! Files with secrets.

use std::path::Path;

use zeroize::Zeroizing;

use crate::{failure::Failure, term};

/// The text of a file, without the line feed that editors end it with. Whether others can read it is told.
pub(crate) fn read(path: &Path) -> Result<Zeroizing<String>, Failure> {
    let name = path.display();
    let text = std::fs::read_to_string(path).map_err(|error| Failure::input(format!("error: {name}: {error}")))?;
    let text = Zeroizing::new(text);
    if is_open_to_others(path) {
        term::warn(&format!("{name}: others on this machine can read this secret; chmod 600 keeps it yours"));
    }
    match text.trim_end_matches(['\r', '\n']) {
        "" => Err(Failure::input(format!("error: {name}: the file is empty"))),
        text => Ok(Zeroizing::new(text.to_owned())),
    }
}

/// Whether others than the owner of a file can read it.
#[cfg(unix)]
pub(crate) fn is_open_to_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o077 != 0)
}

/// Elsewhere files have no such mode.
#[cfg(not(unix))]
pub(crate) fn is_open_to_others(_: &Path) -> bool {
    false
}
