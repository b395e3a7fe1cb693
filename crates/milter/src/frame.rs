//! Frames: four bytes of length, most significant first, then a letter that says what it is, then its data.
//!
//! Must not know what the letters mean: [`crate::command`] and [`crate::reply`] do.

use bytes::{Buf as _, BufMut as _, Bytes, BytesMut};

/// The largest frame that is read, in bytes. A server sends bodies in chunks of 65,535 bytes, and a header field whole: Postfix up to
/// 102,400 bytes of it unless told otherwise. The largest chunk that versions of the protocol know is a mebibyte.
pub const MOST: usize = 2 << 20;

/// Bytes that are no frame.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// A frame of no bytes at all: even the letter is missing.
    #[error("a frame without a command")]
    Empty,
    /// More than is read.
    #[error("a frame of {length} bytes; {MOST} are the most")]
    TooLong {
        /// How long it says that it is.
        length: usize,
    },
    /// A letter nobody knows.
    #[error("an unknown command (byte {0})")]
    Unknown(u8),
    /// Data that do not have the form that its letter wants.
    #[error("the data of `{}` break off or have too much: {wanted}", char::from(*.letter))]
    Malformed {
        /// Which frame.
        letter: u8,
        /// What should be there.
        wanted: &'static str,
    },
}

/// A frame: its letter and its data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// What it is.
    pub letter: u8,
    /// What it says.
    pub data: Bytes,
}

/// Cuts the next frame off the front of what was read; `None` while it is not whole.
///
/// # Errors
/// When its length cannot be one.
pub fn next(buffer: &mut BytesMut) -> Result<Option<Frame>, FrameError> {
    let Some((head, _)) = buffer.split_first_chunk::<4>() else { return Ok(None) };
    let length = usize::try_from(u32::from_be_bytes(*head)).unwrap_or(usize::MAX);
    match length {
        0 => return Err(FrameError::Empty),
        length if length > MOST => return Err(FrameError::TooLong { length }),
        length if buffer.len() - head.len() < length => return Ok(None),
        _ => {}
    }
    buffer.advance(4);
    let letter = buffer.get_u8();
    Ok(Some(Frame { letter, data: buffer.split_to(length - 1).freeze() }))
}

/// Writes a frame whose data `write` appends.
pub(crate) fn put(out: &mut BytesMut, letter: u8, write: impl FnOnce(&mut BytesMut)) {
    let begin = out.len();
    out.put_u32(0);
    out.put_u8(letter);
    write(out);
    let length = u32::try_from(out.len() - begin - 4).unwrap_or(u32::MAX);
    if let Some(place) = out.get_mut(begin..begin + 4) {
        place.copy_from_slice(&length.to_be_bytes());
    }
}

/// Writes a text and the zero that ends it. A zero within would end it early, so there is none.
pub(crate) fn put_text(out: &mut BytesMut, text: &[u8]) {
    out.extend(text.iter().filter(|byte| **byte != 0));
    out.put_u8(0);
}

/// The data of a frame, read from the front.
#[derive(Debug)]
pub(crate) struct Reader {
    letter: u8,
    data: Bytes,
}

impl Reader {
    pub(crate) fn new(frame: Frame) -> Self {
        Self { letter: frame.letter, data: frame.data }
    }

    /// That the data are not as they should be.
    pub(crate) fn malformed(&self, wanted: &'static str) -> FrameError {
        FrameError::Malformed { letter: self.letter, wanted }
    }

    pub(crate) fn byte(&mut self, wanted: &'static str) -> Result<u8, FrameError> {
        if self.data.is_empty() { Err(self.malformed(wanted)) } else { Ok(self.data.get_u8()) }
    }

    pub(crate) fn short(&mut self, wanted: &'static str) -> Result<u16, FrameError> {
        if self.data.len() < 2 { Err(self.malformed(wanted)) } else { Ok(self.data.get_u16()) }
    }

    pub(crate) fn number(&mut self, wanted: &'static str) -> Result<u32, FrameError> {
        if self.data.len() < 4 { Err(self.malformed(wanted)) } else { Ok(self.data.get_u32()) }
    }

    /// A text up to its zero. The last one of a frame may lack it: some servers leave it out.
    pub(crate) fn text(&mut self, wanted: &'static str) -> Result<Bytes, FrameError> {
        if self.data.is_empty() {
            return Err(self.malformed(wanted));
        }
        let Some(end) = self.data.iter().position(|byte| *byte == 0) else { return Ok(self.rest()) };
        let text = self.data.split_to(end);
        self.data.advance(1);
        Ok(text)
    }

    /// All texts that are left.
    pub(crate) fn texts(&mut self) -> Vec<Bytes> {
        let mut texts = Vec::new();
        while let Ok(text) = self.text("") {
            texts.push(text);
        }
        texts
    }

    /// All that is left, as it is.
    pub(crate) fn rest(&mut self) -> Bytes {
        self.data.split_to(self.data.len())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.data.is_empty()
    }
}

/// A text of the envelope. What is not UTF-8 is replaced: no address may be anything else (RFC 6531 section 3.3).
pub(crate) fn lossy(text: &[u8]) -> String {
    String::from_utf8_lossy(text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Option<Frame>, FrameError> {
        next(&mut BytesMut::from(bytes))
    }

    #[test]
    fn a_frame_is_cut_off_when_it_is_whole() {
        let mut buffer = BytesMut::from(&b"\0\0\0\x03Hab\0\0\0\x01E\0\0"[..]);
        assert_eq!(next(&mut buffer), Ok(Some(Frame { letter: b'H', data: Bytes::from_static(b"ab") })));
        assert_eq!(next(&mut buffer), Ok(Some(Frame { letter: b'E', data: Bytes::new() })));
        assert_eq!(next(&mut buffer), Ok(None));
        assert_eq!(buffer, b"\0\0"[..]);
    }

    #[test]
    fn a_length_that_cannot_be_is_refused_before_anything_is_kept() {
        assert_eq!(read(b"\0\0\0\0"), Err(FrameError::Empty));
        assert_eq!(read(b"\xff\xff\xff\xff"), Err(FrameError::TooLong { length: 0xffff_ffff }));
        assert_eq!(read(&u32::try_from(MOST + 1).unwrap().to_be_bytes()), Err(FrameError::TooLong { length: MOST + 1 }));
        assert_eq!(read(&u32::try_from(MOST).unwrap().to_be_bytes()), Ok(None));
    }

    #[test]
    fn texts_end_with_a_zero_but_for_the_last() {
        let mut reader = Reader::new(Frame { letter: b'L', data: Bytes::from_static(b"a\0\0b") });
        assert_eq!(reader.texts(), [&b"a"[..], b"", b"b"]);
        assert!(reader.text("more").is_err());
    }
}
