//! A mailbox in one file (RFC 4155 and its relatives mboxrd and mboxo): messages parted by lines `From sender date` after an empty line.
//! What a message says of its own length is not believed.
//!
//! Reads a message at a time; one that is too long is passed over and named. Start with [`split`].

use std::io::{self, BufRead, Read};

use mail_parser::DateTime;

use super::envelope::Envelope;
use super::sniff::is_separator;

/// Bytes of one line that are held at a time; a longer line comes in pieces.
const LINE: u64 = 64 << 10;

/// A message of a mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found {
    /// Its bytes, `>From ` written `From ` again.
    Message(Vec<u8>, Envelope),
    /// It is longer than the limit; these are its first bytes.
    TooLong(Vec<u8>),
}

/// Calls `put` with each message, until the file ends or `put` says so.
pub(crate) fn split<E: From<io::Error>>(
    mut reader: impl BufRead,
    limit: usize,
    put: &mut dyn FnMut(Found) -> Result<(), E>,
) -> Result<(), E> {
    let mut message: Option<(Vec<u8>, Envelope, bool)> = None;
    // Where a line begins, and whether the line before it was empty.
    let (mut begins, mut after_empty) = (true, true);
    let mut line = Vec::new();
    loop {
        line.clear();
        if Read::by_ref(&mut reader).take(LINE).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        if begins && after_empty && is_separator(&line) {
            finish(message.take(), put)?;
            message = Some((Vec::new(), of_separator(&line), false));
            (begins, after_empty) = (line.ends_with(b"\n"), false);
            continue;
        }
        let text = if begins { unquoted(&line) } else { &line };
        after_empty = begins && line.trim_ascii_end().is_empty();
        begins = line.ends_with(b"\n");
        if let Some((bytes, _, long)) = &mut message {
            if bytes.len() + text.len() > limit {
                *long = true;
                bytes.truncate(LINE as usize);
            } else if !*long {
                bytes.extend_from_slice(text);
            }
        }
    }
    finish(message, put)
}

fn finish<E>(message: Option<(Vec<u8>, Envelope, bool)>, put: &mut dyn FnMut(Found) -> Result<(), E>) -> Result<(), E> {
    match message {
        None => Ok(()),
        Some((bytes, _, true)) => put(Found::TooLong(bytes)),
        Some((mut bytes, envelope, false)) => {
            // The empty line before the next message belongs to the mailbox.
            let end = bytes.strip_suffix(b"\r\n\r\n").map(|head| head.len() + 2);
            let end = end.or_else(|| bytes.strip_suffix(b"\n\n").map(|head| head.len() + 1));
            bytes.truncate(end.unwrap_or(bytes.len()));
            put(Found::Message(bytes, envelope))
        }
    }
}

/// A line without the mark that keeps it from being taken for the next message.
fn unquoted(line: &[u8]) -> &[u8] {
    let marks = line.iter().take_while(|byte| **byte == b'>').count();
    match line.get(marks..) {
        Some(rest) if marks > 0 && rest.starts_with(b"From ") => line.get(1..).unwrap_or_default(),
        _ => line,
    }
}

/// What the line tells of the envelope: `From sender@example.com Thu Nov 19 10:00:00 2026`.
fn of_separator(line: &[u8]) -> Envelope {
    let text = String::from_utf8_lossy(line);
    let mut words = text.split_ascii_whitespace().skip(1);
    let sender = words.next().filter(|sender| sender.contains('@')).map(str::to_owned);
    let words: Vec<&str> = words.collect();
    let at = words.iter().position(|word| word.matches(':').count() >= 1 && word.starts_with(|c: char| c.is_ascii_digit()));
    let written = at.and_then(|at| {
        let (month, day, time) = (words.get(at.checked_sub(2)?)?, words.get(at.checked_sub(1)?)?, words.get(at)?);
        let (year, zone) = match (words.get(at + 1)?, words.get(at + 2)) {
            (zone, Some(year)) if year.len() == 4 && year.parse::<u32>().is_ok() => (*year, *zone),
            (year, zone) => (*year, zone.copied().unwrap_or("+0000")),
        };
        DateTime::parse_rfc822(&format!("{day} {month} {year} {time} {zone}"))
    });
    let arrived = written.filter(DateTime::is_valid).and_then(|time| time.to_timestamp().checked_mul(1_000_000));
    Envelope { mail_from: sender, arrived: None, stated: arrived, ..Envelope::default() }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::{Found, of_separator, split};

    fn told(text: &str, limit: usize) -> Vec<String> {
        let mut found = Vec::new();
        let outcome: io::Result<()> = split(text.as_bytes(), limit, &mut |one| {
            found.push(match one {
                Found::Message(bytes, _) => String::from_utf8_lossy(&bytes).into_owned(),
                Found::TooLong(bytes) => format!("too long: {}", bytes.len()),
            });
            Ok(())
        });
        assert!(outcome.is_ok());
        found
    }

    const LINE: &str = "From a@example.com Thu Nov 19 10:00:00 2026\n";

    #[test]
    fn messages_are_parted_where_a_line_says_so() {
        let text = format!("{LINE}A: 1\n\none\n\n{LINE}B: 2\n\ntwo\n");
        assert_eq!(told(&text, 1_000), ["A: 1\n\none\n", "B: 2\n\ntwo\n"]);
    }

    #[test]
    fn lines_that_begin_with_from_are_text_unless_they_part() {
        let text = format!("{LINE}A: 1\n\n>From here\n>>From there\nFrom me at 10:00\n\nFrom you\n\n");
        assert_eq!(told(&text, 1_000), ["A: 1\n\nFrom here\n>From there\nFrom me at 10:00\n\nFrom you\n"]);
    }

    #[test]
    fn a_length_is_not_believed() {
        let text = format!("{LINE}Content-Length: 100000\n\none\n\n{LINE}B: 2\n\ntwo\n");
        assert_eq!(told(&text, 1_000).len(), 2);
    }

    #[test]
    fn a_message_that_is_too_long_is_named_and_the_next_one_read() {
        let text = format!("{LINE}A: 1\n\n{}\n\n{LINE}B: 2\n\ntwo\n", "x".repeat(200_000));
        assert_eq!(told(&text, 1_000), ["too long: 6".to_owned(), "B: 2\n\ntwo\n".to_owned()]);
    }

    #[test]
    fn the_line_tells_sender_and_time() {
        for line in [LINE, "From a@example.com Thu Nov 19 11:00:00 +0100 2026", "From a@example.com Thu Nov 19 10:00:00 GMT 2026"]
        {
            let envelope = of_separator(line.as_bytes());
            assert_eq!(envelope.mail_from.as_deref(), Some("a@example.com"), "{line}");
            assert_eq!(envelope.stated, Some(1_795_082_400_000_000), "{line}");
        }
        let odd = of_separator(b"From MAILER-DAEMON nothing 10:00");
        assert_eq!((odd.mail_from, odd.stated), (None, None));
    }
}
