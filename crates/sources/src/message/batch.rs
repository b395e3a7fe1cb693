//! Messages of one or several inputs on their way to rows: read by several threads, verified together, written in their order.

use std::sync::Arc;
use std::thread;

use mailauth::Message;
use mailauth::verify::{Arrival, Verdicts};

use super::envelope::Envelope;
use super::rows::Tables;
use super::{Parsed, PartSummary, When};
use crate::field::capped;
use crate::output::{Outcome, Output};
use crate::{Item, Options, Reject, SourceError, report};

/// Messages that are read together. Verifying waits for the DNS, and that of many is over as soon as that of the slowest.
const MESSAGES: usize = 256;
/// Bytes of messages that are held to be read together.
const BYTES: usize = 32 << 20;

/// A message that waits to be read.
#[derive(Debug)]
pub(crate) struct Mail {
    /// Which of the inputs it is from.
    pub(crate) input: usize,
    /// File, or `archive!member`.
    pub(crate) source: String,
    /// Its number in the file, from 1.
    pub(crate) number: u64,
    pub(crate) bytes: Vec<u8>,
    pub(crate) envelope: Envelope,
    /// Whether it was put together from an Outlook file.
    pub(crate) rebuilt: bool,
}

/// Messages that wait.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    waiting: Vec<Mail>,
    bytes: usize,
    taken: u64,
}

impl Batch {
    pub(crate) fn put(&mut self, mail: Mail) {
        self.bytes = self.bytes.saturating_add(mail.bytes.len());
        self.taken += 1;
        self.waiting.push(mail);
    }

    pub(crate) fn is_full(&self) -> bool {
        self.waiting.len() >= MESSAGES || self.bytes >= BYTES
    }

    /// Messages that were put here, ever.
    pub(crate) fn taken(&self) -> u64 {
        self.taken
    }

    /// Reads all that wait, and hands out their rows.
    pub(crate) fn flush(&mut self, options: &Arc<Options>, output: &mut Output<'_>) -> Outcome {
        self.bytes = 0;
        let waiting = std::mem::take(&mut self.waiting);
        if waiting.is_empty() {
            return Ok(());
        }
        let messages: Vec<Message<'_>> = waiting.iter().map(|mail| Message::new(&mail.bytes)).collect();
        let parsed = read(&waiting, &messages, options);
        let verdicts = verify(&parsed, &messages, options);
        let input = output.input;
        let mut tables = Tables::new(options.arrived);
        for ((mail, parsed), verdicts) in waiting.iter().zip(&parsed).zip(&verdicts).filter(|_| !options.reports_only) {
            let outcome = tables.push(parsed, verdicts.as_ref(), None, options.mail.now);
            if let Err(reason) = outcome {
                output.summary.rejected += 1;
                output.input = mail.input;
                let raw = capped(&String::from_utf8_lossy(&mail.bytes), options.max_reject_bytes);
                let table = Some(super::rows::EVENTS.to_owned());
                let reject = Reject { source: mail.source.clone(), line: mail.number, table, reason: reason.to_string(), raw };
                output.item(Item::Reject(reject))?;
            }
            if tables.waiting() >= options.batch_rows {
                hand_out(&mut tables, &mail.source, output)?;
            }
        }
        for ((mail, parsed), message) in waiting.iter().zip(&parsed).zip(&messages) {
            if parsed.parts.iter().any(may_report) && is_flat(message.bytes()) {
                output.input = mail.input;
                let read = report::reports_of(&parsed.source, message.bytes(), options, output);
                output.settle(read)?;
            }
        }
        let last = waiting.last().map(|mail| mail.source.clone()).unwrap_or_default();
        hand_out(&mut tables, &last, output)?;
        output.input = input;
        Ok(())
    }
}

/// Whether a part may be a report of a receiver of mail (RFC 9990, RFC 8460, RFC 6591), so that the message is worth another look.
fn may_report(part: &PartSummary) -> bool {
    const TYPES: [&str; 11] = [
        "application/gzip",
        "application/x-gzip",
        "application/zip",
        "application/x-zip-compressed",
        "application/octet-stream",
        "application/xml",
        "text/xml",
        "application/json",
        "message/feedback-report",
        "message/global",
        "message/rfc822",
    ];
    TYPES.contains(&part.media_type.as_str()) || part.media_type.starts_with("application/tlsrpt")
}

/// Whether a message has few enough parts and messages inside it to be taken apart by `mail-parser`, whose nesting nothing bounds: to be nested
/// it takes one of these words a time. Reports have a handful of them.
fn is_flat(bytes: &[u8]) -> bool {
    const MOST: usize = 300;
    let nests = |at: &usize| {
        [&b"message"[..], b"multipart"]
            .iter()
            .any(|word| bytes.get(*at..*at + word.len()).is_some_and(|found| found.eq_ignore_ascii_case(word)))
    };
    memchr::memchr2_iter(b'm', b'M', bytes).filter(nests).take(MOST + 1).count() <= MOST
}

fn hand_out(tables: &mut Tables, source: &str, output: &mut Output<'_>) -> Outcome {
    let batches = tables.finish().map_err(|cause| SourceError::Batch { source_name: source.to_owned(), cause })?;
    for (table, batch) in batches {
        output.summary.rows += batch.num_rows() as u64;
        output.item(Item::Rows { table: table.to_owned(), batch })?;
    }
    Ok(())
}

/// Reads messages on as many threads as there are for it.
fn read(waiting: &[Mail], messages: &[Message<'_>], options: &Options) -> Vec<Parsed> {
    let one = |(mail, message): (&Mail, &Message<'_>)| {
        let source = if mail.number > 1 { format!("{}#{}", mail.source, mail.number) } else { mail.source.clone() };
        Parsed::read(message, mail.envelope.clone(), &source, mail.rebuilt, &options.mail.trust)
    };
    let threads = options.threads.clamp(1, waiting.len().div_ceil(8));
    let share = waiting.len().div_ceil(threads);
    thread::scope(|scope| {
        let mut shares = waiting.chunks(share).zip(messages.chunks(share));
        let first = shares.next();
        let others: Vec<_> = shares
            .map(|(mails, messages)| {
                (scope.spawn(move || mails.iter().zip(messages).map(one).collect::<Vec<_>>()), mails, messages)
            })
            .collect();
        let mut parsed: Vec<Parsed> =
            first.map(|(mails, messages)| mails.iter().zip(messages).map(one).collect()).unwrap_or_default();
        for (thread, mails, messages) in others {
            // A thread that ended without an answer is made up for here; what goes wrong with one message is caught where it does.
            parsed.extend(thread.join().unwrap_or_else(|_| mails.iter().zip(messages).map(one).collect()));
        }
        parsed
    })
}

/// The verdicts on those messages that are to be verified.
fn verify(parsed: &[Parsed], messages: &[Message<'_>], options: &Options) -> Vec<Option<Verdicts>> {
    let mut verdicts: Vec<Option<Verdicts>> = parsed.iter().map(|_| None).collect();
    let Some(verifier) = &options.mail.verifier else { return verdicts };
    let wanted = |parsed: &Parsed| match options.mail.verify {
        When::Auto => parsed.evidence.overview.is_none(),
        When::Always => true,
        When::Never => false,
    };
    let places: Vec<usize> =
        parsed.iter().enumerate().filter(|(_, parsed)| !parsed.rebuilt && wanted(parsed)).map(|(place, _)| place).collect();
    let asked: Vec<(&Message<'_>, Arrival)> =
        places.iter().filter_map(|&place| Some((messages.get(place)?, parsed.get(place)?.arrival(options.mail.now)))).collect();
    if asked.is_empty() {
        return verdicts;
    }
    for (place, verdict) in places.into_iter().zip(verifier.verify(&asked)) {
        if let Some(slot) = verdicts.get_mut(place) {
            *slot = Some(verdict);
        }
    }
    verdicts
}
