//! The quarantine: messages in a folder of the data directory until somebody has looked at them.
//!
//! A message is two files: `ID.eml`, byte for byte as it came, and `ID.json`, what is known of it ([`Item`]). Both are written aside,
//! brought to disk and renamed, the message first: what has no `ID.json` is not in the quarantine, whenever the program was killed, and a
//! message whose [`Store::keep`] has returned is there whatever happens next. The folder and its files are their owner's alone.
//!
//! Start with [`Store`].

mod files;
mod item;
pub mod release;
pub mod report;
pub mod view;

use std::{
    io::ErrorKind,
    path::{Path, PathBuf},
};

use sha2::{Digest as _, Sha256};

pub use item::{About, Id, Item, State};
pub use release::{Inject, Refused, release};

/// The folder's name in the data directory.
const FOLDER: &str = "quarantine";
/// How long a file that belongs to no message is left alone, in microseconds: somebody may be writing it.
const GRACE: i64 = 3_600_000_000;
/// The largest `ID.json` that is read; one that was written here is far smaller.
const LARGEST_ITEM: u64 = 8 << 20;

/// Why the quarantine cannot do something.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A file cannot be read or written.
    #[error("the quarantine: {path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// No message has this id.
    #[error("no message of the quarantine is called `{0}`")]
    Unknown(String),
    /// Several have ids that begin so.
    #[error("several messages of the quarantine are called `{text}`: {}", .ids.join(", "))]
    Ambiguous {
        /// What was asked for.
        text: String,
        /// Some that it may be.
        ids: Vec<String>,
    },
    /// What is known of a message cannot be understood.
    #[error("the quarantine: {path}: {reason}")]
    Broken {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// Another program is at this message.
    #[error("another program is releasing the message {0}")]
    Busy(Id),
}

/// Messages of the quarantine that could be read, and what is wrong with others.
#[derive(Debug, Default)]
pub struct Listing {
    /// The messages, the latest first.
    pub items: Vec<Item>,
    /// Why others are not among them.
    pub broken: Vec<StoreError>,
    /// Whether there are more.
    pub more: bool,
}

/// What was removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Removed {
    /// Messages.
    pub messages: usize,
    /// Files that belonged to none: what a program that was killed left behind.
    pub leftovers: usize,
}

/// The quarantine.
#[derive(Debug, Clone)]
pub struct Store {
    folder: PathBuf,
}

impl Store {
    /// The quarantine of a data directory. Its folder is made with the first message.
    #[must_use]
    pub fn of(data: &Path) -> Self {
        Self { folder: data.join(FOLDER) }
    }

    /// Where it is.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Keeps a message. When this returns it is on disk.
    ///
    /// # Errors
    /// When it could not be kept; nothing of it is in the quarantine then.
    pub fn keep(&self, message: &[u8], about: About, now: i64) -> Result<Id, StoreError> {
        files::folder(&self.folder).map_err(|source| self.failed(&self.folder, source))?;
        let digest = Sha256::digest(message);
        for attempt in 0_u32.. {
            let id = Id::new(now, &digest, attempt);
            let path = self.message_path(&id);
            match files::write_new(&self.folder, &path, message) {
                // Another message of the same second whose digest begins alike.
                Err(error) if error.kind() == ErrorKind::AlreadyExists && attempt < 100 => continue,
                other => other.map_err(|source| self.failed(&path, source))?,
            }
            let item = Item::new(id.clone(), message, about, now);
            if let Err(error) = self.write(&item) {
                let _ = std::fs::remove_file(&path);
                return Err(error);
            }
            return Ok(id);
        }
        Err(StoreError::Unknown(String::new()))
    }

    /// The latest messages, at most so many of them.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn list(&self, most: usize) -> Result<Listing, StoreError> {
        let ids = self.ids()?;
        let mut listing = Listing { more: ids.len() > most, ..Listing::default() };
        for id in ids.iter().rev().take(most) {
            match self.item(id) {
                Ok(item) => listing.items.push(item),
                // It was deleted meanwhile.
                Err(StoreError::Unknown(_)) => {}
                Err(error) => listing.broken.push(error),
            }
        }
        Ok(listing)
    }

    /// The id that begins with, or ends with, a text.
    ///
    /// # Errors
    /// When there is none, or more than one.
    pub fn find(&self, text: &str) -> Result<Id, StoreError> {
        let mut ids = self.ids()?;
        ids.retain(|id| !text.is_empty() && (id.as_str().starts_with(text) || id.as_str().ends_with(text)));
        match ids.as_slice() {
            [] => Err(StoreError::Unknown(text.to_owned())),
            [_] => Ok(ids.swap_remove(0)),
            several => {
                let ids = several.iter().take(5).map(ToString::to_string).collect();
                Err(StoreError::Ambiguous { text: text.to_owned(), ids })
            }
        }
    }

    /// What is known of a message.
    ///
    /// # Errors
    /// When it is not there, or cannot be understood.
    pub fn item(&self, id: &Id) -> Result<Item, StoreError> {
        let path = self.item_path(id);
        let large = std::fs::metadata(&path).is_ok_and(|about| about.len() > LARGEST_ITEM);
        if large {
            return Err(StoreError::Broken { path, reason: format!("it is larger than {LARGEST_ITEM} bytes") });
        }
        match std::fs::read(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Err(StoreError::Unknown(id.to_string())),
            Err(source) => Err(self.failed(&path, source)),
            Ok(bytes) => {
                let item: Item = serde_json::from_slice(&bytes)
                    .map_err(|error| StoreError::Broken { path: path.clone(), reason: error.to_string() })?;
                if item.id == *id {
                    Ok(item)
                } else {
                    Err(StoreError::Broken { path, reason: format!("it says that it is {}", item.id) })
                }
            }
        }
    }

    /// A message byte for byte as it came.
    ///
    /// # Errors
    /// When it is not there, or cannot be read.
    pub fn message(&self, id: &Id) -> Result<Vec<u8>, StoreError> {
        let path = self.message_path(id);
        std::fs::read(&path).map_err(|source| match source.kind() {
            ErrorKind::NotFound => StoreError::Unknown(id.to_string()),
            _ => self.failed(&path, source),
        })
    }

    /// Deletes a message.
    ///
    /// # Errors
    /// When it is not there, or cannot be deleted.
    pub fn delete(&self, id: &Id) -> Result<(), StoreError> {
        let path = self.item_path(id);
        // With this it is gone; what may be left of it is a leftover.
        std::fs::remove_file(&path).map_err(|source| match source.kind() {
            ErrorKind::NotFound => StoreError::Unknown(id.to_string()),
            _ => self.failed(&path, source),
        })?;
        let path = self.message_path(id);
        match std::fs::remove_file(&path) {
            Err(source) if source.kind() != ErrorKind::NotFound => Err(self.failed(&path, source)),
            _ => Ok(()),
        }
    }

    /// Deletes what came before a moment, released or not, and files that belong to no message; the moment and `now` are microseconds
    /// since 1970.
    ///
    /// # Errors
    /// When the folder cannot be read, or a message not deleted.
    pub fn expire(&self, before: i64, now: i64) -> Result<Removed, StoreError> {
        let mut removed = Removed::default();
        for id in self.ids()?.into_iter().take_while(|id| id.second() < before.div_euclid(1_000_000)) {
            match self.delete(&id) {
                Ok(()) => removed.messages += 1,
                Err(StoreError::Unknown(_)) => {}
                Err(error) => return Err(error),
            }
        }
        removed.leftovers = self.sweep(now)?;
        Ok(removed)
    }

    /// Removes files that belong to no message and have not been touched for a while.
    fn sweep(&self, now: i64) -> Result<usize, StoreError> {
        let mut removed = 0;
        for path in files::names(&self.folder).map_err(|source| self.failed(&self.folder, source))? {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let lone = name
                .strip_suffix(".eml")
                .and_then(|stem| stem.parse::<Id>().ok())
                .is_some_and(|id| !self.item_path(&id).exists());
            if (lone || files::is_aside(name))
                && files::age(&path, now).is_some_and(|age| age > GRACE)
                && std::fs::remove_file(&path).is_ok()
            {
                removed += 1;
            }
        }
        Ok(removed)
    }

    /// The ids of all messages, the oldest first.
    fn ids(&self) -> Result<Vec<Id>, StoreError> {
        let names = files::names(&self.folder).map_err(|source| self.failed(&self.folder, source))?;
        let stem = |path: &PathBuf| path.file_name()?.to_str()?.strip_suffix(".json")?.parse::<Id>().ok();
        let mut ids: Vec<Id> = names.iter().filter_map(stem).collect();
        ids.sort();
        Ok(ids)
    }

    /// Writes what is known of a message, in place of what was known before.
    pub(crate) fn write(&self, item: &Item) -> Result<(), StoreError> {
        let path = self.item_path(&item.id);
        let bytes = serde_json::to_vec_pretty(item)
            .map_err(|error| StoreError::Broken { path: path.clone(), reason: error.to_string() })?;
        files::write(&self.folder, &path, &bytes).map_err(|source| self.failed(&path, source))
    }

    pub(crate) fn message_path(&self, id: &Id) -> PathBuf {
        self.folder.join(format!("{id}.eml"))
    }

    fn item_path(&self, id: &Id) -> PathBuf {
        self.folder.join(format!("{id}.json"))
    }

    pub(crate) fn failed(&self, path: &Path, source: std::io::Error) -> StoreError {
        StoreError::File { path: path.to_owned(), source }
    }
}

#[cfg(test)]
mod tests;
