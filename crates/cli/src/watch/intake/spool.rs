//! A body on its way: in memory while it is small and there is room, else in a file of the data directory.
//!
//! The file is in the data directory because that is the disk whose being full has to be told, and the one with room for rows.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use server::{Bytes, intake::Refusal};
use sources::{Input, Place};
use tempfile::NamedTempFile;

use crate::failure::Failure;

/// Bytes of a body that stay in memory.
const SMALL: usize = 1 << 20;
/// Bytes of all bodies together that stay in memory.
const TOGETHER: usize = 64 << 20;
/// Bytes gathered before they are written to a file.
const GATHERED: usize = 1 << 20;
/// How long a file may be there that nobody knows of: a process that was killed left it.
const LEFT_BEHIND: Duration = Duration::from_secs(24 * 3600);
/// The folder in the data directory.
const FOLDER: &str = "incoming";

/// The room that bodies share.
#[derive(Debug)]
pub(super) struct Room {
    folder: PathBuf,
    used: AtomicUsize,
}

impl Room {
    /// Makes the folder, and clears it of what a killed process left.
    pub(super) fn new(data: &Path) -> Result<Self, Failure> {
        let folder = data.join(FOLDER);
        let failed = |error| Failure::internal(format_args!("{}: {error}", folder.display()));
        std::fs::create_dir_all(&folder).map_err(failed)?;
        for entry in std::fs::read_dir(&folder).map_err(failed)?.filter_map(Result::ok) {
            let old = entry.metadata().and_then(|about| about.modified()).ok();
            let age = old.map(|modified| crate::clock::micros(crate::clock::now()) - crate::clock::micros_of(modified));
            if age.is_some_and(|age| u128::try_from(age).is_ok_and(|age| age > LEFT_BEHIND.as_micros())) {
                // One that cannot be removed is only in nobody's way.
                let _ = std::fs::remove_file(entry.path());
            }
        }
        Ok(Self { folder, used: AtomicUsize::new(0) })
    }

    /// Takes room for so many bytes, if there is any.
    fn take(&self, bytes: usize) -> bool {
        let fits = |used: usize| used.checked_add(bytes).filter(|used| *used <= TOGETHER);
        self.used.fetch_update(Ordering::AcqRel, Ordering::Acquire, fits).is_ok()
    }
}

/// A body that is coming in.
#[derive(Debug)]
pub(super) struct Spool {
    room: Arc<Room>,
    bytes: Vec<u8>,
    /// Bytes of the room that this body has.
    taken: usize,
    file: Option<NamedTempFile>,
}

impl Drop for Spool {
    fn drop(&mut self) {
        self.room.used.fetch_sub(self.taken, Ordering::AcqRel);
    }
}

/// A body that is whole. Its room or file is given back when it is dropped.
#[derive(Debug)]
pub(super) struct Body {
    /// What is to be read.
    pub(super) input: Input,
    /// Bytes in it that are in memory; `None` where it is in a file.
    pub(super) held: Option<usize>,
    _spool: Spool,
}

impl Spool {
    /// An empty body.
    pub(super) const fn new(room: Arc<Room>) -> Self {
        Self { room, bytes: Vec::new(), taken: 0, file: None }
    }

    /// Adds bytes.
    pub(super) async fn write(&mut self, bytes: Bytes) -> Result<(), Refusal> {
        let in_memory = self.file.is_none() && self.bytes.len() + bytes.len() <= SMALL && self.room.take(bytes.len());
        self.bytes.extend_from_slice(&bytes);
        if in_memory {
            self.taken += bytes.len();
            return Ok(());
        }
        if self.file.is_none() || self.bytes.len() >= GATHERED { self.spill().await } else { Ok(()) }
    }

    /// Writes what is in memory to the file.
    async fn spill(&mut self) -> Result<(), Refusal> {
        let (bytes, file, folder) = (std::mem::take(&mut self.bytes), self.file.take(), self.room.folder.clone());
        let written = tokio::task::spawn_blocking(move || {
            use std::io::Write as _;
            let mut file = match file {
                Some(file) => file,
                None => tempfile::Builder::new().prefix("post-").suffix(".part").tempfile_in(folder)?,
            };
            file.write_all(&bytes)?;
            Ok::<_, std::io::Error>(file)
        });
        let unavailable =
            |error: String| Refusal::Unavailable { reason: format!("the body cannot be kept: {error}"), retry_after: 30 };
        let file = written.await.map_err(|error| unavailable(error.to_string()))?;
        self.file = Some(file.map_err(|error| unavailable(error.to_string()))?);
        self.room.used.fetch_sub(std::mem::take(&mut self.taken), Ordering::AcqRel);
        Ok(())
    }

    /// The whole body. Messages and rejects call it `POST`.
    pub(super) async fn finish(mut self) -> Result<Body, Refusal> {
        if self.file.is_some() && !self.bytes.is_empty() {
            self.spill().await?;
        }
        let place = match &self.file {
            Some(file) => Place::File(file.path().to_owned()),
            None => Place::Memory(std::mem::take(&mut self.bytes).into()),
        };
        let held = self.file.is_none().then_some(self.taken);
        Ok(Body { held, input: Input { name: "POST".to_owned(), place }, _spool: self })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Outcome = Result<(), Box<dyn std::error::Error>>;

    fn used(room: &Room) -> usize {
        room.used.load(Ordering::Acquire)
    }

    #[tokio::test]
    async fn a_small_body_stays_in_memory_and_a_large_one_goes_to_a_file_that_does_not_stay() -> Outcome {
        let data = tempfile::tempdir()?;
        let room = Arc::new(Room::new(data.path()).map_err(|failure| failure.words())?);
        let mut small = Spool::new(Arc::clone(&room));
        small.write(Bytes::from_static(b"one ")).await?;
        small.write(Bytes::from_static(b"two")).await?;
        assert_eq!(used(&room), 7);
        let body = small.finish().await?;
        assert_eq!(body.input.place, Place::Memory(b"one two"[..].into()));
        drop(body);
        assert_eq!(used(&room), 0);
        let mut large = Spool::new(Arc::clone(&room));
        let part = Bytes::from(vec![b'x'; SMALL / 2 + 1]);
        for _ in 0..5 {
            large.write(part.clone()).await?;
        }
        assert_eq!(used(&room), 0, "what is in a file takes no room");
        let body = large.finish().await?;
        let Place::File(path) = &body.input.place else { return Err("it is in memory".into()) };
        assert_eq!(std::fs::metadata(path)?.len(), 5 * part.len() as u64);
        drop(body);
        assert_eq!(std::fs::read_dir(data.path().join(FOLDER))?.count(), 0);
        Ok(())
    }

    #[tokio::test]
    async fn without_room_a_small_body_goes_to_a_file_too() -> Outcome {
        let data = tempfile::tempdir()?;
        let room = Arc::new(Room::new(data.path()).map_err(|failure| failure.words())?);
        assert!(room.take(TOGETHER) && !room.take(1));
        let mut small = Spool::new(Arc::clone(&room));
        small.write(Bytes::from_static(b"one")).await?;
        assert!(matches!(small.finish().await?.input.place, Place::File(_)));
        Ok(())
    }
}
