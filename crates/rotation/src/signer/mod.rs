//! Who signs the mail of a domain, read from the files of the signer and changed in them: OpenDKIM, rspamd, or the program itself.
//!
//! A change touches the lines it is about; comments, order, owner and mode of a file stay. The step that changes which key signs is the
//! replacement of one file, so that selector and key never disagree; what a form of configuration cannot do in one step is refused.

mod opendkim;
mod opendkim_conf;
mod own;
mod rows;
mod rspamd;

use std::{
    fmt,
    path::{Path, PathBuf},
};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use thiserror::Error;

pub use opendkim::OpenDkimTables;
pub use opendkim_conf::OpenDkimConf;
pub use own::OwnTable;
pub use rspamd::RspamdMaps;

use crate::files::FileError;

/// A key that signs for a domain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The signing domain (`d=`).
    pub domain: String,
    /// The selector (`s=`).
    pub selector: String,
    /// The file with the private key.
    pub file: PathBuf,
}

impl Entry {
    /// Whether it is the same: names of domains and selectors have no case.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        self.is_at(&other.domain, &other.selector) && self.file == other.file
    }

    /// Whether its public half is published there.
    #[must_use]
    pub fn is_at(&self, domain: &str, selector: &str) -> bool {
        self.domain.eq_ignore_ascii_case(domain) && self.selector.eq_ignore_ascii_case(selector)
    }
}

/// What became of a switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Switched {
    /// It was made.
    Made,
    /// The table was so already.
    Already,
}

/// Why a signer's files are not read or changed. Nothing was changed then, or only what signs nothing.
#[derive(Debug, Error)]
pub enum SignerError {
    /// A file.
    #[error(transparent)]
    File(#[from] FileError),
    /// The key to be replaced is not in the table.
    #[error("{}: no line has {domain} signed with the selector {selector}; it was changed by somebody else", file.display())]
    NotThere {
        /// Which file.
        file: PathBuf,
        /// The domain.
        domain: String,
        /// The selector that was looked for.
        selector: String,
    },
    /// The line serves other domains too.
    #[error("{}: the line that signs for {domain} serves other domains too; give it one of its own", file.display())]
    Shared {
        /// Which file.
        file: PathBuf,
        /// The domain.
        domain: String,
    },
    /// The private key itself stands in the table.
    #[error("{}: the private key of {domain} stands in the table itself; put it into a file and name that", file.display())]
    Inline {
        /// Which file.
        file: PathBuf,
        /// The domain.
        domain: String,
    },
    /// A name that is to be added names something else already.
    #[error("{}: \"{name}\" stands there already, for another key", file.display())]
    Taken {
        /// Which file.
        file: PathBuf,
        /// The name.
        name: String,
    },
    /// The signer would look for the key in another file than the one it is in.
    #[error("{}: with the selector {selector} the signer reads {}, not {}; {advice}", file.display(), reads.display(), is.display())]
    Path {
        /// The file that decides it.
        file: PathBuf,
        /// The new selector.
        selector: String,
        /// What the signer would read.
        reads: PathBuf,
        /// Where the key is.
        is: PathBuf,
        /// What to do about it.
        advice: String,
    },
    /// A form of configuration that is not changed.
    #[error("{}: {what}", file.display())]
    Unsupported {
        /// Which file.
        file: PathBuf,
        /// What it is, and what to do instead.
        what: String,
    },
    /// The file is not what it should be.
    #[error("{}: {what}", file.display())]
    Syntax {
        /// Which file.
        file: PathBuf,
        /// What is wrong.
        what: String,
    },
}

/// The tables of a signer.
#[async_trait]
pub trait SignerTable: Send + Sync + fmt::Debug {
    /// The keys that sign mail of a domain.
    ///
    /// # Errors
    ///
    /// The tables cannot be read.
    async fn entries(&self, domain: &str) -> Result<Vec<Entry>, SignerError>;

    /// Whether `to` could sign in place of `from`. Changes nothing.
    ///
    /// # Errors
    ///
    /// What the switch would fail with.
    async fn check(&self, from: Option<&Entry>, to: &Entry) -> Result<(), SignerError>;

    /// Has `to` sign in place of `from`. Without `from` it is added, without `to` it is taken out. Making the same switch again is
    /// [`Switched::Already`], also after one that was only half made.
    ///
    /// # Errors
    ///
    /// `from` signs as before.
    async fn switch(&self, from: Option<&Entry>, to: Option<&Entry>) -> Result<Switched, SignerError>;

    /// Forgets what the tables hold of a key that signs no longer.
    ///
    /// # Errors
    ///
    /// The tables cannot be changed.
    async fn retire(&self, entry: &Entry) -> Result<(), SignerError>;

    /// Whether the tables name this file for any domain.
    ///
    /// # Errors
    ///
    /// The tables cannot be read.
    async fn uses(&self, file: &Path) -> Result<bool, SignerError>;
}
