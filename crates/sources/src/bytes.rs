//! Bytes of an input, uncompressed and as UTF-8.
//!
//! Must not know what the bytes say. Start with [`Stream`].

mod limit;
mod utf16;

use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};

pub(crate) use limit::Budget;
pub(crate) use utf16::Utf16;

/// Bytes looked at to tell what an input is: enough for a long first line.
pub(crate) const HEAD_BYTES: u64 = 1 << 20;

/// Bytes to read, perhaps with a way back.
pub(crate) enum Stream<'a> {
    /// A regular file.
    File(File),
    /// What can be read once: standard input, a pipe, a decompressor.
    Pipe(Box<dyn Read + 'a>),
}

impl<'a> Stream<'a> {
    /// A path that was opened; only a regular file can be read twice.
    pub(crate) fn of_file(file: File) -> io::Result<Self> {
        let metadata = file.metadata()?;
        if metadata.is_dir() {
            return Err(io::Error::from(io::ErrorKind::IsADirectory));
        }
        Ok(if metadata.is_file() { Self::File(file) } else { Self::Pipe(Box::new(file)) })
    }

    /// The first bytes, and the stream as if they had not been read.
    ///
    /// A fault among the first bytes is kept for the reader to meet where it stands: what came before it is data.
    pub(crate) fn peek(self) -> io::Result<(Vec<u8>, Self)> {
        let mut head = Vec::new();
        match self {
            Self::File(mut file) => {
                Read::by_ref(&mut file).take(HEAD_BYTES).read_to_end(&mut head)?;
                file.seek(SeekFrom::Start(0))?;
                Ok((head, Self::File(file)))
            }
            Self::Pipe(mut pipe) => {
                let fault = Read::by_ref(&mut pipe).take(HEAD_BYTES).read_to_end(&mut head).err();
                let rest: Box<dyn Read + 'a> = match fault {
                    None => pipe,
                    Some(fault) => Box::new(Failing(Some(fault))),
                };
                Ok((head.clone(), Self::Pipe(Box::new(Cursor::new(head).chain(rest)))))
            }
        }
    }

    /// The bytes from the front to the end, without a way back.
    pub(crate) fn into_reader(self) -> Box<dyn Read + 'a> {
        match self {
            Self::File(file) => Box::new(file),
            Self::Pipe(pipe) => pipe,
        }
    }

    /// A file with these bytes; a stream without a way back is first written to a temporary one.
    pub(crate) fn into_file(self) -> io::Result<File> {
        match self {
            Self::File(file) => Ok(file),
            Self::Pipe(mut pipe) => {
                let mut file = tempfile::tempfile()?;
                io::copy(&mut pipe, &mut file)?;
                file.seek(SeekFrom::Start(0))?;
                Ok(file)
            }
        }
    }
}

/// A reader that has nothing but a fault.
struct Failing(Option<io::Error>);

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}
