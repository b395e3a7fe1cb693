//! The address of a mailbox: `imaps://USER@HOST[:PORT]/FOLDER`.
//!
//! Source: RFC 5092, of which this is the part that names a mailbox; the names of folders: RFC 3501, section 5.1.3.

use super::Fault;

/// Where a mailbox is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    /// Whether the wire is encrypted from its first byte.
    pub(crate) tls: bool,
    pub(crate) user: String,
    pub(crate) host: String,
    pub(crate) port: u16,
    /// The folder as a person writes it.
    pub(crate) folder: String,
}

/// Ports: RFC 3501, RFC 8314.
const PORT: u16 = 143;
const TLS_PORT: u16 = 993;

impl Address {
    /// Reads the address. Characters that mean something in it are written as in any URL: `%40` for an `@` in the user's name, though one
    /// more `@` is understood as well.
    pub(crate) fn parse(text: &str) -> Result<Self, Fault> {
        let fault = |reason: &str| Fault::Input(format!("`{text}`: {reason}; write imaps://USER@HOST/FOLDER"));
        let lower = text.to_ascii_lowercase();
        let (tls, rest) = match (lower.starts_with("imaps://"), lower.starts_with("imap://")) {
            (true, _) => (true, text.get(8..).unwrap_or_default()),
            (_, true) => (false, text.get(7..).unwrap_or_default()),
            _ => return Err(fault("not the address of a mailbox")),
        };
        let (authority, folder) = rest.split_once('/').unwrap_or((rest, ""));
        let (user, place) = authority.rsplit_once('@').ok_or_else(|| fault("it names no user"))?;
        if user.contains(':') {
            // Not shown: what follows is a secret.
            return Err(Fault::Input(
                "a password does not stand in the address, where others can see it; use --password-file or --password-env"
                    .to_owned(),
            ));
        }
        let (host, port) = match place.strip_prefix('[').and_then(|inner| inner.split_once(']')) {
            Some((host, after)) => (host, after.strip_prefix(':')),
            None => place.rsplit_once(':').map_or((place, None), |(host, port)| (host, Some(port))),
        };
        let port = match port {
            Some(port) => port.parse().map_err(|_| fault("its port is no number"))?,
            None if tls => TLS_PORT,
            None => PORT,
        };
        let decoded = |part: &str| decode(part).filter(|text| !text.chars().any(char::is_control));
        let user = decoded(user).filter(|user| !user.is_empty()).ok_or_else(|| fault("its user is none"))?;
        let folder = decoded(folder.trim_end_matches('/')).ok_or_else(|| fault("its folder is none"))?;
        if host.is_empty() || !host.chars().all(|letter| letter.is_ascii_alphanumeric() || ".-:_".contains(letter)) {
            return Err(fault("its host is none"));
        }
        let folder = if folder.is_empty() { "INBOX".to_owned() } else { folder };
        Ok(Self { tls, user, host: host.to_ascii_lowercase(), port, folder })
    }

    /// The address written the one way, without a secret: what names the mailbox in messages and in what is kept of it.
    pub(crate) fn name(&self) -> String {
        let scheme = if self.tls { "imaps" } else { "imap" };
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        format!("{scheme}://{}@{host}:{}/{}", self.user, self.port, self.folder)
    }
}

/// A part of a URL without its `%` escapes; `None` where they are no UTF-8.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        if first == b'%' {
            let digits = std::str::from_utf8(after.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = after.get(2..)?;
        } else {
            bytes.push(first);
        }
    }
    String::from_utf8(bytes).ok()
}

/// The name of a folder as IMAP sends it: modified UTF-7.
pub(super) fn folder_name(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut units: Vec<u16> = Vec::new();
    for letter in name.chars() {
        if (' '..='~').contains(&letter) {
            flush(&mut units, &mut out);
            out.push(letter);
            if letter == '&' {
                out.push('-');
            }
        } else {
            units.extend(letter.encode_utf16(&mut [0; 2]).iter());
        }
    }
    flush(&mut units, &mut out);
    out
}

/// Writes what is not ASCII: Base64 of UTF-16, with `,` for `/` and without padding, between `&` and `-`.
fn flush(units: &mut Vec<u16>, out: &mut String) {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";
    if units.is_empty() {
        return;
    }
    out.push('&');
    let bytes: Vec<u8> = units.drain(..).flat_map(u16::to_be_bytes).collect();
    for three in bytes.chunks(3) {
        let word = three.iter().fold(0_u32, |word, &byte| word << 8 | u32::from(byte)) << (8 * (3 - three.len()));
        for place in 0..=three.len() {
            let six = (word >> (18 - 6 * place)) & 0x3f;
            out.push(LETTERS.get(six as usize).map_or('A', |&letter| char::from(letter)));
        }
    }
    out.push('-');
}

#[cfg(test)]
mod tests {
    use super::{Address, folder_name};

    fn named(text: &str) -> String {
        Address::parse(text).map_or_else(|fault| fault.to_string(), |address| address.name())
    }

    #[test]
    fn an_address_has_its_parts() {
        assert_eq!(named("imaps://dmarc@mail.contoso.com/Reports"), "imaps://dmarc@mail.contoso.com:993/Reports");
        assert_eq!(named("IMAPS://dmarc%40contoso.com@Mail.Contoso.com"), "imaps://dmarc@contoso.com@mail.contoso.com:993/INBOX");
        assert_eq!(named("imaps://dmarc@contoso.com@mail.contoso.com/"), "imaps://dmarc@contoso.com@mail.contoso.com:993/INBOX");
        assert_eq!(named("imap://a@127.0.0.1:1143/In%20box/Ber%C3%BChmt"), "imap://a@127.0.0.1:1143/In box/Ber\u{fc}hmt");
        assert_eq!(named("imap://a@[::1]:1143"), "imap://a@[::1]:1143/INBOX");
    }

    #[test]
    fn what_is_no_address_is_refused_and_no_password_is_shown() {
        for text in [
            "",
            "https://a@b/",
            "imaps://mail.contoso.com/",
            "imaps://a@b:x/",
            "imaps://a@/",
            "imaps://@b/",
            "imaps://a@b/%0d%0a",
            "imaps://a@b/%ff",
            "imaps://a@b c/",
        ] {
            assert!(named(text).contains("write imaps://USER@HOST/FOLDER"), "{text}: {}", named(text));
        }
        let told = named("imaps://a:hunter2@b/");
        assert!(told.contains("--password-file") && !told.contains("hunter2"), "{told}");
    }

    #[test]
    fn folders_are_sent_in_modified_utf_7() {
        // The last is the example of RFC 3501, section 5.1.3.
        for (name, sent) in [
            ("INBOX", "INBOX"),
            ("A & B", "A &- B"),
            ("Entw\u{fc}rfe", "Entw&APw-rfe"),
            ("~peter/mail/\u{53f0}\u{5317}/\u{65e5}\u{672c}\u{8a9e}", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"),
        ] {
            assert_eq!(folder_name(name), sent);
        }
    }
}
