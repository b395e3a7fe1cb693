//! What is in an archive, as far as it can be seen without unpacking more than is safe: zip, tar, gzip and zstd around a file, and those
//! inside each other.
//!
//! 7z and rar are named and not opened. What expands like a bomb is stopped where it does, and the message is noted for it.

use std::io::{self, Cursor, Read};

use flate2::read::MultiGzDecoder;
use serde::Serialize;
use zip::ZipArchive;

use super::attachment::sha256;
use super::file_type;
use crate::message::notes::{Note, Notes};

/// Files that are listed of all the archives of one message.
const MOST_FILES: usize = 1_000;
/// Archives inside each other that are opened.
const MOST_DEEP: usize = 3;
/// Bytes that all the archives of one message may expand to.
const MOST_BYTES: u64 = 128 << 20;
/// How many times its size a file may expand to, once past [`FREE_BYTES`]: documents compress ten times, bombs a thousand.
const MOST_RATIO: u64 = 200;
/// Expanding to less than this is never taken for an attack.
const FREE_BYTES: u64 = 4 << 20;
/// The largest zstd window, as a power of two: 8 MiB, which RFC 8878 section 3.1.1.1.2 asks decoders to support.
const ZSTD_WINDOW: u32 = 23;

/// A file in an archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Member {
    /// Its path in the archive; behind `!` that in an archive inside it.
    pub path: String,
    /// Its size in bytes, as far as it was unpacked; what the archive says of one that was not.
    pub size: u64,
    /// Its type by content; empty if it was not unpacked or is of no known form.
    #[serde(rename = "type")]
    pub kind: String,
    /// SHA-256, in hexadecimal; empty if it was not unpacked whole.
    pub sha256: String,
    /// Whether it is encrypted.
    pub encrypted: bool,
}

/// How much of the archives of a message may still be unpacked.
#[derive(Debug)]
pub(crate) struct Room {
    files: usize,
    bytes: u64,
}

impl Default for Room {
    fn default() -> Self {
        Self { files: MOST_FILES, bytes: MOST_BYTES }
    }
}

/// The files in an archive; none where it is no archive.
pub(crate) fn list(bytes: &[u8], kind: &str, name: &str, room: &mut Room, notes: &mut Notes) -> Vec<Member> {
    let mut lister = Lister { found: Vec::new(), room, notes };
    lister.open(bytes, kind, name, "", 0);
    lister.found
}

/// Whether files of a type have others in them that are listed. Office documents are archives, too, and what is in them is nobody's attachment.
fn is_archive(kind: &str) -> bool {
    matches!(
        kind,
        "zip"
            | "jar"
            | "tar"
            | "gz"
            | "zst"
            | "7z"
            | "rar"
            | "cab"
            | "ace"
            | "arj"
            | "lzh"
            | "bz2"
            | "xz"
            | "iso"
            | "vhd"
            | "vhdx"
    )
}

struct Lister<'r, 'n> {
    found: Vec<Member>,
    room: &'r mut Room,
    notes: &'n mut Notes,
}

impl Lister<'_, '_> {
    fn open(&mut self, bytes: &[u8], kind: &str, name: &str, path: &str, deep: usize) {
        if !is_archive(kind) {
            return;
        }
        if deep >= MOST_DEEP {
            return self.notes.add(Note::ArchiveDepth);
        }
        match kind {
            "zip" | "jar" => self.zip(bytes, path, deep),
            "tar" => self.tar(bytes, path, deep),
            "gz" => self.single(MultiGzDecoder::new(bytes), bytes.len(), name, path, deep),
            "zst" => match zstd::stream::read::Decoder::new(bytes).and_then(|mut decoder| {
                decoder.window_log_max(ZSTD_WINDOW)?;
                Ok(decoder)
            }) {
                Ok(decoder) => self.single(decoder, bytes.len(), name, path, deep),
                Err(_) => self.notes.add(Note::ArchiveUnread),
            },
            _ => self.notes.add(Note::ArchiveUnread),
        }
    }

    fn zip(&mut self, bytes: &[u8], path: &str, deep: usize) {
        let Ok(mut archive) = ZipArchive::new(Cursor::new(bytes)) else { return self.notes.add(Note::ArchiveUnread) };
        for index in 0..archive.len() {
            if !self.take_file() {
                return;
            }
            let Ok(raw) = archive.by_index_raw(index) else {
                self.notes.add(Note::ArchiveUnread);
                continue;
            };
            if raw.is_dir() {
                continue;
            }
            let name = raw.name().map_or_else(|_| format!("member {}", index + 1), |name| name.to_string());
            let (size, packed, encrypted) = (raw.size(), raw.compressed_size(), raw.encrypted());
            drop(raw);
            let member = joined(path, &name);
            if encrypted {
                self.found.push(Member { path: member, size, kind: String::new(), sha256: String::new(), encrypted });
                continue;
            }
            match archive.by_index(index) {
                Ok(file) => {
                    if !self.file(file, packed, &name, member, deep) {
                        return;
                    }
                }
                Err(_) => {
                    self.notes.add(Note::ArchiveUnread);
                    self.found.push(Member { path: member, size, kind: String::new(), sha256: String::new(), encrypted });
                }
            }
        }
    }

    fn tar(&mut self, bytes: &[u8], path: &str, deep: usize) {
        let mut archive = tar::Archive::new(bytes);
        let Ok(entries) = archive.entries() else { return self.notes.add(Note::ArchiveUnread) };
        for entry in entries {
            let Ok(entry) = entry else { return self.notes.add(Note::ArchiveUnread) };
            if !entry.header().entry_type().is_file() {
                continue;
            }
            if !self.take_file() {
                return;
            }
            let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            let (packed, member) = (entry.size(), joined(path, &name));
            if !self.file(entry, packed, &name, member, deep) {
                return;
            }
        }
    }

    /// A file that is compressed by itself.
    fn single(&mut self, decoder: impl Read, packed: usize, name: &str, path: &str, deep: usize) {
        let inner = name.rsplit(['/', '!']).next().unwrap_or_default();
        let inner = match inner.rsplit_once('.') {
            Some((stem, end)) if end.eq_ignore_ascii_case("tgz") => format!("{stem}.tar"),
            Some((stem, _)) if !stem.is_empty() => stem.to_owned(),
            _ => "content".to_owned(),
        };
        if self.take_file() {
            let member = joined(path, &inner);
            self.file(decoder, u64::try_from(packed).unwrap_or(u64::MAX), &inner, member, deep);
        }
    }

    /// Unpacks a file and looks at it; false if nothing more may be unpacked.
    fn file(&mut self, reader: impl Read, packed: u64, name: &str, path: String, deep: usize) -> bool {
        let most = self.room.bytes.min(packed.saturating_mul(MOST_RATIO).max(FREE_BYTES));
        let mut bytes = Vec::new();
        let outcome = reader.take(most.saturating_add(1)).read_to_end(&mut bytes);
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let bomb = size > most;
        self.room.bytes = self.room.bytes.saturating_sub(size);
        if bomb {
            self.notes.add(Note::ArchiveBomb);
        } else if outcome.as_ref().is_err_and(|fault| fault.kind() != io::ErrorKind::Interrupted) {
            self.notes.add(Note::ArchiveUnread);
        }
        let whole = outcome.is_ok() && !bomb;
        let kind = file_type::of(&bytes, name);
        let sha256 = if whole { sha256(&bytes) } else { String::new() };
        self.found.push(Member { path: path.clone(), size, kind: kind.clone(), sha256, encrypted: false });
        if whole {
            self.open(&bytes, &kind, name, &path, deep + 1);
        }
        !bomb
    }

    fn take_file(&mut self) -> bool {
        if self.room.files == 0 {
            self.notes.add(Note::ArchiveBomb);
            return false;
        }
        self.room.files -= 1;
        true
    }
}

fn joined(outer: &str, inner: &str) -> String {
    if outer.is_empty() { inner.to_owned() } else { format!("{outer}!{inner}") }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::write::SimpleFileOptions;

    use super::{MOST_FILES, Room, list};
    use crate::message::notes::{Note, Notes};

    type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

    fn zip(members: &[(&str, &[u8])]) -> Result<Vec<u8>> {
        let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for (name, bytes) in members {
            writer.start_file(*name, SimpleFileOptions::default())?;
            writer.write_all(bytes)?;
        }
        Ok(writer.finish()?.into_inner())
    }

    fn told(bytes: &[u8], kind: &str, name: &str) -> (Vec<String>, Vec<Note>) {
        let mut notes = Notes::default();
        let members = list(bytes, kind, name, &mut Room::default(), &mut notes);
        (members.iter().map(|member| format!("{} {} {}", member.path, member.size, member.kind)).collect(), notes.list().to_vec())
    }

    #[test]
    fn files_in_archives_in_archives_are_listed() -> Result<()> {
        let inner = zip(&[("run.js", b"var a;")])?;
        let outer = zip(&[("doc.pdf", b"%PDF-1.7"), ("inner.zip", &inner)])?;
        let (members, notes) = told(&outer, "zip", "a.zip");
        let inner_size = inner.len();
        assert_eq!(
            members,
            ["doc.pdf 8 pdf".to_owned(), format!("inner.zip {inner_size} zip"), "inner.zip!run.js 6 js".to_owned()]
        );
        assert_eq!(notes, []);
        Ok(())
    }

    #[test]
    fn a_tar_in_gzip_is_looked_through() -> Result<()> {
        let mut tar = tar::Builder::new(Vec::new());
        let mut header = tar::Header::new_gnu();
        header.set_size(5);
        tar.append_data(&mut header, "dir/a.txt", &b"hello"[..])?;
        let tar = tar.into_inner()?;
        let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        gz.write_all(&tar)?;
        let (members, notes) = told(&gz.finish()?, "gz", "a.tgz");
        assert_eq!(members, ["a.tar 2048 tar".to_owned(), "a.tar!dir/a.txt 5 txt".to_owned()]);
        assert_eq!(notes, []);
        Ok(())
    }

    #[test]
    fn bombs_are_stopped_and_named() -> Result<()> {
        let bomb = zip(&[("big", &vec![0; 50 << 20]), ("after", b"x")])?;
        let (members, notes) = told(&bomb, "zip", "a.zip");
        assert_eq!((members.len(), notes), (1, vec![Note::ArchiveBomb]));
        let many: Vec<(String, &[u8])> = (0..MOST_FILES + 5).map(|n| (n.to_string(), &b"x"[..])).collect();
        let many: Vec<(&str, &[u8])> = many.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
        let (members, notes) = told(&zip(&many)?, "zip", "a.zip");
        assert_eq!((members.len(), notes), (MOST_FILES, vec![Note::ArchiveBomb]));
        let mut deep = zip(&[("end.txt", b"x")])?;
        for _ in 0..10 {
            deep = zip(&[("a.zip", &deep)])?;
        }
        assert_eq!(told(&deep, "zip", "a.zip").1, [Note::ArchiveDepth]);
        Ok(())
    }

    #[test]
    fn what_cannot_be_read_is_noted() {
        assert_eq!(told(b"PK\x03\x04", "zip", "a.zip").1, [Note::ArchiveUnread]);
        assert_eq!(told(b"Rar!", "rar", "a.rar").1, [Note::ArchiveUnread]);
        assert_eq!(told(b"%PDF", "pdf", "a.pdf"), (vec![], vec![]));
    }
}
