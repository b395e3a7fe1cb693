//! Watched folders: files that appear are taken in.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

use detect::telemetry::Clock as _;

use crate::{command::ingest, failure::Failure, watch::House};

/// A file that was written less than so many microseconds ago may still be growing.
const GROWING: i64 = 200_000;

/// The folders that are watched, and what was taken in from them.
#[derive(Debug, Default)]
pub(crate) struct Folders {
    paths: Vec<PathBuf>,
    /// Files that were taken in, with their length and time of change.
    taken: Mutex<BTreeMap<PathBuf, (u64, i64)>>,
}

impl Folders {
    /// These.
    pub(crate) fn new(paths: Vec<PathBuf>) -> Self {
        Self { paths, taken: Mutex::default() }
    }

    /// What a folder is called among all sources of rows.
    pub(crate) fn about(folder: &std::path::Path) -> String {
        format!("folder {}", folder.display())
    }

    /// Each, with when the youngest file that was taken in from it was written, in microseconds since 1970.
    pub(crate) fn known(&self) -> Vec<(PathBuf, Option<i64>)> {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let last = |folder: &PathBuf| {
            let own = taken.iter().filter(|(file, _)| file.parent() == Some(folder.as_path()));
            own.map(|(_, (_, written))| *written).max()
        };
        self.paths.iter().map(|folder| (folder.clone(), last(folder))).collect()
    }
}

impl House {
    /// Takes in files of the watched folders that are new or have changed and are not being written any more.
    pub(crate) async fn take_in(&self) -> Result<(), Failure> {
        let mut fresh = Vec::new();
        for folder in &self.folders.paths {
            match std::fs::read_dir(folder) {
                Ok(entries) => {
                    self.troubles.set(&folder.display().to_string(), None);
                    fresh.extend(entries.filter_map(Result::ok).filter_map(|entry| self.changed(&entry)));
                }
                Err(error) => self.troubles.set(&folder.display().to_string(), Some(error.to_string())),
            }
        }
        fresh.sort();
        for path in fresh {
            let name = path.display().to_string();
            // Rows that are there already are not added again, so that a file whose taking in was broken off can be taken in once more.
            let options = ingest::Options::of(vec![name.clone()], self.config.clone());
            let (done, rows) = ingest::counted(&self.data, options).await;
            if let Some(folder) = path.parent() {
                self.came.add(&Folders::about(folder), rows, self.watch.clock.now());
            }
            match done {
                Ok(()) => self.troubles.set(&name, None),
                Err(Failure::Told { message, .. }) => self.troubles.set(&name, Some(message)),
                Err(_) => {}
            }
            self.woken.notify_one();
        }
        Ok(())
    }

    /// The file, where it is one that has not been taken in as it is now and has been left alone for a moment.
    fn changed(&self, entry: &std::fs::DirEntry) -> Option<PathBuf> {
        let about = entry.metadata().ok().filter(std::fs::Metadata::is_file)?;
        let path = entry.path();
        if entry.file_name().to_string_lossy().starts_with('.') {
            return None;
        }
        let written = crate::clock::micros_of(about.modified().ok()?);
        if self.watch.clock.now().saturating_sub(written) < GROWING {
            return None;
        }
        let mark = (about.len(), written);
        let mut taken = self.folders.taken.lock().unwrap_or_else(PoisonError::into_inner);
        (taken.insert(path.clone(), mark) != Some(mark)).then_some(path)
    }
}
