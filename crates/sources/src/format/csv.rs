//! Separated values: the portal's CSV export, Log Analytics' and Sentinel's, and the same with semicolons or tabs.
//!
//! The separator is the one that stands most often in the header. Excel's `sep=;` in front of it is understood, and so are
//! Log Analytics' headers `TimeGenerated [UTC]`. An empty field is no value. Source for quoting: RFC 4180.

use std::borrow::Cow;
use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;
use std::sync::Arc;

use ::csv::{ByteRecord, ErrorKind, Reader, ReaderBuilder, Terminator};

use crate::assemble::Assembler;
use crate::field::{Field, Raw};
use crate::output::{Outcome, Output};
use crate::route::{self, Router};
use crate::{Options, SourceError};

const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];
/// Bytes the CSV reader asks for at a time.
const BUFFER: usize = 256 << 10;

/// Reads a whole file of separated values.
pub(super) fn read(
    source: &Arc<str>,
    head: &[u8],
    reader: impl Read,
    options: &Arc<Options>,
    router: &Router,
    output: &mut Output<'_>,
) -> Outcome {
    let since_row = Rc::new(Cell::new(0));
    let guarded =
        Guarded { inner: reader, since_row: Rc::clone(&since_row), limit: options.max_line_bytes.saturating_add(BUFFER) };
    let separator = separator(head);
    let mut reader = ReaderBuilder::new()
        .delimiter(separator)
        .terminator(Terminator::Any(b'\n'))
        .flexible(true)
        .has_headers(false)
        .buffer_capacity(BUFFER)
        .from_reader(guarded);
    let mut assembler = Assembler::new(source, options, router);
    let mut record = ByteRecord::new();
    let mut header: Option<Vec<String>> = None;
    let (mut bytes, mut first) = (0, true);
    let fault = loop {
        since_row.set(0);
        let line = reader.position().line();
        match next(&mut reader, &mut record) {
            Ok(true) => {}
            Ok(false) => break None,
            Err(cause) => break Some(fault(source, cause, line, options)),
        }
        bytes += record.as_slice().len();
        match &header {
            _ if is_blank(&record) => {}
            None if announced(record.as_slice()).is_some() => {}
            None => header = Some(columns(source, &record)?),
            Some(header) => row(&mut assembler, header, &record, line, separator),
        }
        if bytes >= options.chunk_bytes {
            bytes = 0;
            output.deliver(source, assembler.finish(), std::mem::take(&mut first))?;
        }
    };
    output.deliver(source, assembler.finish(), first)?;
    fault.map_or(Ok(()), |fault| Err(fault.into()))
}

/// Reads a record; the line feed alone ends one, so that lines are counted right, and a carriage return before it is cut off.
fn next<R: Read>(reader: &mut Reader<R>, record: &mut ByteRecord) -> Result<bool, ::csv::Error> {
    let more = reader.read_byte_record(record)?;
    let last = record.len().saturating_sub(1);
    if record.get(last).is_some_and(|field| field.ends_with(b"\r")) {
        let fields: Vec<&[u8]> = record.iter().collect();
        let mut cut = ByteRecord::with_capacity(record.as_slice().len(), fields.len());
        for (index, field) in fields.iter().enumerate() {
            cut.push_field(if index == last { field.strip_suffix(b"\r").unwrap_or(field) } else { field });
        }
        *record = cut;
    }
    Ok(more)
}

fn is_blank(record: &ByteRecord) -> bool {
    record.len() <= 1 && record.as_slice().is_empty()
}

/// The separator that a first line `sep=;` announces.
pub(super) fn announced(line: &[u8]) -> Option<u8> {
    match line.trim_ascii_end().trim_ascii_start().strip_prefix(b"sep=")? {
        // The record of such a line has lost its separator.
        [] => Some(b','),
        [separator] if SEPARATORS.contains(separator) => Some(*separator),
        _ => None,
    }
}

fn separator(head: &[u8]) -> u8 {
    let mut lines = head.split(|&byte| byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
    let line = lines.next().unwrap_or_default();
    if line.starts_with(b"sep=") {
        return line.get(4).copied().filter(|separator| SEPARATORS.contains(separator)).unwrap_or(b',');
    }
    let count = |separator: u8| memchr::memchr_iter(separator, line).count();
    // The comma where none stands more often, as in a header of one column.
    SEPARATORS.into_iter().rev().max_by_key(|&separator| count(separator)).unwrap_or(b',')
}

/// A header without the time zone that Log Analytics writes behind it.
pub(super) fn plain_name(header: &str) -> &str {
    zoned(header).map_or(header, |(name, _)| name)
}

/// `TimeGenerated [UTC]` as name and zone.
fn zoned(header: &str) -> Option<(&str, &str)> {
    header.strip_suffix(']')?.rsplit_once(" [")
}

/// The columns a header names.
fn columns(source: &str, record: &ByteRecord) -> Result<Vec<String>, SourceError> {
    let named = record.iter().enumerate().map(|(index, field)| {
        let header = String::from_utf8_lossy(field);
        match zoned(header.trim()) {
            _ if header.trim().is_empty() => Ok(format!("Column{}", index + 1)),
            Some((name, "UTC")) => Ok(name.to_owned()),
            Some((name, _)) if route::is_known_column(name) => {
                Err(SourceError::LocalTime { source_name: source.to_owned(), column: header.into_owned() })
            }
            _ => Ok(header.trim().to_owned()),
        }
    });
    named.collect()
}

fn row(assembler: &mut Assembler, header: &[String], record: &ByteRecord, line: u64, separator: u8) {
    let raw = || written(record, separator);
    if record.len() != header.len() {
        let reason = format!("the row has {} fields, its header {}", record.len(), header.len());
        return assembler.reject(line, None, reason, raw);
    }
    let mut fields = Vec::with_capacity(header.len());
    for (name, field) in header.iter().zip(record) {
        let Ok(text) = std::str::from_utf8(field) else {
            return assembler.reject(line, None, format!("column `{name}` is not UTF-8"), raw);
        };
        let value = if text.is_empty() { Raw::Null } else { Raw::Cell(text) };
        fields.push(Field { key: Cow::Borrowed(name), value });
    }
    assembler.row(&fields, line, raw);
}

/// A record as a line again.
fn written(record: &ByteRecord, separator: u8) -> String {
    let mut line = String::new();
    for (index, field) in record.iter().enumerate() {
        if index > 0 {
            line.push(char::from(separator));
        }
        let text = String::from_utf8_lossy(field);
        if text.contains(['"', '\n', '\r', char::from(separator)]) {
            line.push('"');
            line.push_str(&text.replace('"', "\"\""));
            line.push('"');
        } else {
            line.push_str(&text);
        }
    }
    line
}

/// More bytes were read than a row may have.
#[derive(Debug, thiserror::Error)]
#[error("a row is too long")]
struct TooLong;

fn fault(source: &str, cause: ::csv::Error, line: u64, options: &Options) -> SourceError {
    match cause.into_kind() {
        ErrorKind::Io(cause) if cause.get_ref().is_some_and(|inner| inner.is::<TooLong>()) => {
            SourceError::CsvRow { source_name: source.to_owned(), line, limit: options.max_line_bytes }
        }
        ErrorKind::Io(cause) => SourceError::from_read(source, cause),
        // Records of bytes and of any length have no other fault.
        other => SourceError::from_read(source, io::Error::other(format!("{other:?}"))),
    }
}

/// Stops a row whose closing quote is missing from taking the rest of the file into memory.
struct Guarded<R> {
    inner: R,
    since_row: Rc<Cell<usize>>,
    limit: usize,
}

impl<R: Read> Read for Guarded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.since_row.get() > self.limit {
            return Err(io::Error::other(TooLong));
        }
        let count = self.inner.read(buffer)?;
        self.since_row.set(self.since_row.get().saturating_add(count));
        Ok(count)
    }
}
