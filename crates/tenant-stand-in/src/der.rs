//! As much of DER (X.690) as a certificate needs: elements written, and read one after another.

/// The tag of a sequence.
pub(crate) const SEQUENCE: u8 = 0x30;
/// The tag of an integer.
pub(crate) const INTEGER: u8 = 0x02;
/// The tag of a bit string.
pub(crate) const BIT_STRING: u8 = 0x03;
/// The context tag by which a certificate says its version.
pub(crate) const VERSION: u8 = 0xa0;

/// An element with its tag and length.
pub(crate) fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    let length = content.len();
    if let Ok(short) = u8::try_from(length)
        && short < 0x80
    {
        out.push(short);
    } else {
        let bytes: Vec<u8> = length.to_be_bytes().into_iter().skip_while(|byte| *byte == 0).collect();
        out.push(0x80 | u8::try_from(bytes.len()).unwrap_or(0));
        out.extend(bytes);
    }
    out.extend_from_slice(content);
    out
}

/// A sequence of elements.
pub(crate) fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    element(SEQUENCE, &parts.concat())
}

/// An integer that is not negative, of its bytes.
pub(crate) fn integer(bytes: &[u8]) -> Vec<u8> {
    let mut content: Vec<u8> = bytes.iter().copied().skip_while(|byte| *byte == 0).collect();
    if content.first().is_none_or(|byte| byte & 0x80 != 0) {
        content.insert(0, 0);
    }
    element(INTEGER, &content)
}

/// A bit string of whole bytes.
pub(crate) fn bits(content: &[u8]) -> Vec<u8> {
    element(BIT_STRING, &[&[0], content].concat())
}

/// An RSA public key as SubjectPublicKeyInfo (RFC 3279 section 2.3.1).
pub(crate) fn rsa_key_info(rsa_public_key: &[u8]) -> Vec<u8> {
    sequence(&[sequence(&[RSA_ENCRYPTION.to_vec(), NULL.to_vec()]), bits(rsa_public_key)])
}

/// rsaEncryption, 1.2.840.113549.1.1.1.
const RSA_ENCRYPTION: [u8; 11] = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
/// The parameters of algorithms that have none.
pub(crate) const NULL: [u8; 2] = [0x05, 0x00];

/// The next element: its tag, what is in it, what follows it.
pub(crate) fn next(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = if first < 0x80 {
        (usize::from(first), rest)
    } else {
        let count = usize::from(first & 0x7f);
        if count == 0 || count > 4 {
            return None;
        }
        let (written, rest) = rest.split_at_checked(count)?;
        (written.iter().fold(0_usize, |sum, byte| (sum << 8) | usize::from(*byte)), rest)
    };
    let (content, after) = rest.split_at_checked(length)?;
    Some((tag, content, after))
}

#[cfg(test)]
mod tests {
    use super::{SEQUENCE, element, integer, next};

    #[test]
    fn what_is_written_is_read() {
        for length in [0, 1, 127, 128, 255, 256, 70_000] {
            let content = vec![7; length];
            let mut written = element(SEQUENCE, &content);
            written.push(9);
            assert_eq!(next(&written), Some((SEQUENCE, content.as_slice(), [9].as_slice())), "{length}");
        }
        assert_eq!(integer(&[0, 0x80]), [2, 2, 0, 0x80]);
        assert_eq!(integer(&[]), [2, 1, 0]);
    }

    #[test]
    fn what_is_cut_off_is_nothing() {
        for bytes in [[].as_slice(), &[0x30], &[0x30, 0x80], &[0x30, 0x82, 1], &[0x30, 5, 1], &[0x30, 0x85, 1, 1, 1, 1, 1]] {
            assert_eq!(next(bytes), None, "{bytes:x?}");
        }
    }
}
