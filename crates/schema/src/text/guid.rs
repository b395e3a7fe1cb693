//! `guid` as text: lower-case digits with dashes, the only form it is held in.
//!
//! Source: Microsoft's reference, pages `scalar-data-types/guid` and `toguid-function`; .NET, `Guid.Parse`.

/// Lengths of the five groups of digits.
const GROUPS: [usize; 5] = [8, 4, 4, 4, 12];

/// What `toguid(text)` gives, as `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx` in lower case. `None` stands for null.
///
/// Reads every form .NET does: 32 digits (`N`), dashes (`D`), braces (`B`), parentheses (`P`) and the C structure (`X`).
#[must_use]
pub fn parse(text: &str) -> Option<String> {
    let text = text.trim();
    let digits = match text.as_bytes().first()? {
        b'{' if text.contains(',') => structure(text)?,
        b'{' => dashed(text.strip_prefix('{')?.strip_suffix('}')?)?,
        b'(' => dashed(text.strip_prefix('(')?.strip_suffix(')')?)?,
        _ if text.len() == 32 => text.to_owned(),
        _ => dashed(text)?,
    };
    if digits.len() != 32 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let mut out = String::with_capacity(36);
    let mut from = 0;
    for length in GROUPS {
        if from > 0 {
            out.push('-');
        }
        out.push_str(digits.get(from..from + length)?);
        from += length;
    }
    out.make_ascii_lowercase();
    Some(out)
}

/// The digits of a dashed form. Dashes may stand elsewhere: the reference's example of `toguid` has them so.
fn dashed(text: &str) -> Option<String> {
    let bare = text.starts_with('-') || text.ends_with('-') || text.contains("--");
    (!bare).then(|| text.replace('-', ""))
}

/// The digits of `{0x00000000,0x0000,0x0000,{0x00,0x00,0x00,0x00,0x00,0x00,0x00,0x00}}`; leading zeros may be missing.
fn structure(text: &str) -> Option<String> {
    const WIDTHS: [usize; 11] = [8, 4, 4, 2, 2, 2, 2, 2, 2, 2, 2];
    let inner = text.strip_prefix('{')?.strip_suffix("}}")?;
    let (head, tail) = inner.split_once('{')?;
    let mut parts = head.trim().strip_suffix(',')?.split(',').chain(tail.split(','));
    let mut digits = String::with_capacity(32);
    for width in WIDTHS {
        let part = parts.next()?.trim();
        let part = part.strip_prefix("0x").or_else(|| part.strip_prefix("0X"))?;
        if part.is_empty() || part.len() > width {
            return None;
        }
        digits.extend(std::iter::repeat_n('0', width - part.len()));
        digits.push_str(part);
    }
    parts.next().is_none().then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn every_form_of_dotnet_becomes_lower_case_with_dashes() {
        for text in [
            "74be27de-1e4e-49d9-b579-fe0b331d3642",
            "74BE27DE-1E4E-49D9-B579-FE0B331D3642",
            " 74be27de-1e4e-49d9-b579-fe0b331d3642 ",
            "74be27de1e4e49d9b579fe0b331d3642",
            "74be27de1e4e-49d9-b579-fe0b331d3642",
            "{74be27de-1e4e-49d9-b579-fe0b331d3642}",
            "(74be27de-1e4e-49d9-b579-fe0b331d3642)",
            "{0x74be27de,0x1e4e,0x49d9,{0xb5,0x79,0xfe,0x0b,0x33,0x1d,0x36,0x42}}",
            "{0x74be27de, 0x1e4e, 0x49d9, {0xb5, 0x79, 0xfe, 0xb, 0x33, 0x1d, 0x36, 0x42}}",
        ] {
            assert_eq!(parse(text).as_deref(), Some("74be27de-1e4e-49d9-b579-fe0b331d3642"), "{text:?}");
        }
    }

    #[test]
    fn anything_else_is_null() {
        for text in [
            "",
            "{",
            "{}",
            "74be27de",
            "74be27de-1e4e-49d9-b579-fe0b331d364g",
            "74be27de-1e4e-49d9-b579-fe0b331d3642-",
            "{74be27de-1e4e-49d9-b579-fe0b331d3642",
            "{0x74be27de,0x1e4e,0x49d9,{0xb5}}",
            "ä4be27de1e4e49d9b579fe0b331d364",
        ] {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }
}
