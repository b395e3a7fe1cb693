//! Where a JSON string ends, eight bytes at a time.

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// The high bit of every byte of `word` that is zero. Bytes above the first zero byte may be marked wrongly.
const fn zeros(word: u64) -> u64 {
    word.wrapping_sub(ONES) & !word & HIGH
}

/// The index of the first quote, backslash or control character in `bytes` at or after `at`.
///
/// These are the bytes that end a string, need a closer look, or may not stand in a string (RFC 8259, section 7).
#[inline]
pub(super) fn special(bytes: &[u8], mut at: usize) -> Option<usize> {
    while let Some(eight) = bytes.get(at..).and_then(<[u8]>::first_chunk::<8>) {
        let word = u64::from_le_bytes(*eight);
        let control = word.wrapping_sub(ONES * 0x20) & !word & HIGH;
        let found = zeros(word ^ (ONES * b'"' as u64)) | zeros(word ^ (ONES * b'\\' as u64)) | control;
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    let rest = bytes.get(at..)?;
    rest.iter().position(|&byte| byte == b'"' || byte == b'\\' || byte < 0x20).map(|offset| at + offset)
}

#[cfg(test)]
mod tests {
    use super::special;

    #[test]
    fn the_first_special_byte_is_found_wherever_it_stands() {
        for length in 0..40 {
            for special_byte in [b'"', b'\\', 0, 0x1f] {
                for at in 0..length {
                    let mut bytes = vec![b'a'; length];
                    bytes[at] = special_byte;
                    bytes[length - 1] = b'"';
                    assert_eq!(special(&bytes, 0), Some(at.min(length - 1)));
                }
            }
            assert_eq!(special("é!#[]~\u{7f}".repeat(length).as_bytes(), 0), None);
        }
    }
}
