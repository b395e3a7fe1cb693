//! A file that a message brings: everything in it that is not its own text.
//!
//! Pictures that a page shows count like other files: Microsoft's documentation does not say whether they do, and its tables have them
//! (`image001.png`).

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::archive::Member;

/// An attachment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Attachment {
    /// Where it is in the message, as in `1.2`.
    pub part: String,
    /// Its name, decoded; that of a message without one is its subject. Empty if there is none.
    pub name: String,
    /// The extension of the name in lower case; empty if there is none.
    pub extension: String,
    /// Its type by content, such as `pdf`; empty if its bytes are of no known form.
    pub kind: String,
    /// The media type the message declares.
    pub media_type: String,
    /// Whether it is shown inside the text.
    pub inline: bool,
    /// Its size in bytes.
    pub size: u64,
    /// SHA-256, in lower-case hexadecimal.
    pub sha256: String,
    /// What is in it, if it is an archive or a message.
    pub members: Vec<Member>,
}

/// SHA-256 in lower-case hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Bytes in lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        // Writing to a string does not fail.
        let _ = write!(out, "{byte:02x}");
        out
    })
}
