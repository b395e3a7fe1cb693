//! Where private keys are kept: made, read and destroyed behind a trait. A key leaves as a [`SigningKey`], which shows nothing.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use async_trait::async_trait;
use mailauth::dkim::{KeyKind, SigningKey, SigningKeyError};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::files::{self, Access, FileError};

/// What failed with a key.
#[derive(Debug, Error)]
pub enum KeyError {
    /// Its file.
    #[error(transparent)]
    File(#[from] FileError),
    /// What is in the file.
    #[error("{}: {source}", file.display())]
    Key {
        /// Which file.
        file: PathBuf,
        /// What is wrong with it.
        source: SigningKeyError,
    },
    /// No key could be made.
    #[error("no key could be made: {0}")]
    Make(String),
}

/// What a new key is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Its kind.
    pub kind: KeyKind,
    /// The file it is kept in.
    pub file: PathBuf,
    /// `user` or `user:group` whose file it is to be; otherwise that of `like`.
    pub owner: Option<String>,
    /// The key it replaces, whose owner it takes over.
    pub like: Option<PathBuf>,
}

/// Who keeps private keys.
#[async_trait]
pub trait KeyStore: Send + Sync + fmt::Debug {
    /// Makes a new key, in the place of whatever a try before this one made, and says what is to be published of it.
    ///
    /// # Errors
    ///
    /// There is no new key.
    async fn make(&self, wanted: &Wanted) -> Result<String, KeyError>;

    /// A key, to sign with.
    ///
    /// # Errors
    ///
    /// There is none, or none that can be read.
    async fn load(&self, file: &Path) -> Result<SigningKey, KeyError>;

    /// Whether there is something where a key would be kept.
    async fn exists(&self, file: &Path) -> bool;

    /// Destroys a key, if it is there.
    ///
    /// # Errors
    ///
    /// It is there still.
    async fn destroy(&self, file: &Path) -> Result<(), KeyError>;
}

/// Keys in files of their own, in PEM form, mode 0600.
#[derive(Debug, Clone, Copy, Default)]
pub struct KeyFiles;

#[async_trait]
impl KeyStore for KeyFiles {
    async fn make(&self, wanted: &Wanted) -> Result<String, KeyError> {
        let kind = wanted.kind;
        // An RSA key takes from a tenth of a second to several seconds.
        let made = tokio::task::spawn_blocking(move || SigningKey::of_kind(kind)).await;
        let key = made.map_err(|_| KeyError::Make("it was given up".to_owned()))?;
        let library = |error: SigningKeyError| KeyError::Make(error.to_string());
        let key = key.map_err(library)?;
        let record = key.record().map_err(library)?;
        let pem = key.to_pem().map_err(library)?;
        files::replace(&wanted.file, pem.as_bytes(), access(wanted)?)?;
        Ok(record)
    }

    async fn load(&self, file: &Path) -> Result<SigningKey, KeyError> {
        read_key(file)
    }

    async fn exists(&self, file: &Path) -> bool {
        file.symlink_metadata().is_ok()
    }

    async fn destroy(&self, file: &Path) -> Result<(), KeyError> {
        Ok(files::destroy(file)?)
    }
}

/// The owner that is asked for, that of the key it replaces, or whoever runs this.
fn access(wanted: &Wanted) -> Result<Access, FileError> {
    let like = match &wanted.like {
        Some(file) => match Access::of(file) {
            Ok(access) => Some(access.for_key()),
            Err(error) if error.is_missing() => None,
            Err(error) => return Err(error),
        },
        None => None,
    };
    let like = like.unwrap_or(Access::PRIVATE);
    match &wanted.owner {
        Some(owner) => Access::owned_by(owner, like.mode),
        None => Ok(like),
    }
}

/// Reads a key from its file.
///
/// # Errors
///
/// The file cannot be read, or holds no key.
pub fn read_key(file: &Path) -> Result<SigningKey, KeyError> {
    let pem = Zeroizing::new(files::read(file)?);
    SigningKey::from_pem(&pem).map_err(|source| KeyError::Key { file: file.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt};

    use mailauth::dkim::KeyKind;

    use super::{Access, KeyError, KeyFiles, KeyStore, Wanted};

    #[tokio::test]
    async fn a_key_is_made_kept_and_destroyed() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("example.com.s1.pem");
        let wanted = Wanted { kind: KeyKind::Ed25519, file: file.clone(), owner: None, like: None };
        let record = KeyFiles.make(&wanted).await.unwrap();
        assert!(record.starts_with("v=DKIM1; k=ed25519; p="));
        assert_eq!(Access::of(&file).unwrap().mode, 0o600);
        assert_eq!(KeyFiles.load(&file).await.unwrap().record().unwrap(), record);
        assert_ne!(KeyFiles.make(&wanted).await.unwrap(), record);
        KeyFiles.destroy(&file).await.unwrap();
        assert!(!KeyFiles.exists(&file).await);
        assert!(matches!(KeyFiles.load(&file).await, Err(KeyError::File(error)) if error.is_missing()));
    }

    #[tokio::test]
    async fn a_signer_that_reads_as_a_group_still_does() {
        let folder = tempfile::tempdir().unwrap();
        let (old, new) = (folder.path().join("old.pem"), folder.path().join("new.pem"));
        fs::write(&old, "").unwrap();
        fs::set_permissions(&old, fs::Permissions::from_mode(0o644)).unwrap();
        let wanted = Wanted { kind: KeyKind::Ed25519, file: new.clone(), owner: None, like: Some(old.clone()) };
        KeyFiles.make(&wanted).await.unwrap();
        let (old, new) = (Access::of(&old).unwrap(), Access::of(&new).unwrap());
        assert_eq!((new.user, new.group, new.mode), (old.user, old.group, 0o640));
    }

    #[tokio::test]
    async fn errors_name_the_file_and_show_nothing_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key.pem");
        fs::write(&file, "c2VjcmV0").unwrap();
        let error = KeyFiles.load(&file).await.unwrap_err();
        assert!(error.to_string().ends_with("key.pem: the text holds no private key in PEM form"), "{error}");
        assert!(!format!("{error:?}").contains("c2VjcmV0"));
    }
}
