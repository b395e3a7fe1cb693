//! How far the reading of each mailbox came: a small file in the data directory, written as a whole or not at all.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::write::atomically;

/// The file in the data directory.
const FILE: &str = "mailboxes.json";

/// How far one mailbox was read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Progress {
    /// What the numbers hold for (UIDVALIDITY).
    pub(crate) validity: u32,
    /// The last message that was read (UID).
    pub(crate) last: u32,
}

/// How far every mailbox was read, by its name.
#[derive(Debug, Default)]
pub(crate) struct State {
    path: PathBuf,
    mailboxes: BTreeMap<String, Progress>,
}

impl State {
    /// What was kept; nothing if nothing was read yet.
    pub(crate) fn load(data: &Path) -> Result<Self, Failure> {
        let path = data.join(FILE);
        let named = |reason: String| Failure::input(format!("error: {}: {reason}", path.display()));
        let mailboxes = match std::fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| named(error.to_string()))?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => BTreeMap::new(),
            Err(error) => return Err(named(error.to_string())),
        };
        Ok(Self { path, mailboxes })
    }

    /// The last message of a mailbox that was read; 0 if none was, or if the server has numbered its messages anew since.
    pub(crate) fn last(&self, mailbox: &str, validity: u32) -> u32 {
        self.mailboxes.get(mailbox).filter(|progress| progress.validity == validity).map_or(0, |progress| progress.last)
    }

    /// Keeps how far a mailbox was read.
    pub(crate) fn keep(&mut self, mailbox: &str, progress: Progress) -> Result<(), Failure> {
        self.mailboxes.insert(mailbox.to_owned(), progress);
        let text = serde_json::to_string_pretty(&self.mailboxes).map_err(Failure::internal)?;
        atomically(&self.path, |file| Ok(writeln!(file, "{text}")?))
    }
}

#[cfg(test)]
mod tests {
    use super::{Progress, State};

    type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

    #[test]
    fn a_mailbox_numbered_anew_is_read_from_the_start() -> Result<()> {
        let folder = tempfile::TempDir::new()?;
        let load = || State::load(folder.path()).map_err(|failure| failure.words());
        let mut state = load()?;
        assert_eq!(state.last("a", 7), 0);
        state.keep("a", Progress { validity: 7, last: 12 }).map_err(|failure| failure.words())?;
        let state = load()?;
        assert_eq!((state.last("a", 7), state.last("a", 8), state.last("b", 7)), (12, 0, 0));
        Ok(())
    }
}
