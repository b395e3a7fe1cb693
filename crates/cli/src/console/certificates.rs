//! Certificates in files: read at the start, and again when they have changed, as those who renew them put new ones there.

use std::{
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use server::Certificates;

use crate::{config, failure::Failure, term};

/// How long between two looks at the files.
const LOOK: Duration = Duration::from_secs(60);

/// The certificates of a console, and where they are from.
pub(crate) struct Files {
    chain: PathBuf,
    key: PathBuf,
    /// What connections are answered with.
    pub(crate) certificates: Certificates,
}

impl Files {
    /// Reads those that the configuration names; `None` where it names none.
    pub(crate) fn open(config: &config::Console) -> Result<Option<Self>, Failure> {
        let (Some(chain), Some(key)) = (&config.tls_certificate, &config.tls_key) else { return Ok(None) };
        let (chain, key) = (chain.value.clone(), key.value.clone());
        let told =
            |error: server::CertificateError| Failure::input(format!("error: {}, {}: {error}", chain.display(), key.display()));
        let certificates = Certificates::new(&read(&chain)?, &read(&key)?).map_err(told)?;
        Ok(Some(Self { chain, key, certificates }))
    }

    /// Takes new ones when the files have changed; does not end. Those that cannot be used are told of, and the ones before stay.
    pub(crate) async fn follow(self) {
        let mut seen = self.changed();
        loop {
            tokio::time::sleep(LOOK).await;
            let now = self.changed();
            if now == seen {
                continue;
            }
            let taken = read(&self.chain).and_then(|chain| Ok((chain, read(&self.key)?)));
            let taken = taken.and_then(|(chain, key)| self.certificates.replace(&chain, &key).map_err(Failure::internal));
            match taken {
                Ok(()) => term::say("new certificates are used"),
                // One of both may still be on its way: the next look finds them whole.
                Err(failure) => term::warn(&format!("new certificates cannot be used: {}", failure.words())),
            }
            seen = now;
        }
    }

    fn changed(&self) -> [Option<SystemTime>; 2] {
        [&self.chain, &self.key].map(|path| std::fs::metadata(path).and_then(|about| about.modified()).ok())
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|error| Failure::input(format!("error: {}: {error}", path.display())))
}
