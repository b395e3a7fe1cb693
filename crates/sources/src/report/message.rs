//! The reports in a message: which parts are looked into, and how.
//!
//! XML and JSON that stand in a message as they are, are looked at whoever sent them. Archives are opened only where the message
//! says that it is a report, because ordinary mail carries archives of all kinds. Sources: RFC 9990, section 3.5 (subject, file name,
//! media types), RFC 8460, section 5.

use std::borrow::Cow;

use mailauth::Message;

use super::{budget, failure, form};
use crate::bytes::Stream;
use crate::format::{Reading, sniff};
use crate::message::{Notes, mime, transfer};
use crate::output::Outcome;

/// Messages inside messages that are looked into: a report is forwarded once or twice.
const MAX_DEPTH: usize = 4;
/// What subjects and file names of reports hold. The first is RFC 9990's, which all but a few follow.
const WORDS: [&str; 7] = ["report domain:", "report-domain:", "report_domain:", "dmarc", "tlsrpt", "tls-rpt", "tls report"];

/// A part of a message with the bytes that were sent.
pub(super) struct Part<'m> {
    /// Its media type in lower case.
    pub(super) media_type: String,
    name: Option<String>,
    /// Text is UTF-8.
    pub(super) bytes: Cow<'m, [u8]>,
}

/// The parts of a message, in bounded number.
fn parts<'m>(message: &'m Message<'_>) -> Vec<Part<'m>> {
    let opened = |part: mime::Part| {
        let raw = message.bytes().get(part.body.clone()).unwrap_or_default();
        let bytes = part.transfer.decode(raw);
        let bytes = match part.charset.as_deref() {
            Some(charset) if part.media_type.starts_with("text/") => {
                Cow::Owned(transfer::text(&bytes, Some(charset)).into_bytes())
            }
            _ => bytes,
        };
        Part { media_type: part.media_type, name: part.name, bytes }
    };
    mime::cut(message, &mut Notes::default()).into_iter().map(opened).collect()
}

impl Part<'_> {
    /// Whether it is a message.
    pub(super) fn is_message(&self) -> bool {
        matches!(self.media_type.as_str(), "message/rfc822" | "message/global")
    }

    /// Whether its type or name says that it is a report: `application/tlsrpt+gzip`, or a name of the form
    /// `receiver!domain!begin!end`.
    fn is_named(&self) -> bool {
        let name = self.name.as_deref().unwrap_or_default();
        self.media_type.starts_with("application/tlsrpt") || name.matches('!').count() >= 3 || holds_word(name)
    }
}

impl Reading<'_, '_> {
    /// Reads the reports that a message carries into their tables; a message that carries none gives nothing, and no fault.
    pub(super) fn reports_in(&mut self, source: &str, message: &Message<'_>) -> Outcome {
        let fresh = budget(&self.options, message.bytes().len());
        let (before, inside) = (std::mem::replace(&mut self.budget, fresh), std::mem::replace(&mut self.inside_message, true));
        let outcome = self.reports_at(source, message, 0);
        self.budget = before;
        self.inside_message = inside;
        outcome
    }

    fn reports_at(&mut self, source: &str, message: &Message<'_>, depth: usize) -> Outcome {
        let parts = parts(message);
        if let Some(row) = failure::row(message, &parts) {
            let mut assembler = self.assembler(source);
            assembler.row_of(failure::TABLE, &row.fields(), 1, || String::from_utf8_lossy(message.bytes()).into_owned());
            return self.output.deliver(source, assembler.finish(), false);
        }
        let announced = is_announced(message);
        for (part, number) in parts.iter().zip(1..) {
            let name = || match &part.name {
                Some(name) => format!("{source}!{name}"),
                None => format!("{source}!part {number}"),
            };
            if part.is_message() {
                if depth < MAX_DEPTH {
                    self.reports_at(&name(), &Message::new(&part.bytes), depth + 1)?;
                }
                continue;
            }
            let packed = sniff::container(&part.bytes).is_some();
            if if packed { announced || part.is_named() } else { form(&part.bytes).is_some() } {
                let read = self.stream(&name(), Stream::Pipe(Box::new(part.bytes.as_ref())), 0);
                self.output.settle(read)?;
            }
        }
        Ok(())
    }
}

/// Whether the header of a message says that it brings a report.
fn is_announced(message: &Message<'_>) -> bool {
    message.first("TLS-Report-Domain").is_some()
        || message.first("Subject").is_some_and(|subject| holds_word(&transfer::unstructured(subject.value)))
}

fn holds_word(text: &str) -> bool {
    let text = text.to_lowercase();
    WORDS.iter().any(|word| text.contains(word))
}
