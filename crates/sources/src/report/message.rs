//! The reports in a message: which parts are looked into, and how.
//!
//! XML and JSON that stand in a message as they are, are looked at whoever sent them. Archives are opened only where the message
//! says that it is a report, because ordinary mail carries archives of all kinds. Sources: RFC 9990, section 3.5 (subject, file name,
//! media types), RFC 8460, section 5.

use mail_parser::{HeaderName, Message, MessagePart, MimeHeaders as _, PartType};

use super::{budget, failure, form};
use crate::bytes::Stream;
use crate::format::{Reading, sniff};
use crate::output::Outcome;

/// Messages inside messages that are looked into: a report is forwarded once or twice.
const MAX_DEPTH: usize = 4;
/// Parts of a message that are looked at; a report has two or three.
const MAX_PARTS: usize = 1_000;
/// What subjects and file names of reports hold. The first is RFC 9990's, which all but a few follow.
const WORDS: [&str; 7] = ["report domain:", "report-domain:", "report_domain:", "dmarc", "tlsrpt", "tls-rpt", "tls report"];

impl Reading<'_, '_> {
    /// Reads the reports that a message carries into their tables; a message that carries none gives nothing, and no fault.
    pub(crate) fn reports_in(&mut self, source: &str, message: &Message<'_>) -> Outcome {
        let fresh = budget(&self.options, message.raw_message.len());
        let (before, inside) = (std::mem::replace(&mut self.budget, fresh), std::mem::replace(&mut self.inside_message, true));
        let outcome = self.reports_at(source, message, 0);
        self.budget = before;
        self.inside_message = inside;
        outcome
    }

    fn reports_at(&mut self, source: &str, message: &Message<'_>, depth: usize) -> Outcome {
        if let Some(row) = failure::row(message) {
            let mut assembler = self.assembler(source);
            assembler.row_of(failure::TABLE, &row.fields(), 1, || String::from_utf8_lossy(&message.raw_message).into_owned());
            return self.output.deliver(source, assembler.finish(), false);
        }
        let announced = is_announced(message);
        for (part, number) in message.parts.iter().take(MAX_PARTS).zip(1..) {
            let name = || match part.attachment_name() {
                Some(name) => format!("{source}!{name}"),
                None => format!("{source}!part {number}"),
            };
            let bytes = match &part.body {
                PartType::Message(inner) if depth < MAX_DEPTH => {
                    self.reports_at(&name(), inner, depth + 1)?;
                    continue;
                }
                PartType::Message(_) | PartType::Multipart(_) => continue,
                PartType::Text(text) | PartType::Html(text) => text.as_bytes(),
                PartType::Binary(bytes) | PartType::InlineBinary(bytes) => bytes.as_ref(),
            };
            let packed = sniff::container(bytes).is_some();
            if if packed { announced || is_named(part) } else { form(bytes).is_some() } {
                let read = self.stream(&name(), Stream::Pipe(Box::new(bytes)), 0);
                self.output.settle(read)?;
            }
        }
        Ok(())
    }
}

/// Whether the header of a message says that it brings a report.
fn is_announced(message: &Message<'_>) -> bool {
    message.header(HeaderName::TlsReportDomain).is_some() || message.subject().is_some_and(holds_word)
}

/// Whether a part's type or name says that it is a report: `application/tlsrpt+gzip`, or a name of the form
/// `receiver!domain!begin!end`.
fn is_named(part: &MessagePart<'_>) -> bool {
    let subtype = part.content_type().and_then(|found| found.subtype()).unwrap_or_default().to_ascii_lowercase();
    let name = part.attachment_name().unwrap_or_default();
    subtype.starts_with("tlsrpt") || name.matches('!').count() >= 3 || holds_word(name)
}

fn holds_word(text: &str) -> bool {
    let text = text.to_lowercase();
    WORDS.iter().any(|word| text.contains(word))
}
