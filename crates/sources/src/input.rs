//! From the arguments of a user to the files that are there.
//!
//! Looks at names only; what is inside a file is for [`crate::read`].

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::InputError;

/// What tells a Delta table from other directories.
const DELTA_LOG: &str = "_delta_log";

/// One thing to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// How messages and rejects name it.
    pub name: String,
    /// Where its bytes are.
    pub place: Place,
}

/// Where the bytes of an input are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Standard input.
    Stdin,
    /// A file.
    File(PathBuf),
    /// Bytes that are here already.
    Memory(Arc<[u8]>),
}

impl Input {
    /// Standard input.
    #[must_use]
    pub fn stdin() -> Self {
        Self { name: "standard input".to_owned(), place: Place::Stdin }
    }

    /// A file.
    #[must_use]
    pub fn file(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        Self { name: path.display().to_string(), place: Place::File(path) }
    }
}

/// The directories of a Maildir (maildir(5), Qmail): messages that were not looked at yet, and that were. What stands in `tmp` is being written.
const MAILDIR: [&str; 2] = ["cur", "new"];

/// The inputs that files, directories (walked in the order of their names), glob patterns and `-` stand for.
///
/// An argument that stands for nothing is an error beside the inputs of the others. Names that begin with a dot are left
/// out of directories, links to directories are not followed, and a directory that is a Delta table is left alone: which
/// of its files count, only its log tells. Of a Maildir the messages are taken, and its folders (`.Sent`) too. Directories for which `skip` is true are passed over.
#[must_use]
pub fn expand(arguments: &[String], skip: &dyn Fn(&Path) -> bool) -> (Vec<Input>, Vec<InputError>) {
    let (mut inputs, mut errors) = (Vec::new(), Vec::new());
    for argument in arguments {
        let path = Path::new(argument);
        if argument == "-" {
            inputs.push(Input::stdin());
        } else if path.is_dir() {
            directory(path, skip, &mut inputs, &mut errors);
        } else if path.exists() {
            inputs.push(Input::file(path));
        } else if argument.contains(['*', '?', '[']) {
            pattern(argument, skip, &mut inputs, &mut errors);
        } else {
            errors.push(InputError::Missing { path: argument.clone() });
        }
    }
    (inputs, errors)
}

fn pattern(pattern: &str, skip: &dyn Fn(&Path) -> bool, inputs: &mut Vec<Input>, errors: &mut Vec<InputError>) {
    let matches = match glob::glob(pattern) {
        Ok(matches) => matches,
        Err(cause) => return errors.push(InputError::Pattern { pattern: pattern.to_owned(), cause: cause.to_string() }),
    };
    let mut any = false;
    for found in matches {
        any = true;
        match found {
            Ok(path) if path.is_dir() => directory(&path, skip, inputs, errors),
            Ok(path) => inputs.push(Input::file(path)),
            Err(fault) => {
                errors.push(InputError::Unreadable { path: fault.path().display().to_string(), cause: fault.into() });
            }
        }
    }
    if !any {
        errors.push(InputError::NoMatch { pattern: pattern.to_owned() });
    }
}

fn directory(path: &Path, skip: &dyn Fn(&Path) -> bool, inputs: &mut Vec<Input>, errors: &mut Vec<InputError>) {
    let before = (inputs.len(), errors.len());
    // A stack of its own: directories may nest deeper than the call stack.
    let mut pending = vec![path.to_owned()];
    while let Some(path) = pending.pop() {
        if !path.is_dir() {
            inputs.push(Input::file(path));
            continue;
        }
        if skip(&path) {
            continue;
        }
        if path.join(DELTA_LOG).is_dir() {
            errors.push(InputError::DeltaTable { path: path.display().to_string() });
            continue;
        }
        let entries = if is_maildir(&path) { of_maildir(&path) } else { listed(&path) };
        match entries {
            // Pushed in reverse, so that they are taken in order.
            Ok(entries) => pending.extend(entries.into_iter().rev()),
            Err(cause) => errors.push(InputError::Unreadable { path: path.display().to_string(), cause }),
        }
    }
    if (inputs.len(), errors.len()) == before {
        errors.push(InputError::EmptyDirectory { path: path.display().to_string() });
    }
}

fn is_maildir(path: &Path) -> bool {
    MAILDIR.iter().all(|name| path.join(name).is_dir())
}

/// What of a Maildir is read: the directories of its messages, and folders, which are Maildirs with a dot before their name (Maildir++).
fn of_maildir(path: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut found: Vec<PathBuf> = MAILDIR.iter().map(|name| path.join(name)).collect();
    let mut folders = Vec::new();
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        if hidden && !entry.file_type()?.is_symlink() && is_maildir(&entry.path()) {
            folders.push(entry.path());
        }
    }
    folders.sort();
    found.extend(folders);
    Ok(found)
}

/// The files and directories directly in a directory, sorted.
fn listed(directory: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        let linked_directory = entry.file_type()?.is_symlink() && entry.path().is_dir();
        if !hidden && !linked_directory {
            entries.push(entry.path());
        }
    }
    entries.sort();
    Ok(entries)
}
