//! What can go wrong with the state, in words that name the place and the remedy.

/// Why the state could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// The address names neither SQLite nor PostgreSQL.
    #[error("`{url}` is no address of a state database: use sqlite://PATH or postgres://USER@HOST/DATABASE")]
    Address {
        /// The address, without a password.
        url: String,
    },
    /// The database cannot be opened.
    #[error("cannot open the state database {url}: {source}; check that it exists, may be written and is reachable")]
    Open {
        /// The address, without a password.
        url: String,
        /// What the database said.
        source: Box<sqlx::Error>,
    },
    /// The database was made by a newer program, or by another.
    #[error("the state database {url} cannot be brought up to date: {source}; if a newer spoofwatch wrote it, use that one")]
    Migrate {
        /// The address, without a password.
        url: String,
        /// What went wrong.
        source: Box<sqlx::migrate::MigrateError>,
    },
    /// Another process holds the database's write lock for longer than we wait.
    #[error("the state database is busy: another process has been writing for {waited} s; nothing was changed, try again")]
    Busy {
        /// How long we waited, in seconds.
        waited: u64,
    },
    /// No room is left where the database is.
    #[error("no space left for the state database: free some on its disk; nothing was changed")]
    Full,
    /// Any other failure of the database. Nothing was changed.
    #[error("the state database failed while {doing}: {source}")]
    Database {
        /// What was being done.
        doing: &'static str,
        /// What the database said.
        source: Box<sqlx::Error>,
    },
    /// A stored value does not have the form this program writes.
    #[error("the state database holds a {what} that cannot be read ({id}): {reason}")]
    Damaged {
        /// What kind of record.
        what: &'static str,
        /// Which one.
        id: String,
        /// Why.
        reason: String,
    },
    /// More was asked for in one statement than a database takes.
    #[error("{most} {what} are the most that are taken at once")]
    TooMany {
        /// What there is too much of.
        what: &'static str,
        /// How many there may be.
        most: usize,
    },
    /// No record has this id, or beginning of an id.
    #[error("there is no {what} `{id}`")]
    Unknown {
        /// What kind of record.
        what: &'static str,
        /// What was asked for.
        id: String,
    },
    /// The beginning of an id that several records share.
    #[error("`{id}` is the beginning of several {what}s: {candidates}; write more of it")]
    Ambiguous {
        /// What kind of record.
        what: &'static str,
        /// What was asked for.
        id: String,
        /// Those that begin so.
        candidates: String,
    },
    /// A name that something else has already.
    #[error("there is a {what} `{name}` already")]
    Taken {
        /// What kind of record.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// A change after which nobody could manage users.
    #[error("`{name}` is the only admin who can come in: make somebody else one first")]
    LastAdmin {
        /// Who it is.
        name: String,
    },
}

/// How long a writer waits for another, in seconds.
pub(crate) const WAIT: u64 = 30;

impl StateError {
    /// The failure of a statement, sorted by what a person can do about it.
    pub(crate) fn of(doing: &'static str, source: sqlx::Error) -> Self {
        if let sqlx::Error::Database(error) = &source {
            // SQLite's primary result codes are the low byte: SQLITE_BUSY 5, SQLITE_LOCKED 6, SQLITE_FULL 13
            // (https://sqlite.org/rescode.html). PostgreSQL: 53100 disk_full, 55P03 lock_not_available.
            let code = error.code().unwrap_or_default();
            let primary = code.parse::<u32>().map(|code| code & 0xff).unwrap_or_default();
            if code == "53100" || primary == 13 {
                return Self::Full;
            }
            if code == "55P03" || primary == 5 || primary == 6 {
                return Self::Busy { waited: WAIT };
            }
        }
        Self::Database { doing, source: Box::new(source) }
    }
}

/// Gives a statement's failure the words of what was being done.
pub(crate) trait Doing<T> {
    fn doing(self, what: &'static str) -> Result<T, StateError>;
}

impl<T> Doing<T> for Result<T, sqlx::Error> {
    fn doing(self, what: &'static str) -> Result<T, StateError> {
        self.map_err(|source| StateError::of(what, source))
    }
}
