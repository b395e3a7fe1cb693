//! The token that senders have to have: a file that only its owner can read, made at the first start.

use std::{
    io::{ErrorKind, Write as _},
    path::{Path, PathBuf},
};

use server::Token;

use crate::{failure::Failure, term};

/// The file's name in the data directory.
const FILE: &str = "token";
/// Random bytes of a token.
const BYTES: usize = 32;
/// Letters that a token has at least, so that an empty file lets nobody in.
const SHORTEST: usize = 16;

/// The token of the file `given`, which must be there, or of that in the data directory, which is made where it is missing; and where
/// that file is.
pub(super) fn open(data: &Path, given: Option<&Path>) -> Result<(Token, PathBuf), Failure> {
    let path = given.map_or_else(|| data.join(FILE), Path::to_owned);
    let failed = |error: std::io::Error| Failure::input(format!("error: token: {}: {error}", path.display()));
    let secret = match std::fs::read_to_string(&path) {
        Err(missing) if missing.kind() == ErrorKind::NotFound && given.is_none() => made(data, &path).map_err(failed)?,
        other => other.map_err(failed)?,
    };
    let secret = secret.trim();
    if secret.len() < SHORTEST {
        return Err(Failure::input(format!(
            "error: token: {}: it has less than {SHORTEST} letters; put a longer one into it, or remove it and have one made",
            path.display()
        )));
    }
    warn_of_readers(&path);
    Ok((Token::new(secret), path))
}

/// Makes the file as a whole. Who else makes it at the same time makes the one that counts.
fn made(data: &Path, path: &Path) -> std::io::Result<String> {
    let mut random = [0_u8; BYTES];
    getrandom::fill(&mut random).map_err(|error| std::io::Error::other(error.to_string()))?;
    let secret: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    // A temporary file can be read by its owner alone, and keeps that when it gets its name.
    let mut file = tempfile::Builder::new().prefix(".token").tempfile_in(data)?;
    writeln!(file, "{secret}")?;
    file.as_file().sync_all()?;
    match file.persist_noclobber(path) {
        Ok(_) => Ok(secret),
        Err(error) if error.error.kind() == ErrorKind::AlreadyExists => std::fs::read_to_string(path),
        Err(error) => Err(error.error),
    }
}

#[cfg(unix)]
fn warn_of_readers(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = std::fs::metadata(path).map_or(0, |about| about.permissions().mode());
    if mode & 0o077 != 0 {
        term::warn(&format!("others can read the token: chmod 600 {}", path.display()));
    }
}

#[cfg(not(unix))]
fn warn_of_readers(_: &Path) {}

#[cfg(test)]
mod tests {
    use super::*;

    type Outcome = Result<(), Box<dyn std::error::Error>>;

    #[test]
    fn a_token_is_made_once_for_its_owner_alone() -> Outcome {
        let data = tempfile::tempdir()?;
        let (_, path) = open(data.path(), None).map_err(|failure| failure.words())?;
        let secret = std::fs::read_to_string(&path)?;
        assert_eq!(secret.trim().len(), 2 * BYTES);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&path)?.permissions().mode() & 0o777, 0o600);
        }
        open(data.path(), None).map_err(|failure| failure.words())?;
        assert_eq!(std::fs::read_to_string(&path)?, secret, "it stays");
        Ok(())
    }

    #[test]
    fn a_file_without_a_token_lets_nobody_in() -> Outcome {
        let data = tempfile::tempdir()?;
        let path = data.path().join("mine");
        let words = |given: &Path| open(data.path(), Some(given)).err().map(|failure| failure.words()).unwrap_or_default();
        assert!(words(&path).contains("mine"), "one that is named is not made");
        std::fs::write(&path, "\n")?;
        assert!(words(&path).contains("less than 16 letters"));
        Ok(())
    }
}
