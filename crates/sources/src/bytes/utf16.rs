//! UTF-16 to UTF-8, as PowerShell and Excel write their exports.

use std::io::{self, Read};

/// Bytes taken from the inner reader at a time.
const STEP: u64 = 32 << 10;

/// Reads UTF-16 as UTF-8. Half a surrogate pair, and half a unit at the end, become U+FFFD.
pub(crate) struct Utf16<R> {
    inner: R,
    big_endian: bool,
    /// Bytes not yet decoded: half a unit or half a pair.
    pending: Vec<u8>,
    decoded: Vec<u8>,
    given: usize,
}

impl<R: Read> Utf16<R> {
    pub(crate) fn new(inner: R, big_endian: bool) -> Self {
        Self { inner, big_endian, pending: Vec::new(), decoded: Vec::new(), given: 0 }
    }

    fn decode_more(&mut self) -> io::Result<()> {
        self.decoded.clear();
        self.given = 0;
        let read = Read::by_ref(&mut self.inner).take(STEP).read_to_end(&mut self.pending)?;
        let at_end = read == 0;
        let mut units: Vec<u16> = self.pending.as_chunks::<2>().0.iter().map(|&pair| self.unit(pair)).collect();
        // The first half of a pair waits for the second.
        if !at_end && units.last().is_some_and(|unit| (0xd800..0xdc00).contains(unit)) {
            units.pop();
        }
        let mut buffer = [0; 4];
        for character in char::decode_utf16(units.iter().copied()) {
            let character = character.unwrap_or(char::REPLACEMENT_CHARACTER);
            self.decoded.extend_from_slice(character.encode_utf8(&mut buffer).as_bytes());
        }
        self.pending.drain(..units.len() * 2);
        if at_end && !self.pending.is_empty() {
            self.pending.clear();
            self.decoded.extend_from_slice("\u{fffd}".as_bytes());
        }
        Ok(())
    }

    fn unit(&self, pair: [u8; 2]) -> u16 {
        if self.big_endian { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) }
    }
}

impl<R: Read> Read for Utf16<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given == self.decoded.len() {
            self.decode_more()?;
            // Half a pair alone decodes to nothing yet is not the end.
            while self.decoded.is_empty() && !self.pending.is_empty() {
                self.decode_more()?;
            }
        }
        let rest = self.decoded.get(self.given..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.given += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Read};

    use super::Utf16;

    /// Gives one byte at a time, as a pipe may.
    struct Slow<'a>(&'a [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = buffer.len().min(1);
            (&mut self.0).take(count as u64).read(buffer)
        }
    }

    #[test]
    fn both_byte_orders_and_pairs_are_read() -> io::Result<()> {
        let text = "Betreff: Grüße 😀\n".repeat(5_000);
        for big_endian in [false, true] {
            let bytes: Vec<u8> =
                text.encode_utf16().flat_map(|unit| if big_endian { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect();
            let mut read = String::new();
            Utf16::new(Slow(&bytes), big_endian).read_to_string(&mut read)?;
            assert_eq!(read, text);
        }
        Ok(())
    }

    #[test]
    fn halves_become_the_replacement_character() -> io::Result<()> {
        let mut read = String::new();
        Utf16::new(&[0x3d, 0xd8, b'a', 0, 0x3d, 0xd8, b'b'][..], false).read_to_string(&mut read)?;
        assert_eq!(read, "\u{fffd}a\u{fffd}\u{fffd}");
        Ok(())
    }
}
