//! Files that must never be half written: replaced in one step, kept through a loss of power, with owner and mode as they were.
//!
//! A file is written beside the one it replaces, under one fixed name, forced to disk and renamed over it; then its folder is forced to disk. What a
//! crash leaves under that name is removed by the next try, so that no copy of a secret stays behind.

use std::{
    fmt,
    fs::{self, File, OpenOptions, Permissions, TryLockError},
    io::{self, Read, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, fchown},
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use thiserror::Error;

/// Most bytes of a table or key that are read. A table of ten thousand domains has about one megabyte.
const MOST_BYTES: u64 = 8 << 20;

/// How often a file is tried that somebody else is changing: a change takes milliseconds.
const LOCK_TRIES: u32 = 20;

/// Between two tries.
const LOCK_PAUSE: Duration = Duration::from_millis(10);

/// The mode of private keys.
pub const PRIVATE: u32 = 0o600;

/// What failed with a file.
#[derive(Debug, Error)]
pub enum FileError {
    /// The system said so.
    #[error("{}: {source}", file.display())]
    Io {
        /// Which file.
        file: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Nobody writes tables that long.
    #[error("{}: it is longer than {MOST_BYTES} bytes", .0.display())]
    TooLong(PathBuf),
    /// It is no text.
    #[error("{}: it is not UTF-8", .0.display())]
    NoText(PathBuf),
    /// Another program of ours is changing it.
    #[error("{}: another change of it is being made", .0.display())]
    Busy(PathBuf),
    /// The name of a user or group that the system does not have.
    #[error("there is no {0}")]
    Owner(String),
}

impl FileError {
    pub(crate) fn of(file: &Path) -> impl Fn(io::Error) -> Self {
        move |source| Self::Io { file: file.to_owned(), source }
    }

    /// Whether there is no such file.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Io { source, .. } if source.kind() == io::ErrorKind::NotFound)
    }
}

/// Whose a file is, and who may read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Access {
    /// The user's number; `None` leaves it to the system.
    pub user: Option<u32>,
    /// The group's number.
    pub group: Option<u32>,
    /// The mode's lower twelve bits.
    pub mode: u32,
}

impl Access {
    /// A file that only its owner, the user who runs this, may read.
    pub const PRIVATE: Self = Self { user: None, group: None, mode: PRIVATE };

    /// That of a file.
    ///
    /// # Errors
    ///
    /// It cannot be looked at.
    pub fn of(file: &Path) -> Result<Self, FileError> {
        let found = fs::metadata(file).map_err(FileError::of(file))?;
        Ok(Self { user: Some(found.uid()), group: Some(found.gid()), mode: found.mode() & 0o7777 })
    }

    /// That of a new private key in place of one whose access this is: the same owner. Mode 0600, and read by the group if the group reads
    /// the old one, as a signer that runs in that group could not sign otherwise.
    #[must_use]
    pub fn for_key(self) -> Self {
        Self { mode: PRIVATE | self.mode & 0o040, ..self }
    }

    /// Whether a private key is open to more people than its owner and, for reading, its group.
    #[must_use]
    pub fn is_too_wide(self) -> bool {
        self.mode & 0o037 != 0
    }

    /// `user` or `user:group`, by name or number, as the system knows them.
    ///
    /// # Errors
    ///
    /// [`FileError::Owner`], or the list of users cannot be read.
    pub fn owned_by(owner: &str, mode: u32) -> Result<Self, FileError> {
        let (user, group) = owner.split_once(':').map_or((owner, None), |(user, group)| (user, Some(group)));
        let user = number("user", user, Path::new("/etc/passwd"))?;
        let group = group.map(|group| number("group", group, Path::new("/etc/group"))).transpose()?;
        Ok(Self { user: Some(user), group, mode })
    }
}

/// The number that stands third in a line that begins with the name, in files of users as of groups.
fn number(what: &str, name: &str, list: &Path) -> Result<u32, FileError> {
    if let Ok(number) = name.parse() {
        return Ok(number);
    }
    let text = read(list)?;
    let fields = text.lines().map(|line| line.split(':')).find_map(|mut fields| (fields.next() == Some(name)).then_some(fields));
    let found = fields.and_then(|mut fields| fields.nth(1)).and_then(|number| number.parse().ok());
    found.ok_or_else(|| FileError::Owner(format!("{what} \"{name}\"")))
}

/// The whole text of a file.
///
/// # Errors
///
/// It cannot be read, is no text, or is too long.
pub fn read(file: &Path) -> Result<String, FileError> {
    text_of(&File::open(file).map_err(FileError::of(file))?, file)
}

fn text_of(open: &File, file: &Path) -> Result<String, FileError> {
    // Room for all of it from the start: a buffer that grows leaves copies of a secret behind.
    let length = open.metadata().map_err(FileError::of(file))?.len().min(MOST_BYTES);
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default().saturating_add(64));
    open.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(FileError::of(file))?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(FileError::TooLong(file.to_owned()));
    }
    String::from_utf8(bytes).map_err(|_| FileError::NoText(file.to_owned()))
}

/// Puts a file in the place of another, or where none is, in one step.
///
/// # Errors
///
/// It could not be written; what stood there stands there still.
pub fn replace(file: &Path, bytes: &[u8], access: Access) -> Result<(), FileError> {
    let beside = beside(file);
    remove(&beside)?;
    let written = write_new(&beside, bytes, access).and_then(|()| fs::rename(&beside, file).map_err(FileError::of(file)));
    if let Err(error) = written {
        remove(&beside)?;
        return Err(error);
    }
    sync_folder(file)
}

fn write_new(file: &Path, bytes: &[u8], access: Access) -> Result<(), FileError> {
    let wrong = FileError::of(file);
    let mut open = OpenOptions::new().write(true).create_new(true).mode(PRIVATE).open(file).map_err(&wrong)?;
    let found = open.metadata().map_err(&wrong)?;
    let user = access.user.filter(|user| *user != found.uid());
    let group = access.group.filter(|group| *group != found.gid());
    if user.is_some() || group.is_some() {
        fchown(&open, user, group).map_err(&wrong)?;
    }
    open.set_permissions(Permissions::from_mode(access.mode)).map_err(&wrong)?;
    open.write_all(bytes).map_err(&wrong)?;
    open.sync_all().map_err(&wrong)
}

/// The one name under which a file is written before it takes its place.
fn beside(file: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(file.file_name().unwrap_or_default());
    name.push(".new");
    file.with_file_name(name)
}

/// Changes the text of a file in one step, with owner and mode as they are. `change` gives the new text, or `None` if there is nothing to
/// do. Links are followed. Two of these at once never lose a change: one waits for the other, a fifth of a second at most.
///
/// # Errors
///
/// What `change` refuses, what fails with the file, and [`FileError::Busy`].
pub fn edit<E: From<FileError>>(file: &Path, change: impl FnOnce(&str) -> Result<Option<String>, E>) -> Result<bool, E> {
    let file = &fs::canonicalize(file).map_err(FileError::of(file))?;
    let open = locked(file)?;
    match change(&text_of(&open, file)?)? {
        Some(text) => replace(file, text.as_bytes(), Access::of(file)?).map(|()| true).map_err(E::from),
        None => Ok(false),
    }
}

/// The file that stands there, with the right to replace it.
fn locked(file: &Path) -> Result<File, FileError> {
    let wrong = FileError::of(file);
    for _ in 0..LOCK_TRIES {
        let open = File::open(file).map_err(&wrong)?;
        match open.try_lock() {
            Ok(()) => {
                // Whoever held the lock before may have put another file there since this one was opened.
                let (ours, there) = (open.metadata().map_err(&wrong)?, fs::metadata(file).map_err(&wrong)?);
                if (ours.dev(), ours.ino()) == (there.dev(), there.ino()) {
                    return Ok(open);
                }
            }
            Err(TryLockError::WouldBlock) => thread::sleep(LOCK_PAUSE),
            Err(TryLockError::Error(source)) => return Err(wrong(source)),
        }
    }
    Err(FileError::Busy(file.to_owned()))
}

/// Takes a file away, if it is there.
///
/// # Errors
///
/// It is there still.
pub fn remove(file: &Path) -> Result<(), FileError> {
    match fs::remove_file(file) {
        Ok(()) => sync_folder(file),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(FileError::of(file)(error)),
    }
}

/// Overwrites a secret before it is taken away: a copy in memory of the file system or on some disks outlives it, the name does not. Where other names lead
/// to the same file, only this name is taken away.
///
/// # Errors
///
/// It is there still.
pub fn destroy(file: &Path) -> Result<(), FileError> {
    remove(&beside(file))?;
    let wrong = FileError::of(file);
    match fs::symlink_metadata(file) {
        Ok(found) if found.is_file() && found.nlink() == 1 => {
            let mut open = OpenOptions::new().write(true).open(file).map_err(&wrong)?;
            let zeros = vec![0; usize::try_from(found.len().min(MOST_BYTES)).unwrap_or_default()];
            open.write_all(&zeros).map_err(&wrong)?;
            open.sync_all().map_err(&wrong)?;
        }
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(wrong(error)),
    }
    remove(file)
}

fn sync_folder(file: &Path) -> Result<(), FileError> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(FileError::of(folder))
}

impl fmt::Display for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04o}", self.mode)
    }
}

#[cfg(test)]
mod tests {
    use std::{
        fs::{self, File},
        os::unix::fs::{PermissionsExt, symlink},
    };

    use super::{Access, FileError, PRIVATE, beside, destroy, edit, read, remove, replace};

    fn upper(text: &str) -> Result<Option<String>, FileError> {
        Ok(Some(text.to_uppercase()))
    }

    #[test]
    fn a_private_file_is_private_from_its_first_byte() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key.pem");
        replace(&file, b"secret", Access::PRIVATE).unwrap();
        assert_eq!(Access::of(&file).unwrap().mode, PRIVATE);
        assert_eq!(read(&file).unwrap(), "secret");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_a_crash_left_is_overwritten_and_gone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key.pem");
        fs::write(beside(&file), "half a secr").unwrap();
        replace(&file, b"secret", Access::PRIVATE).unwrap();
        assert!(!beside(&file).exists());
        fs::write(beside(&file), "half a secr").unwrap();
        destroy(&file).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        destroy(&file).unwrap();
        remove(&file).unwrap();
    }

    #[test]
    fn what_other_names_lead_to_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let [file, hard, soft] = ["key.pem", "hard.pem", "soft.pem"].map(|name| folder.path().join(name));
        replace(&file, b"secret", Access::PRIVATE).unwrap();
        fs::hard_link(&file, &hard).unwrap();
        symlink(&file, &soft).unwrap();
        destroy(&soft).unwrap();
        destroy(&hard).unwrap();
        assert_eq!(read(&file).unwrap(), "secret");
        assert!(!hard.exists() && !soft.exists());
    }

    #[test]
    fn an_edited_file_keeps_its_mode_and_a_link_stays_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("table"), folder.path().join("link"));
        fs::write(&file, "text").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        symlink(&file, &link).unwrap();
        assert!(edit(&link, upper).unwrap());
        assert_eq!((read(&file).unwrap().as_str(), Access::of(&file).unwrap().mode), ("TEXT", 0o640));
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert!(!edit::<FileError>(&link, |_| Ok(None)).unwrap());
    }

    #[test]
    fn two_changes_at_once_do_not_lose_one() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("table");
        fs::write(&file, "text").unwrap();
        let other = File::open(&file).unwrap();
        other.try_lock().unwrap();
        assert!(matches!(edit(&file, upper), Err(FileError::Busy(_))));
        drop(other);
        assert!(edit(&file, upper).unwrap());
    }

    #[test]
    fn of_many_changes_at_once_each_is_made() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("table");
        fs::write(&file, "").unwrap();
        let add = |line: u32| {
            while let Err(error) = edit(&file, |text| Ok::<_, FileError>(Some(format!("{text}{line}\n")))) {
                assert!(matches!(error, FileError::Busy(_)), "{error}");
            }
        };
        std::thread::scope(|scope| {
            for line in 0..8 {
                scope.spawn(move || add(line));
            }
        });
        let mut lines: Vec<u32> = read(&file).unwrap().lines().map(|line| line.parse().unwrap()).collect();
        lines.sort_unstable();
        assert_eq!(lines, (0..8).collect::<Vec<_>>());
    }

    #[test]
    fn owners_by_name_and_by_number() {
        assert_eq!(Access::owned_by("root:0", 0o600).unwrap(), Access { user: Some(0), group: Some(0), mode: 0o600 });
        assert_eq!(Access::owned_by("1234", 0o600).unwrap(), Access { user: Some(1234), group: None, mode: 0o600 });
        let error = Access::owned_by("nobody-has-this-name", 0o600).unwrap_err();
        assert_eq!(error.to_string(), "there is no user \"nobody-has-this-name\"");
    }

    #[test]
    fn what_a_key_may_be_open_to() {
        let with = |mode| Access { user: None, group: None, mode };
        assert_eq!(with(0o644).for_key().mode, 0o640);
        assert_eq!(with(0o600).for_key().mode, 0o600);
        for (mode, wide) in [(0o600, false), (0o400, false), (0o640, false), (0o644, true), (0o660, true), (0o700, false)] {
            assert_eq!(with(mode).is_too_wide(), wide, "{mode:o}");
        }
        assert!(matches!(read(&std::env::temp_dir().join("no/such/file")), Err(error) if error.is_missing()));
    }
}
