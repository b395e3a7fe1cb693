//! What a filter answers to a mail server.
//!
//! Start with [`Reply`]; [`Reply::decode`] is what tests and benchmarks hear a filter with.

use bytes::{BufMut as _, Bytes, BytesMut};

use crate::{
    frame::{Frame, FrameError, Reader, lossy, put, put_text},
    negotiate::{Offer, put_macros},
};

/// A reply. The letters are those of `mfdef.h`, `SMFIR_*`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// `O`: what was agreed on.
    Negotiated(Offer),
    /// `c`: go on.
    Continue,
    /// `a`: no need to show more.
    Accept,
    /// `r`: refuse it.
    Reject,
    /// `t`: have it tried again later.
    Tempfail,
    /// `d`: take it and drop it without a word.
    Discard,
    /// `y`: refuse it in these words, which begin with a code: `550 5.7.1 ...`.
    Code(String),
    /// `h`: add a field below the others.
    AddHeader {
        /// Its name.
        name: Bytes,
        /// Its value.
        value: Bytes,
    },
    /// `i`: add a field at a place.
    InsertHeader {
        /// How many stand above it.
        index: u32,
        /// Its name.
        name: Bytes,
        /// Its value.
        value: Bytes,
    },
    /// `m`: change a field, or take it away by giving it no value.
    ChangeHeader {
        /// Which of those of its name, from 1.
        index: u32,
        /// Its name.
        name: Bytes,
        /// Its value.
        value: Bytes,
    },
    /// `+`: another recipient.
    AddRecipient(String),
    /// `-`: one less.
    DeleteRecipient(String),
    /// `e`: another envelope sender.
    ChangeSender(String),
    /// `q`: hold it, for this reason.
    Quarantine(String),
    /// `p`: still at work.
    Progress,
}

impl Reply {
    /// Writes it.
    pub fn encode(&self, out: &mut BytesMut) {
        match self {
            Self::Negotiated(offer) => put(out, b'O', |out| {
                offer.encode(out);
                put_macros(*offer, out);
            }),
            Self::Continue => put(out, b'c', |_| ()),
            Self::Accept => put(out, b'a', |_| ()),
            Self::Reject => put(out, b'r', |_| ()),
            Self::Tempfail => put(out, b't', |_| ()),
            Self::Discard => put(out, b'd', |_| ()),
            Self::Code(text) => put(out, b'y', |out| put_text(out, text.as_bytes())),
            Self::AddHeader { name, value } => put(out, b'h', |out| {
                put_text(out, name);
                put_text(out, value);
            }),
            Self::InsertHeader { index, name, value } => put(out, b'i', |out| put_indexed(out, *index, name, value)),
            Self::ChangeHeader { index, name, value } => put(out, b'm', |out| put_indexed(out, *index, name, value)),
            Self::AddRecipient(address) => put(out, b'+', |out| put_text(out, address.as_bytes())),
            Self::DeleteRecipient(address) => put(out, b'-', |out| put_text(out, address.as_bytes())),
            Self::ChangeSender(address) => put(out, b'e', |out| put_text(out, address.as_bytes())),
            Self::Quarantine(reason) => put(out, b'q', |out| put_text(out, reason.as_bytes())),
            Self::Progress => put(out, b'p', |_| ()),
        }
    }

    /// Reads a frame as a server does.
    ///
    /// # Errors
    /// When its letter is none of these, or its data do not fit it.
    pub fn decode(frame: Frame) -> Result<Self, FrameError> {
        let letter = frame.letter;
        let mut data = Reader::new(frame);
        let words = |data: &mut Reader| data.text("a text").map(|text| lossy(&text));
        Ok(match letter {
            b'O' => Self::Negotiated(Offer::decode(&mut data)?),
            b'c' => Self::Continue,
            b'a' => Self::Accept,
            b'r' => Self::Reject,
            b't' => Self::Tempfail,
            b'd' => Self::Discard,
            b'y' => Self::Code(words(&mut data)?),
            b'h' => Self::AddHeader { name: data.text("a name")?, value: data.text("a value")? },
            b'i' => {
                let index = data.number("an index")?;
                Self::InsertHeader { index, name: data.text("a name")?, value: data.text("a value")? }
            }
            b'm' => {
                let index = data.number("an index")?;
                Self::ChangeHeader { index, name: data.text("a name")?, value: data.text("a value")? }
            }
            b'+' => Self::AddRecipient(words(&mut data)?),
            b'-' => Self::DeleteRecipient(words(&mut data)?),
            b'e' => Self::ChangeSender(words(&mut data)?),
            b'q' => Self::Quarantine(words(&mut data)?),
            b'p' => Self::Progress,
            other => return Err(FrameError::Unknown(other)),
        })
        .and_then(|reply| if data.is_empty() { Ok(reply) } else { Err(data.malformed("nothing more")) })
    }
}

fn put_indexed(out: &mut BytesMut, index: u32, name: &[u8], value: &[u8]) {
    out.put_u32(index);
    put_text(out, name);
    put_text(out, value);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame;

    #[test]
    fn what_is_written_is_read_again() {
        let text = || Bytes::from_static(b"X-Test");
        let replies = [
            Reply::Negotiated(Offer { version: 6, actions: 0x17d, steps: 0 }),
            Reply::Continue,
            Reply::Accept,
            Reply::Reject,
            Reply::Tempfail,
            Reply::Discard,
            Reply::Code("550 5.7.1 no".to_owned()),
            Reply::AddHeader { name: text(), value: text() },
            Reply::InsertHeader { index: 0, name: text(), value: text() },
            Reply::ChangeHeader { index: 3, name: text(), value: Bytes::new() },
            Reply::AddRecipient("<a@example.com>".to_owned()),
            Reply::DeleteRecipient("<b@example.com>".to_owned()),
            Reply::ChangeSender("<>".to_owned()),
            Reply::Quarantine("why".to_owned()),
            Reply::Progress,
        ];
        let mut bytes = BytesMut::new();
        for reply in &replies {
            reply.encode(&mut bytes);
        }
        for reply in replies {
            let frame = frame::next(&mut bytes).unwrap().unwrap();
            assert_eq!(Reply::decode(frame), Ok(reply));
        }
        assert!(bytes.is_empty());
    }

    #[test]
    fn a_zero_does_not_end_a_text_early() {
        let mut bytes = BytesMut::new();
        Reply::Quarantine("a\0b".to_owned()).encode(&mut bytes);
        assert_eq!(bytes, b"\0\0\0\x04qab\0"[..]);
    }
}
