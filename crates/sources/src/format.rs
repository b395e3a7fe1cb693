//! What an input is, and one file for each thing it may be.
//!
//! | inside | file | what it reads |
//! | --- | --- | --- |
//! | compression | `container` | gzip, zstd, zip around anything below, twice over at most |
//! | kind | `sniff` | tells JSON lines, a JSON document, CSV and Parquet apart by their first bytes |
//! | JSON lines | `ndjson` | NDJSON, streaming append blobs, Log Analytics data export |
//! | JSON document | `document`, `envelope` | arrays, `{"records":[...]}`, Graph and Log Analytics replies, streamed |
//! | reports | [`report`] | DMARC's XML, TLS's JSON |
//! | CSV | `csv` | portal and Log Analytics exports, `;` and tab too |
//! | Parquet | `parquet` | by row group |
//!
//! Start with [`read`].

pub(crate) mod chunk;
mod container;
mod csv;
pub(crate) mod document;
pub(crate) mod envelope;
mod ndjson;
mod parquet;
pub(crate) mod sniff;

use std::fs::File;
use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;

use crate::bytes::{Budget, Stream, Utf16};
use crate::output::{Outcome, Output};
use crate::route::Router;
use crate::{Input, Item, Notice, Options, Place, ReadSummary, SourceError, pipeline};
use sniff::Kind;

/// Reads one input to its end and hands what it holds to `sink`, in order.
///
/// What is at fault does not stop the rest: a row becomes a reject, a member of an archive or the rest of a broken file
/// becomes a fault in the summary. Memory stays within a few [`Options::chunk_bytes`] and [`Options::max_line_bytes`],
/// whatever the size of the input. `ControlFlow::Break` from the sink ends the reading.
pub fn read(input: &Input, options: &Options, sink: &mut dyn FnMut(Item) -> ControlFlow<()>) -> ReadSummary {
    let mut output = Output::new(sink);
    let stream = match &input.place {
        Place::Stdin => Ok(Stream::Pipe(Box::new(io::stdin()))),
        Place::File(path) => File::open(path).and_then(Stream::of_file),
        Place::Memory(bytes) => Ok(Stream::Pipe(Box::new(io::Cursor::new(Arc::clone(bytes))))),
    };
    let outcome = match stream {
        Ok(stream) => {
            let mut reading = Reading::new(options, &mut output);
            reading.stream(&input.name, stream, 0)
        }
        Err(cause) => Err(SourceError::Open { source_name: input.name.clone(), cause }.into()),
    };
    let outcome = output.settle(outcome);
    output.summary.stopped = outcome.is_err();
    output.summary
}

/// One input being read.
pub(crate) struct Reading<'o, 's> {
    pub(crate) options: Arc<Options>,
    pub(crate) output: &'o mut Output<'s>,
    pub(crate) budget: Budget,
    /// True inside a message: what is no report is passed over, and is no fault.
    pub(crate) reports_only: bool,
}

impl<'o, 's> Reading<'o, 's> {
    pub(crate) fn new(options: &Options, output: &'o mut Output<'s>) -> Self {
        Self { options: Arc::new(options.clone()), output, budget: Budget::new(options), reports_only: false }
    }
}

impl Reading<'_, '_> {
    /// Reads a file or member, `layers` deep inside compression.
    pub(crate) fn stream(&mut self, source: &str, stream: Stream<'_>, layers: u32) -> Outcome {
        let (head, stream) = stream.peek().map_err(|cause| SourceError::from_read(source, cause))?;
        let before = self.taken();
        match sniff::container(&head) {
            Some(container) => return self.container(source, container, stream, layers),
            None if parquet::is_parquet(&head) && self.reports_only => return Ok(()),
            None if parquet::is_parquet(&head) => self.parquet(source, stream)?,
            None => self.text(source, &head, stream)?,
        }
        if self.taken() == before && !self.reports_only {
            self.output.item(Item::Notice(Notice::Empty { source: source.to_owned() }))?;
        }
        Ok(())
    }

    /// Rows read so far, good or bad.
    fn taken(&self) -> u64 {
        self.output.summary.rows + self.output.summary.rejected
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
        let kind = sniff::kind(head, self.options.table.as_deref());
        let router = Router::new(self.options.table.as_deref(), source);
        let (name, options): (Arc<str>, _) = (source.into(), Arc::clone(&self.options));
        match kind {
            Kind::Lines | Kind::Document | Kind::Separated | Kind::Unknown if self.reports_only => Ok(()),
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
