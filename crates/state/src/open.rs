//! Opening the database and bringing it up to date.

use std::{path::Path, sync::Once, time::Duration};

use sqlx::{Any, AnyConnection, AnyPool, Connection, Executor, Transaction, any::AnyPoolOptions};

use crate::{
    StateError,
    error::{Doing, WAIT},
};

/// The steps from an empty database to today's, compiled in.
static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!();
static DRIVERS: Once = Once::new();

/// Which database it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Backend {
    Sqlite,
    Postgres,
}

/// What a commit to SQLite waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Durability {
    /// The disk.
    Disk,
    /// Nothing: what is kept is of no use once the process has ended.
    Process,
}

/// The database with everything that is kept. Cheap to clone.
#[derive(Debug, Clone)]
pub struct State {
    /// Connections that read.
    pub(crate) pool: AnyPool,
    /// Connections that write. SQLite lets one write at a time: who waits for that must not hold what somebody could read with.
    pub(crate) writing: AnyPool,
    backend: Backend,
}

impl State {
    /// Opens the database at `url` (`sqlite://PATH` or `postgres://USER:PASSWORD@HOST/DATABASE`), makes it where it is missing
    /// (SQLite), and brings it up to date.
    ///
    /// # Errors
    /// When the address is none, the database cannot be opened, or was written by a newer program.
    pub async fn open(url: &str) -> Result<Self, StateError> {
        Self::connect(url, Durability::Disk).await
    }

    /// A new database in a folder, for what need not outlive the process: commits do not wait for the disk. `name` is that of its file.
    ///
    /// # Errors
    /// When the database cannot be made.
    pub async fn scratch(folder: &Path, name: &str) -> Result<Self, StateError> {
        // A path is written into an address: what means something there must not.
        let path = folder.join(name).display().to_string().replace('%', "%25").replace('?', "%3F").replace('#', "%23");
        Self::connect(&format!("sqlite://{path}"), Durability::Process).await
    }

    async fn connect(url: &str, durability: Durability) -> Result<Self, StateError> {
        DRIVERS.call_once(sqlx::any::install_default_drivers);
        let shown = without_password(url);
        let (backend, address) = address(url, &shown)?;
        let failed = |source| StateError::Open { url: shown.clone(), source: Box::new(source) };
        // A pool tries again whatever goes wrong until its time is over, and then only says that: what is wrong is found out before.
        let mut first = AnyConnection::connect(&address).await.map_err(failed)?;
        prepare((backend, durability), &mut first).await.map_err(failed)?;
        first.close().await.map_err(failed)?;
        let connections = |most: u32| {
            let options = AnyPoolOptions::new().max_connections(most).acquire_timeout(Duration::from_secs(WAIT));
            options.after_connect(move |connection, _| Box::pin(prepare((backend, durability), connection)))
        };
        let most = match (backend, durability) {
            (Backend::Postgres, _) => 8,
            (Backend::Sqlite, Durability::Disk) => 4,
            (Backend::Sqlite, Durability::Process) => 1,
        };
        let pool = connections(most).connect(&address).await.map_err(failed)?;
        let writing = match (backend, durability) {
            (Backend::Sqlite, Durability::Disk) => connections(1).connect(&address).await.map_err(failed)?,
            _ => pool.clone(),
        };
        MIGRATIONS.run(&pool).await.map_err(|source| StateError::Migrate { url: shown, source: Box::new(source) })?;
        let state = Self { pool, writing, backend };
        state.brief_all().await?;
        Ok(state)
    }

    /// Waits until everything written is on disk and closes the database.
    pub async fn close(&self) {
        self.writing.close().await;
        self.pool.close().await;
    }

    /// A transaction that holds the write lock from its beginning: what it reads cannot change before it writes.
    pub(crate) async fn begin(&self, doing: &'static str) -> Result<Transaction<'static, Any>, StateError> {
        match self.backend {
            Backend::Sqlite => self.writing.begin_with("BEGIN IMMEDIATE").await.doing(doing),
            Backend::Postgres => {
                let mut transaction = self.writing.begin().await.doing(doing)?;
                // One writer at a time, as SQLite has it: commits are short, and incidents are then given without races.
                // The number says nothing; it is this program's own.
                sqlx::query("SELECT pg_advisory_xact_lock(7310864219)::text").execute(&mut *transaction).await.doing(doing)?;
                Ok(transaction)
            }
        }
    }
}

/// Makes a new connection ready.
async fn prepare((backend, durability): (Backend, Durability), connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
    if (backend, durability) == (Backend::Sqlite, Durability::Process) {
        connection.execute("PRAGMA journal_mode = MEMORY").await?;
        connection.execute("PRAGMA synchronous = OFF").await?;
        connection.execute("PRAGMA locking_mode = EXCLUSIVE").await?;
        return Ok(());
    }
    if backend == Backend::Sqlite {
        // First, so that whoever switches to the log of writes waits for who is doing it.
        connection.execute("PRAGMA busy_timeout = 30000").await?;
        // Readers go on while one writes; a commit survives a loss of power; writers wait for each other.
        connection.execute("PRAGMA journal_mode = WAL").await?;
        connection.execute("PRAGMA synchronous = FULL").await?;
        connection.execute("PRAGMA foreign_keys = ON").await?;
    }
    Ok(())
}

/// The backend, and the address as the driver wants it.
fn address(url: &str, shown: &str) -> Result<(Backend, String), StateError> {
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        return Ok((Backend::Postgres, url.to_owned()));
    }
    let Some(path) = url.strip_prefix("sqlite:") else {
        return Err(StateError::Address { url: shown.to_owned() });
    };
    if path.contains("mode=") || path.contains(":memory:") {
        return Ok((Backend::Sqlite, url.to_owned()));
    }
    let separator = if path.contains('?') { '&' } else { '?' };
    Ok((Backend::Sqlite, format!("{url}{separator}mode=rwc")))
}

/// The address as it may be shown: a password becomes `***`.
fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let authority = rest.find(['/', '?']).unwrap_or(rest.len());
    let Some(at) = rest[..authority].rfind('@') else { return url.to_owned() };
    match rest[..at].split_once(':') {
        Some((user, _)) => format!("{scheme}://{user}:***{}", &rest[at..]),
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_not_shown() {
        assert_eq!(without_password("postgres://me:s3cr:et@db.example/spoofwatch"), "postgres://me:***@db.example/spoofwatch");
        assert_eq!(without_password("postgres://me@db.example/x"), "postgres://me@db.example/x");
        assert_eq!(without_password("sqlite:///var/lib/a@b.db"), "sqlite:///var/lib/a@b.db");
    }

    #[tokio::test]
    async fn who_reads_does_not_wait_for_those_who_wait_to_write() {
        let folder = tempfile::tempdir().unwrap();
        let state = State::open(&format!("sqlite://{}", folder.path().join("state.db").display())).await.unwrap();
        let held = state.begin("writing").await.unwrap();
        let mut others = tokio::task::JoinSet::new();
        for _ in 0..20 {
            let state = state.clone();
            others.spawn(async move { state.begin("writing").await?.rollback().await.doing("writing") });
        }
        // They come first, and would take every connection there is.
        tokio::task::yield_now().await;
        for _ in 0..20 {
            assert!(state.rules().await.unwrap().is_empty());
        }
        assert!(others.try_join_next().is_none(), "two write at a time");
        held.rollback().await.unwrap();
        while let Some(done) = others.join_next().await {
            done.unwrap().unwrap();
        }
        state.close().await;
    }

    #[test]
    fn only_two_databases_are_known() {
        assert!(address("mysql://x", "mysql://x").is_err());
        assert_eq!(address("sqlite://a.db", "").map(|(_, url)| url).ok().as_deref(), Some("sqlite://a.db?mode=rwc"));
    }
}
