//! Reports that receivers of mail send to the owners of domains, to rows of tables.
//!
//! | what | from | to | file |
//! | --- | --- | --- | --- |
//! | DMARC aggregate report | XML (RFC 9990, RFC 7489) | `DmarcAggregate` | `aggregate` over `xml` |
//! | DMARC failure report, complaint | part of a message (RFC 6591, RFC 5965) | `DmarcForensic` | `failure` |
//! | TLS report | JSON (RFC 8460) | `TlsReports` | `tls` |
//!
//! As files they are recognised by their first bytes, compressed or not, as anything else is. In a message they are its parts:
//! [`Reading::reports_in`]. A report has the same rows wherever it comes from, and a row's `RecordId` is made of what it says,
//! so that one that comes twice is kept once. Must not know the lake, nor how messages are found.

mod aggregate;
mod element;
mod failure;
mod message;
mod row;
mod tls;
mod xml;

use std::io::Read;
use std::sync::Arc;

use mailauth::Message;
use quick_xml::events::Event;

use crate::assemble::Assembler;
use crate::bytes::Budget;
use crate::format::Reading;
use crate::message::Batch;
use crate::output::{Outcome, Output, Stop};
use crate::route::Router;
use crate::{Options, SourceError};
use aggregate::Report;
use xml::{Broken, MAX_PIECE_BYTES, Piece, Pieces};

/// The root of an aggregate report.
const ROOT: &str = "feedback";
/// Rows that are put together before they are handed out.
const BATCH_ROWS: usize = 8_192;

/// The kind of a report that is a file of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// XML whose root is `feedback`.
    Aggregate,
    /// JSON with the members of RFC 8460.
    Tls,
}

impl Form {
    /// The table its rows belong to.
    pub(crate) const fn table(self) -> &'static str {
        match self {
            Self::Aggregate => aggregate::TABLE,
            Self::Tls => tls::TABLE,
        }
    }
}

/// What is wrong with a report.
#[derive(Debug, thiserror::Error)]
pub enum ReportFault {
    /// It ends where it should go on.
    #[error("the report breaks off; the records before were read")]
    Truncated,
    /// An element no report has.
    #[error("an element is longer than {MAX_PIECE_BYTES} bytes; the records before were read")]
    TooLong,
    /// Elements inside elements as no report has them.
    #[error("line {line} nests elements too deep; the records before were read")]
    TooDeep {
        /// The line, from 1.
        line: u64,
    },
    /// A report of JSON, and a message that carries reports, is read as a whole, and this one is too long for that.
    #[error("longer than {limit} bytes, the most that is read as a whole")]
    TooLarge {
        /// The limit.
        limit: usize,
    },
    /// Not XML.
    #[error("line {line} is not XML: {reason}; the records before were read")]
    Xml {
        /// What the reader says.
        reason: String,
        /// The line, from 1.
        line: u64,
    },
    /// Not JSON.
    #[error("{reason}")]
    Json {
        /// What the reader says.
        reason: String,
    },
}

/// Whether text, of which this is the beginning, is a report.
pub(crate) fn form(head: &[u8]) -> Option<Form> {
    match head.trim_ascii_start().first() {
        Some(b'<') => is_aggregate(head).then_some(Form::Aggregate),
        Some(b'{') => is_tls(head).then_some(Form::Tls),
        _ => None,
    }
}

/// Whether the first element is a report's root, or the second, as some wrap it in one more.
fn is_aggregate(head: &[u8]) -> bool {
    let mut reader = quick_xml::Reader::from_reader(head);
    reader.config_mut().check_end_names = false;
    let (mut buffer, mut wrapped) = (Vec::new(), false);
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(tag)) if tag.local_name().as_ref().eq_ignore_ascii_case(ROOT.as_bytes()) => return true,
            Ok(Event::Start(_)) if !wrapped => wrapped = true,
            Ok(Event::Decl(_) | Event::Comment(_) | Event::PI(_) | Event::DocType(_)) => {}
            Ok(Event::Text(text)) if text.trim_ascii().is_empty() => {}
            _ => return false,
        }
    }
}

/// Whether an object begins as a TLS report does: its members are known by name, and one of them holds the policies.
fn is_tls(head: &[u8]) -> bool {
    const MEMBERS: [&str; 5] = ["organization-name", "date-range", "contact-info", "report-id", "policies"];
    let text = String::from_utf8_lossy(head);
    let Some(inside) = text.trim_start().strip_prefix('{') else { return false };
    let Some(name) = inside.trim_start().strip_prefix('"') else { return false };
    let begins = MEMBERS.iter().any(|member| name.strip_prefix(member).is_some_and(|rest| rest.starts_with('"')));
    begins && memchr::memmem::find(head, b"\"policies\"").is_some()
}

/// The reports that a message carries.
pub(crate) fn reports_of(name: &str, message: &[u8], options: &Arc<Options>, output: &mut Output<'_>) -> Outcome {
    // Messages inside are looked into and not read: none waits here.
    let mut none = Batch::default();
    Reading::new(options, output, &mut none).reports_in(name, &Message::new(message))
}

impl Reading<'_, '_> {
    /// Reads a report of which this is the text.
    pub(crate) fn report(&mut self, source: &str, form: Form, reader: impl Read) -> Outcome {
        match form {
            Form::Aggregate => self.aggregate(source, reader),
            Form::Tls => self.tls(source, reader),
        }
    }

    /// Reads the reports that a message carries, and nothing else of it.
    pub(crate) fn reports_of(&mut self, source: &str, reader: impl Read) -> Outcome {
        let bytes = self.all_of(source, reader)?;
        reports_of(source, &bytes, &self.options, self.output)
    }

    /// All bytes of what is read as a whole.
    fn all_of(&self, source: &str, reader: impl Read) -> Result<Vec<u8>, Stop> {
        let limit = self.options.max_line_bytes;
        let mut bytes = Vec::new();
        let read = reader.take(limit as u64 + 1).read_to_end(&mut bytes);
        read.map_err(|cause| SourceError::from_read(source, cause))?;
        if bytes.len() > limit {
            let cause = ReportFault::TooLarge { limit };
            return Err(SourceError::Report { source_name: source.to_owned(), cause }.into());
        }
        Ok(bytes)
    }

    fn assembler(&self, source: &str) -> Assembler {
        Assembler::new(&Arc::from(source), &self.options, &Router::new(None, source))
    }

    fn aggregate(&mut self, source: &str, reader: impl Read) -> Outcome {
        let mut assembler = self.assembler(source);
        let mut pieces = Pieces::new(reader, ROOT);
        let (mut report, mut rows) = (Report::default(), 0);
        let broken = loop {
            let records = match pieces.next() {
                Ok(Some(Piece::Child(element, line, bytes))) => report.take(element, line, bytes),
                Ok(Some(Piece::Root | Piece::End)) => std::mem::take(&mut report).finish(),
                Ok(None) => break None,
                Err(broken) => break Some(broken),
            };
            for record in records {
                rows += 1;
                assembler.row_of(aggregate::TABLE, &record.row.fields(), record.line, || {
                    let mut xml = String::new();
                    record.element.write_xml(&mut xml);
                    xml
                });
            }
            if rows >= BATCH_ROWS {
                rows = 0;
                self.output.deliver(source, assembler.finish(), false)?;
            }
        };
        for record in report.finish() {
            assembler.row_of(aggregate::TABLE, &record.row.fields(), record.line, String::new);
        }
        self.output.deliver(source, assembler.finish(), false)?;
        broken.map_or(Ok(()), |broken| Err(stop(source, broken)))
    }

    fn tls(&mut self, source: &str, reader: impl Read) -> Outcome {
        let fault = |cause| Stop::from(SourceError::Report { source_name: source.to_owned(), cause });
        let bytes = self.all_of(source, reader)?;
        let text = String::from_utf8_lossy(&bytes);
        let entries = tls::rows(text.trim()).map_err(|reason| fault(ReportFault::Json { reason }))?;
        let mut assembler = self.assembler(source);
        for (entry, number) in entries.iter().zip(1..) {
            assembler.row_of(tls::TABLE, &entry.row.fields(), number, || entry.json.to_owned());
        }
        self.output.deliver(source, assembler.finish(), false)
    }
}

fn stop(source: &str, broken: Broken) -> Stop {
    let source_name = source.to_owned();
    match broken {
        Broken::Truncated => SourceError::Report { source_name, cause: ReportFault::Truncated },
        Broken::TooLong => SourceError::Report { source_name, cause: ReportFault::TooLong },
        Broken::TooDeep(line) => SourceError::Report { source_name, cause: ReportFault::TooDeep { line } },
        Broken::Syntax(reason, line) => SourceError::Report { source_name, cause: ReportFault::Xml { reason, line } },
        Broken::Io(cause) => SourceError::from_read(source, cause),
    }
    .into()
}

/// Fresh limits for what a message carries: an archive in it may expand as one that is a file may.
fn budget(options: &Options, bytes: usize) -> Budget {
    let budget = Budget::new(options);
    budget.set_compressed(bytes as u64);
    budget
}
