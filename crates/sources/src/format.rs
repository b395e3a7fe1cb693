//! What an input is, and one file for each thing it may be.
//!
//! | inside | file | what it reads |
//! | --- | --- | --- |
//! | compression | `container` | gzip, zstd, zip around anything below, twice over at most; tar |
//! | kind | `sniff` | tells JSON lines, a JSON document, CSV, Parquet and messages apart by their first bytes |
//! | JSON lines | `ndjson` | NDJSON, streaming append blobs, Log Analytics data export |
//! | JSON document | `document`, `envelope` | arrays, `{"records":[...]}`, Graph and Log Analytics replies, streamed |
//! | reports | [`report`] | DMARC's XML, TLS's JSON |
//! | CSV | `csv` | portal and Log Analytics exports, `;` and tab too |
//! | Parquet | `parquet` | by row group |
//! | messages | `mail` | one, a mailbox of them, one of Outlook: cut out here, read by [`crate::message`] |
//!
//! Start with [`read_all`].

pub(crate) mod chunk;
mod container;
mod csv;
pub(crate) mod document;
pub(crate) mod envelope;
mod mail;
mod ndjson;
mod parquet;
pub(crate) mod sniff;

use std::fs::File;
use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;

use crate::bytes::{Budget, Stream, Utf16};
use crate::message::Batch;
use crate::message::sniff as message_sniff;
use crate::output::{Outcome, Output};
use crate::route::Router;
use crate::{Input, Item, Notice, Options, Place, ReadSummary, SourceError, pipeline};
use sniff::Kind;

/// Reads one input to its end and hands what it holds to `sink`, in order.
///
/// What is at fault does not stop the rest: a row becomes a reject, a member of an archive or the rest of a broken file
/// becomes a fault in the summary. Memory stays within a few [`Options::chunk_bytes`] and [`Options::max_line_bytes`], or a few of the
/// longest messages, whatever the size of the input. `ControlFlow::Break` from the sink ends the reading.
pub fn read(input: &Input, options: &Options, sink: &mut dyn FnMut(Item) -> ControlFlow<()>) -> ReadSummary {
    read_all(std::slice::from_ref(input), options, &mut |_, item| sink(item))
}

/// Reads inputs one after another, as [`read`] does, and hands what they hold to `sink`, each item with the place of its input among `inputs`.
///
/// Messages of several inputs are read together, so that those who verify them have many at a time to do: their rows come when enough of
/// them are there, and at the end, and those in one batch may be of several inputs. A reject always comes with its own.
pub fn read_all(inputs: &[Input], options: &Options, sink: &mut dyn FnMut(usize, Item) -> ControlFlow<()>) -> ReadSummary {
    let options = Arc::new(options.clone());
    let (mut output, mut mail) = (Output::new(sink), Batch::default());
    let mut outcome = Ok(());
    for (number, input) in inputs.iter().enumerate() {
        output.input = number;
        let read = one(input, &options, &mut output, &mut mail);
        outcome = output.settle(read);
        if outcome.is_err() {
            break;
        }
    }
    let outcome = outcome.and_then(|()| {
        let flushed = mail.flush(&options, &mut output);
        output.settle(flushed)
    });
    output.summary.stopped = outcome.is_err();
    output.summary
}

fn one(input: &Input, options: &Arc<Options>, output: &mut Output<'_>, mail: &mut Batch) -> Outcome {
    let stream = match &input.place {
        Place::Stdin => Ok(Stream::Pipe(Box::new(io::stdin()))),
        Place::File(path) => File::open(path).and_then(Stream::of_file),
        Place::Memory(bytes) => Ok(Stream::Pipe(Box::new(io::Cursor::new(Arc::clone(bytes))))),
    };
    let stream = stream.map_err(|cause| SourceError::Open { source_name: input.name.clone(), cause })?;
    if options.lines {
        return lines(&input.name, stream, options, output);
    }
    Reading::new(options, output, mail).stream(&input.name, stream, 0)
}

/// Reads JSON lines, and takes them for nothing else.
fn lines(source: &str, stream: Stream<'_>, options: &Arc<Options>, output: &mut Output<'_>) -> Outcome {
    let router = Router::new(options.table.as_deref(), "");
    let mut reader = stream.into_reader();
    pipeline::run(&source.into(), options, &router, output, |put| ndjson::split(source, &mut reader, options, put))
}

/// One input being read.
pub(crate) struct Reading<'o, 's> {
    pub(crate) options: Arc<Options>,
    pub(crate) output: &'o mut Output<'s>,
    /// Messages that wait to be read together.
    mail: &'o mut Batch,
    pub(crate) budget: Budget,
    /// Tar archives that are open, one inside the other.
    tars: u32,
    /// True inside a message: what is no report is passed over, and is no fault.
    pub(crate) inside_message: bool,
}

impl<'o, 's> Reading<'o, 's> {
    pub(crate) fn new(options: &Arc<Options>, output: &'o mut Output<'s>, mail: &'o mut Batch) -> Self {
        Self { options: Arc::clone(options), output, mail, budget: Budget::new(options), tars: 0, inside_message: false }
    }
}

impl Reading<'_, '_> {
    /// Reads a file or member, `layers` deep inside compression.
    pub(crate) fn stream(&mut self, source: &str, stream: Stream<'_>, layers: u32) -> Outcome {
        let (head, stream) = stream.peek().map_err(|cause| SourceError::from_read(source, cause))?;
        let before = self.taken();
        match sniff::container(&head) {
            Some(container) => return self.container(source, container, stream, layers),
            None if parquet::is_parquet(&head) && self.inside_message => return Ok(()),
            None if parquet::is_parquet(&head) => self.parquet(source, stream)?,
            None if message_sniff::is_compound(&head) && self.inside_message => return Ok(()),
            None if message_sniff::is_compound(&head) => self.outlook(source, stream)?,
            None => self.text(source, &head, stream)?,
        }
        if self.taken() == before && !self.inside_message {
            self.output.item(Item::Notice(Notice::Empty { source: source.to_owned() }))?;
        }
        Ok(())
    }

    /// Rows read so far, good or bad, and messages.
    fn taken(&self) -> u64 {
        self.output.summary.rows + self.output.summary.rejected + self.mail.taken()
    }

    /// Reads text in any of its encodings.
    fn text(&mut self, source: &str, head: &[u8], stream: Stream<'_>) -> Outcome {
        let Some((skip, big_endian)) = sniff::utf16(head) else {
            return self.utf8(source, head, stream);
        };
        let mut reader = stream.into_reader();
        io::copy(&mut io::Read::take(&mut reader, skip), &mut io::sink())
            .map_err(|cause| SourceError::from_read(source, cause))?;
        let stream = Stream::Pipe(Box::new(Utf16::new(reader, big_endian)));
        let (head, stream) = stream.peek().map_err(|cause| SourceError::from_read(source, cause))?;
        self.utf8(source, &head, stream)
    }

    fn utf8(&mut self, source: &str, head: &[u8], stream: Stream<'_>) -> Outcome {
        let mut reader = stream.into_reader();
        let head = match head.strip_prefix(sniff::UTF8_MARK) {
            Some(rest) => {
                let mut mark = [0; sniff::UTF8_MARK.len()];
                io::Read::read_exact(&mut reader, &mut mark).map_err(|cause| SourceError::from_read(source, cause))?;
                rest
            }
            None => head,
        };
        if !self.inside_message && message_sniff::is_mbox(head) {
            return self.mailbox(source, reader);
        }
        if !self.inside_message && !self.options.reports_only && message_sniff::is_message(head) {
            return self.message(source, reader);
        }
        let kind = sniff::kind(head, self.options.table.as_deref());
        let router = Router::new(self.options.table.as_deref(), source);
        let (name, options): (Arc<str>, _) = (source.into(), Arc::clone(&self.options));
        let is_other = !matches!(kind, Kind::Report(_) | Kind::Empty);
        match kind {
            _ if is_other && self.inside_message => Ok(()),
            _ if is_other && self.options.reports_only => self.reports_of(source, reader),
            // A compressed stream may break before its first byte.
            Kind::Empty => {
                io::copy(&mut reader, &mut io::sink()).map(|_| ()).map_err(|cause| SourceError::from_read(source, cause).into())
            }
            Kind::Lines => {
                pipeline::run(&name, &options, &router, self.output, |put| ndjson::split(source, &mut reader, &options, put))
            }
            Kind::Document => pipeline::run(&name, &options, &router, self.output, |put| {
                document::split(&mut reader, &options, put).map_err(|broken| broken.stop(source))
            }),
            Kind::Report(form) => self.report(source, form, reader),
            Kind::Separated => csv::read(&name, head, reader, &options, &router, self.output),
            Kind::Unknown => Err(SourceError::Format { source_name: source.to_owned() }.into()),
        }
    }
}
