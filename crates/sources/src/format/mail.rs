//! Messages, cut out of what they come in: a file of one, a mailbox of many, a file of Outlook.

use std::io::{BufReader, Read};

use super::Reading;
use crate::bytes::Stream;
use crate::field::capped;
use crate::message::{Envelope, MOST_BYTES, Mail, mbox, outlook};
use crate::output::{Outcome, Stop};
use crate::{Item, Reject, SourceError};

/// Where the rows of a message that cannot be read would have gone.
const TABLE: &str = "EmailEvents";

impl Reading<'_, '_> {
    /// A file that is one message.
    pub(super) fn message(&mut self, source: &str, reader: impl Read) -> Outcome {
        match self.whole(source, reader)? {
            Ok(bytes) => self.put(source, 1, bytes, Envelope::default(), false),
            Err(bytes) => self.too_long(source, 1, &bytes),
        }
    }

    /// A mailbox in one file.
    pub(super) fn mailbox(&mut self, source: &str, reader: impl Read) -> Outcome {
        let mut number = 0;
        let outcome = mbox::split(BufReader::with_capacity(1 << 17, reader), MOST_BYTES, &mut |found| {
            number += 1;
            let outcome = match found {
                mbox::Found::Message(bytes, envelope) => self.put(source, number, bytes, envelope, false),
                mbox::Found::TooLong(bytes) => self.too_long(source, number, &bytes),
            };
            outcome.map_err(Broken::Stop)
        });
        outcome.map_err(|broken| match broken {
            Broken::Read(cause) => SourceError::from_read(source, cause).into(),
            Broken::Stop(stop) => stop,
        })
    }

    /// A file of Outlook.
    pub(super) fn outlook(&mut self, source: &str, stream: Stream<'_>) -> Outcome {
        let bytes = match self.whole(source, stream.into_reader())? {
            Ok(bytes) => bytes,
            Err(bytes) => return self.too_long(source, 1, &bytes),
        };
        match outlook::rebuild(&bytes, MOST_BYTES) {
            Ok(message) => self.put(source, 1, message, Envelope::default(), true),
            Err(outlook::NoMessage::Other) => Err(SourceError::Format { source_name: source.to_owned() }.into()),
            Err(broken @ outlook::NoMessage::Broken(_)) => self.reject(source, 1, broken.to_string(), &[]),
        }
    }

    /// All bytes of a message; the first of them as an error where there are too many.
    fn whole(&self, source: &str, reader: impl Read) -> Result<Result<Vec<u8>, Vec<u8>>, Stop> {
        let mut bytes = Vec::new();
        let limit = MOST_BYTES as u64 + 1;
        reader.take(limit).read_to_end(&mut bytes).map_err(|cause| SourceError::from_read(source, cause))?;
        if bytes.len() <= MOST_BYTES {
            return Ok(Ok(bytes));
        }
        bytes.truncate(self.options.max_reject_bytes);
        Ok(Err(bytes))
    }

    fn put(&mut self, source: &str, number: u64, bytes: Vec<u8>, envelope: Envelope, rebuilt: bool) -> Outcome {
        let input = self.output.input;
        self.mail.put(Mail { input, source: source.to_owned(), number, bytes, envelope, rebuilt });
        if self.mail.is_full() { self.mail.flush(&self.options, self.output) } else { Ok(()) }
    }

    fn too_long(&mut self, source: &str, number: u64, bytes: &[u8]) -> Outcome {
        self.reject(source, number, format!("the message is longer than {MOST_BYTES} bytes"), bytes)
    }

    fn reject(&mut self, source: &str, number: u64, reason: String, bytes: &[u8]) -> Outcome {
        self.output.summary.rejected += 1;
        let raw = capped(&String::from_utf8_lossy(bytes), self.options.max_reject_bytes);
        let table = Some(TABLE.to_owned());
        self.output.item(Item::Reject(Reject { source: source.to_owned(), line: number, table, reason, raw }))
    }
}

/// Why a mailbox is not read on.
enum Broken {
    Read(std::io::Error),
    Stop(Stop),
}

impl From<std::io::Error> for Broken {
    fn from(cause: std::io::Error) -> Self {
        Self::Read(cause)
    }
}
