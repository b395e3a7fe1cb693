//! Why no case could be run at all. What is wrong with one case is that case's failure.

use std::{io, path::PathBuf};

/// Why case files could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum CasesError {
    /// A path of the caller that names nothing.
    #[error("{}: no such file or directory; name Markdown files or directories that hold them", .path.display())]
    Missing {
        /// The path.
        path: PathBuf,
    },
    /// A directory without case files.
    #[error("{}: holds no case files: Markdown with `##` headings, beside README.md", .path.display())]
    NoCases {
        /// The directory.
        path: PathBuf,
    },
    /// A file or directory that cannot be read.
    #[error("{}: cannot be read: {cause}", .path.display())]
    Unreadable {
        /// The path.
        path: PathBuf,
        /// What the operating system says.
        cause: io::Error,
    },
    /// A case file that cannot be written when blessing.
    #[error("{}: cannot be written: {cause}", .path.display())]
    Unwritable {
        /// The path.
        path: PathBuf,
        /// What the operating system says.
        cause: io::Error,
    },
}
