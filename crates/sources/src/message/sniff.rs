//! Whether bytes are a message, a mailbox of them, or an Outlook file. Strict: a table or a letter that happens to begin with a word and a
//! colon is none.

/// Fields that messages have. Two different ones of them in a header make a message.
const FIELDS: [&str; 32] = [
    "received",
    "return-path",
    "from",
    "to",
    "cc",
    "bcc",
    "subject",
    "date",
    "message-id",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "delivered-to",
    "envelope-to",
    "delivery-date",
    "reply-to",
    "sender",
    "in-reply-to",
    "references",
    "dkim-signature",
    "domainkey-signature",
    "authentication-results",
    "arc-seal",
    "arc-message-signature",
    "arc-authentication-results",
    "received-spf",
    "list-unsubscribe",
    "list-id",
    "thread-topic",
    "user-agent",
    "resent-from",
    "status",
];

/// The signature of a compound file (MS-CFB section 2.2), which Outlook's `.msg` is.
pub(crate) fn is_compound(head: &[u8]) -> bool {
    head.starts_with(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1])
}

/// A tar archive (POSIX.1-1988 and later: `ustar` at byte 257).
pub(crate) fn is_tar(head: &[u8]) -> bool {
    head.get(257..262) == Some(b"ustar")
}

/// Whether text is a mailbox: a line `From ` with a time of day, and a message after it.
pub(crate) fn is_mbox(head: &[u8]) -> bool {
    let end = memchr::memchr(b'\n', head).map_or(head.len(), |end| end + 1);
    let (line, rest) = head.split_at(end);
    is_separator(line) && (is_message(rest) || rest.is_empty())
}

/// Whether a line parts the messages of a mailbox: `From `, a sender, and a date, of which at least the time is there.
pub(crate) fn is_separator(line: &[u8]) -> bool {
    let Some(rest) = line.strip_prefix(b"From ") else { return false };
    rest.windows(5).any(|at| matches!(at, [a, b, b':', c, d] if [a, b, c, d].iter().all(|byte| byte.is_ascii_digit())))
}

/// Whether text begins with the header of a message.
pub(crate) fn is_message(head: &[u8]) -> bool {
    let mut seen: Vec<String> = Vec::new();
    let (mut others, mut hops) = (0_usize, 0_usize);
    for (number, line) in head.split(|byte| *byte == b'\n').enumerate() {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        match line.first() {
            None => return false,
            Some(b' ' | b'\t') if number > 0 => continue,
            _ => {}
        }
        let Some(name) = field_name(line) else {
            // The first line says what a file is; later ones may be broken.
            others += 1;
            if number == 0 || others > 3 {
                return false;
            }
            continue;
        };
        // A header that begins with nothing but hops is a message's that went around in circles.
        hops += usize::from(name == "received");
        if hops > 2 {
            return true;
        }
        if !seen.contains(&name) && FIELDS.contains(&name.as_str()) {
            seen.push(name);
            if seen.len() == 2 {
                return true;
            }
        } else if number == 0 && !name.starts_with("x-") && !name.contains('-') && !seen.contains(&name) {
            return false;
        }
    }
    false
}

/// The name of the field that a line begins, in lower case (RFC 5322 section 3.6.8).
fn field_name(line: &[u8]) -> Option<String> {
    let colon = memchr::memchr(b':', line)?;
    let name = line.get(..colon)?.trim_ascii_end();
    let is_name =
        !name.is_empty() && name.len() < 100 && name.iter().all(|byte| (33..=126).contains(byte) && !b",;\"{}[]".contains(byte));
    is_name.then(|| String::from_utf8_lossy(name).to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::{is_mbox, is_message, is_separator};

    #[test]
    fn a_message_begins_with_its_header() {
        for text in [
            "Received: from a by b; Thu, 19 Nov 2026 10:00:00 +0000\r\nFrom: a@example.com\r\n\r\nhello",
            "From: a@example.com\nSubject: s\n\n",
            "X-Spam: no\nReturn-Path: <a@example.com>\nTo: b\n",
            "Subject: long\n line\nbroken line\nFrom: a\n\n",
            "ARC-Seal: i=1;\r\n a=rsa\r\nReceived: x\r\n\r\n",
        ] {
            assert!(is_message(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn other_texts_are_none() {
        for text in [
            "",
            "\n\nFrom: a\nTo: b\n",
            "Timestamp,Subject,From\n1,2,3\n",
            "{\"From\": \"a\"}\n",
            "name: x\nfrom: y\nto: z\n",
            "Dear all,\nSubject: x\nFrom: y\n",
            "From: a\n\nonly one field",
            "note: this\nand that\n",
            "From a@example.com Thu Nov 19 10:00:00 2026\nTo: b\nFrom: c\n\n",
        ] {
            assert!(!is_message(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn a_mailbox_begins_with_a_line_of_its_own() {
        assert!(is_mbox(b"From a@example.com Thu Nov 19 10:00:00 2026\nFrom: a\nTo: b\n\nhello\n"));
        assert!(!is_mbox(b"From here on we are alone\nFrom: a\nTo: b\n"));
        assert!(!is_mbox(b"From: a\nTo: b\n\n"));
        assert!(is_separator(b"From MAILER-DAEMON Fri Jul  8 12:08:34 2011\n"));
        assert!(!is_separator(b"From time to time\n"));
    }
}
