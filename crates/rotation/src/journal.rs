//! Where rotations are written down, so that one that was stopped goes on where it was: a file each, replaced in one step.

use std::{
    fmt,
    fs::{self, File, OpenOptions, TryLockError},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use async_trait::async_trait;
use thiserror::Error;

use crate::{
    config::Series,
    files::{self, Access, FileError, PRIVATE},
    rotation::Rotation,
};

/// Most files of a journal that are read. A hundred domains rotated quarterly make a thousand in two years and a half.
const MOST_FILES: usize = 100_000;

/// What failed with the journal.
#[derive(Debug, Error)]
pub enum JournalError {
    /// A file.
    #[error(transparent)]
    File(#[from] FileError),
    /// What is in it.
    #[error("{place}: {problem}")]
    Content {
        /// Which file or row.
        place: String,
        /// What is wrong with it.
        problem: String,
    },
    /// Another program is at work on these keys.
    #[error("another rotation of the {} keys of {} is being worked on", .0.family, .0.domain)]
    Locked(Series),
    /// Somebody has gone on with it meanwhile.
    #[error("rotation {0} was changed by another program")]
    Changed(String),
    /// A store that is not files.
    #[error("{0}")]
    Store(String),
}

/// The right to work on a line of keys, until it is dropped or the program ends, in whatever way.
pub trait Held: Send + Sync + fmt::Debug {}

/// Where rotations are kept.
#[async_trait]
pub trait Journal: Send + Sync + fmt::Debug {
    /// The right to work on a line of keys. Never waits.
    ///
    /// # Errors
    ///
    /// [`JournalError::Locked`]: another has it.
    async fn lock(&self, series: &Series) -> Result<Box<dyn Held>, JournalError>;

    /// Every rotation there was, in no order.
    ///
    /// # Errors
    ///
    /// They cannot be read.
    async fn all(&self) -> Result<Vec<Rotation>, JournalError>;

    /// One of them.
    ///
    /// # Errors
    ///
    /// It cannot be read.
    async fn read(&self, id: &str) -> Result<Option<Rotation>, JournalError>;

    /// Keeps a rotation in the place of its last revision, for good when this returns.
    ///
    /// # Errors
    ///
    /// [`JournalError::Changed`] if what is kept is not the revision before.
    async fn write(&self, rotation: &Rotation) -> Result<(), JournalError>;
}

/// A journal in a folder.
#[derive(Debug, Clone)]
pub struct FileJournal {
    folder: PathBuf,
}

#[derive(Debug)]
struct HeldFile {
    _file: File,
}

impl Held for HeldFile {}

impl FileJournal {
    /// In a folder, which is made if there is none.
    ///
    /// # Errors
    ///
    /// It cannot be made.
    pub fn open(folder: &Path) -> Result<Self, JournalError> {
        fs::create_dir_all(folder).map_err(FileError::of(folder))?;
        Ok(Self { folder: folder.to_owned() })
    }

    fn file(&self, id: &str) -> PathBuf {
        self.folder.join(format!("{}.json", plain(id)))
    }

    fn load(file: &Path) -> Result<Rotation, JournalError> {
        let text = files::read(file)?;
        let wrong =
            |error: serde_json::Error| JournalError::Content { place: file.display().to_string(), problem: error.to_string() };
        serde_json::from_str(&text).map_err(wrong)
    }
}

/// A name of a file, whatever somebody calls a family of keys.
fn plain(text: &str) -> String {
    let good = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
    let text: String = text.chars().map(|letter| if good(letter) { letter } else { '_' }).collect();
    text.trim_start_matches('.').to_owned()
}

#[async_trait]
impl Journal for FileJournal {
    async fn lock(&self, series: &Series) -> Result<Box<dyn Held>, JournalError> {
        let file = self.folder.join(format!("{}.lock", plain(&format!("{}.{}", series.domain, series.family))));
        let open = OpenOptions::new().create(true).truncate(false).write(true).mode(PRIVATE).open(&file);
        let open = open.map_err(FileError::of(&file))?;
        match open.try_lock() {
            Ok(()) => Ok(Box::new(HeldFile { _file: open })),
            Err(TryLockError::WouldBlock) => Err(JournalError::Locked(series.clone())),
            Err(TryLockError::Error(source)) => Err(FileError::of(&file)(source).into()),
        }
    }

    async fn all(&self) -> Result<Vec<Rotation>, JournalError> {
        let mut rotations = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(FileError::of(&self.folder))?.take(MOST_FILES) {
            let file = entry.map_err(FileError::of(&self.folder))?.path();
            if file.extension().is_some_and(|extension| extension == "json") {
                rotations.push(Self::load(&file)?);
            }
        }
        Ok(rotations)
    }

    async fn read(&self, id: &str) -> Result<Option<Rotation>, JournalError> {
        match Self::load(&self.file(id)) {
            Ok(rotation) => Ok(Some(rotation)),
            Err(JournalError::File(error)) if error.is_missing() => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn write(&self, rotation: &Rotation) -> Result<(), JournalError> {
        let kept = self.read(&rotation.id).await?.map_or(0, |kept| kept.revision);
        if kept.checked_add(1) != Some(rotation.revision) {
            return Err(JournalError::Changed(rotation.id.clone()));
        }
        let problem = |error: serde_json::Error| JournalError::Content { place: rotation.id.clone(), problem: error.to_string() };
        let mut text = serde_json::to_string_pretty(rotation).map_err(problem)?;
        text.push('\n');
        Ok(files::replace(&self.file(&rotation.id), text.as_bytes(), Access::PRIVATE)?)
    }
}

#[cfg(test)]
mod tests {
    use super::{FileJournal, Journal, JournalError, plain};
    use crate::{Config, rotation::Rotation};

    fn rotation() -> Rotation {
        Rotation::planned(Config::new("example.com", "/keys/{selector}.pem"), "s2", None, Vec::new(), 60, 0)
    }

    #[tokio::test]
    async fn what_is_written_is_read_and_never_overwritten_by_somebody_late() {
        let folder = tempfile::tempdir().unwrap();
        let journal = FileJournal::open(&folder.path().join("journal")).unwrap();
        let mut rotation = rotation();
        assert!(journal.read(&rotation.id).await.unwrap().is_none());
        journal.write(&rotation).await.unwrap();
        assert!(matches!(journal.write(&rotation).await, Err(JournalError::Changed(_))));
        rotation.revision += 1;
        journal.write(&rotation).await.unwrap();
        assert_eq!(journal.read(&rotation.id).await.unwrap().as_ref(), Some(&rotation));
        assert_eq!(journal.all().await.unwrap(), [rotation]);
    }

    #[tokio::test]
    async fn one_at_a_time_works_on_a_line_of_keys() {
        let folder = tempfile::tempdir().unwrap();
        let journal = FileJournal::open(folder.path()).unwrap();
        let series = rotation().config.series();
        let held = journal.lock(&series).await.unwrap();
        assert!(matches!(journal.lock(&series).await, Err(JournalError::Locked(_))));
        let other = crate::Series { family: "ed25519".into(), ..series.clone() };
        journal.lock(&other).await.unwrap();
        drop(held);
        journal.lock(&series).await.unwrap();
    }

    #[test]
    fn no_name_leaves_the_folder() {
        assert_eq!(plain("../../etc/x y"), "_.._etc_x_y");
    }
}
