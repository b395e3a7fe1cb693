//! The links of a PDF: the addresses of its URI actions (ISO 32000-1 section 12.6.4.7), where they are not compressed, as annotations of
//! most writers are not.

use memchr::memmem;

/// Links of one file that are read.
const MOST: usize = 1_000;
/// The longest address that is read.
const LONGEST: usize = 8 << 10;

/// The addresses.
pub(crate) fn urls(bytes: &[u8]) -> Vec<String> {
    memmem::find_iter(bytes, b"/URI").filter_map(|at| address(bytes.get(at + 4..)?)).take(MOST).collect()
}

/// A literal or hexadecimal string (section 7.3.4).
fn address(bytes: &[u8]) -> Option<String> {
    let bytes = bytes.trim_ascii_start();
    let text = match bytes.split_first()? {
        (b'(', inside) => literal(inside)?,
        (b'<', inside) => {
            let end = memchr::memchr(b'>', inside.get(..inside.len().min(LONGEST))?)?;
            let digits: Vec<u8> = inside.get(..end)?.iter().copied().filter(u8::is_ascii_hexdigit).collect();
            let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
            digits.chunks(2).map(pair).collect::<Option<_>>()?
        }
        _ => return None,
    };
    Some(String::from_utf8_lossy(&text).into_owned())
}

/// A string in parentheses, which may hold balanced ones, and others behind a backslash.
fn literal(bytes: &[u8]) -> Option<Vec<u8>> {
    let (mut out, mut open, mut escaped) = (Vec::new(), 0_u32, false);
    for &byte in bytes.iter().take(LONGEST) {
        match byte {
            _ if escaped => {
                escaped = false;
                out.push(byte);
            }
            b'\\' => escaped = true,
            b')' if open == 0 => return Some(out),
            _ => {
                match byte {
                    b'(' => open += 1,
                    b')' => open -= 1,
                    _ => {}
                }
                out.push(byte);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::urls;

    #[test]
    fn links_are_read_in_both_forms() {
        let file = b"<< /S /URI /URI (https://example.com/a_\\(b\\)) >> << /URI <68747470733a2f2f622e6578616d706c652f> >> /URI 5 0 R /URI (open";
        assert_eq!(urls(file), ["https://example.com/a_(b)", "https://b.example/"]);
    }
}
