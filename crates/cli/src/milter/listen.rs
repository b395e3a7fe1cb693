//! Where mail servers connect: a port, or a socket of the file system.

use milter::{Address, Listener};
use tokio::net::TcpListener;

use crate::failure::Failure;

/// Who may connect to a socket of the file system: its owner and its group, which is where mail servers are put.
#[cfg(unix)]
const MODE: u32 = 0o660;

/// Listens.
pub(super) async fn bind(place: &Address) -> Result<Listener, Failure> {
    let failed = |error: std::io::Error| {
        Failure::internal(format_args!("{place} cannot be listened on: {error}; choose another place with --listen"))
    };
    match place {
        Address::Inet { host, port } => TcpListener::bind((host.as_str(), *port)).await.map(Listener::Tcp).map_err(failed),
        #[cfg(unix)]
        Address::Unix(path) => unix(path).await.map(Listener::Unix).map_err(failed),
        #[cfg(not(unix))]
        Address::Unix(_) => Err(failed(std::io::ErrorKind::Unsupported.into())),
    }
}

/// A socket of the file system. One that a killed program left is taken away; one that somebody listens on is not.
#[cfg(unix)]
async fn unix(path: &std::path::Path) -> std::io::Result<tokio::net::UnixListener> {
    use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _};

    use tokio::net::{UnixListener, UnixStream};
    let is_socket = std::fs::symlink_metadata(path).is_ok_and(|about| about.file_type().is_socket());
    if is_socket && UnixStream::connect(path).await.is_err() {
        std::fs::remove_file(path)?;
    }
    let listener = UnixListener::bind(path)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(MODE))?;
    Ok(listener)
}

/// The place, with the port that was found where any would do.
pub(super) fn shown(listener: &Listener, place: &Address) -> String {
    match (listener, place) {
        (Listener::Tcp(listener), Address::Inet { host, .. }) => {
            let port = listener.local_addr().map_or(0, |address| address.port());
            Address::Inet { host: host.clone(), port }.to_string()
        }
        _ => place.to_string(),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    type Outcome = Result<(), Box<dyn std::error::Error>>;

    #[tokio::test]
    async fn a_socket_that_was_left_behind_is_taken_and_one_in_use_is_not() -> Outcome {
        let folder = tempfile::tempdir()?;
        let place = Address::Unix(folder.path().join("milter.sock"));
        drop(bind(&place).await.map_err(|failure| failure.words())?);
        let listening = bind(&place).await.map_err(|failure| failure.words())?;
        let words = bind(&place).await.err().map(|failure| failure.words()).unwrap_or_default();
        assert!(words.contains("cannot be listened on"), "{words}");
        drop(listening);
        let file = folder.path().join("file");
        std::fs::write(&file, "of somebody")?;
        assert!(bind(&Address::Unix(file.clone())).await.is_err());
        assert_eq!(std::fs::read_to_string(file)?, "of somebody");
        Ok(())
    }
}
