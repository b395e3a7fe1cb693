//! JSON documents of any size: arrays, and the wrappers of [`super::envelope`], cut into records while they are read.
//!
//! Looks at brackets and quotes only; whether a record is good JSON is found out by who parses it. Start with [`split`].

use std::io::{self, Read};
use std::sync::Arc;

use super::chunk::{Chunk, Cut, Layout};
use super::envelope::{self, Holds};
use crate::field::Raw;
use crate::json::Tokenizer;
use crate::output::{Outcome, Stop};
use crate::{Options, SourceError, route};

/// Bytes read at a time.
const STEP: u64 = 256 << 10;
/// How far ahead is looked for the first element of an array.
const AHEAD: usize = 256;

/// Why a document was not read to its end.
#[derive(Debug)]
pub(crate) enum Broken {
    /// The bytes cannot be read.
    Read(io::Error),
    /// The brackets do not fit.
    Structure { line: u64, reason: &'static str },
    /// Nobody wants more.
    Stop(Stop),
}

impl Broken {
    /// The fault of a whole file.
    pub(super) fn stop(self, source: &str) -> Stop {
        match self {
            Self::Read(cause) => SourceError::from_read(source, cause).into(),
            Self::Structure { line, reason } => SourceError::Document { source_name: source.to_owned(), line, reason }.into(),
            Self::Stop(stop) => stop,
        }
    }

    /// The fault of a document in a line.
    pub(crate) fn reason(&self) -> &'static str {
        match self {
            Self::Structure { reason, .. } => reason,
            Self::Read(_) | Self::Stop(_) => "the line cannot be read",
        }
    }
}

type Step<T> = Result<T, Broken>;

/// Cuts the documents of `reader` into chunks of records.
pub(crate) fn split(reader: impl Read, options: &Options, put: &mut dyn FnMut(Chunk) -> Outcome) -> Step<()> {
    let cursor = Cursor { reader, buffer: Vec::new(), at: 0, ended: false, fault: None, line: 1 };
    let mut document = Document { cursor, options, put, chunk: Chunk::default(), row: 0 };
    let read = document.values();
    let flushed = match &read {
        Err(Broken::Stop(_)) => Ok(()),
        _ => document.flush(),
    };
    flushed.and(read)
}

struct Document<'a, R> {
    cursor: Cursor<R>,
    options: &'a Options,
    put: &'a mut dyn FnMut(Chunk) -> Outcome,
    chunk: Chunk,
    /// Number of the last record inside an array.
    row: u64,
}

impl<R: Read> Document<'_, R> {
    /// Values one after another, as files put together hold.
    fn values(&mut self) -> Step<()> {
        while let Some(byte) = self.cursor.next_token()? {
            match byte {
                b'[' => {
                    self.cursor.at += 1;
                    self.records(&Layout::Objects)?;
                }
                b'{' => self.object()?,
                _ => self.stray_line()?,
            }
        }
        Ok(())
    }

    /// Something between the values that is none of them: rejected up to the end of its line.
    fn stray_line(&mut self) -> Step<()> {
        let line = self.cursor.line;
        let mut text = Vec::new();
        while let Some(byte) = self.cursor.peek()? {
            if byte == b'\n' {
                break;
            }
            self.cursor.at += 1;
            if text.len() <= self.options.max_reject_bytes {
                text.push(byte);
            }
        }
        self.chunk.rejects.push((line, "not JSON: an object or array expected".to_owned(), text));
        self.flush_when_full()
    }

    /// An object: a wrapper, whose records are cut out, or itself a record.
    fn object(&mut self) -> Step<()> {
        let line = self.cursor.line;
        self.cursor.at += 1;
        let limit = self.options.max_line_bytes;
        let (mut text, mut key) = (vec![b'{'], Vec::new());
        // Whether all of the object is in `text`, should it turn out to be a record.
        let mut whole = true;
        let (mut wrapper, mut odata) = (false, false);
        loop {
            match self.cursor.must("the document ends inside an object")? {
                b'}' => break,
                b',' => self.cursor.at += 1,
                b'"' => {
                    key.clear();
                    whole &= self.cursor.value(&mut key, limit)?;
                    let name = unquoted(&key);
                    odata |= name.starts_with("@odata.");
                    let holds = envelope::holds(name, odata);
                    self.cursor.colon()?;
                    if holds != Holds::Other && self.cursor.opens_array_of_objects()? {
                        wrapper = true;
                        match holds {
                            Holds::Tables => self.tables()?,
                            _ => self.records(&Layout::Objects)?,
                        }
                        continue;
                    }
                    whole &= text.len() + key.len() + 2 <= limit;
                    if whole {
                        if text.len() > 1 {
                            text.push(b',');
                        }
                        text.extend_from_slice(&key);
                        text.push(b':');
                    }
                    let room = limit.saturating_sub(text.len());
                    whole &= self.cursor.value(&mut text, room)?;
                }
                _ => return Err(self.cursor.structure("a member's name, `,` or `}` expected")),
            }
        }
        self.cursor.at += 1;
        if wrapper {
            return Ok(());
        }
        text.push(b'}');
        self.record(text, whole, line)
    }

    /// A record that stands alone.
    fn record(&mut self, text: Vec<u8>, whole: bool, line: u64) -> Step<()> {
        self.lay_out(&Layout::Objects)?;
        if whole {
            let start = self.chunk.text.len();
            self.chunk.text.extend_from_slice(&text);
            self.mark(start, line);
        } else {
            self.too_long(line, text);
        }
        self.flush_when_full()
    }

    /// The elements of an array whose opening bracket is read; the closing one is read too.
    fn records(&mut self, layout: &Layout) -> Step<()> {
        self.lay_out(layout)?;
        loop {
            match self.cursor.must("the document ends inside an array of records")? {
                b']' => {
                    self.cursor.at += 1;
                    return Ok(());
                }
                b',' => self.cursor.at += 1,
                b'}' | b':' => return Err(self.cursor.structure("a record, `,` or `]` expected")),
                _ => {
                    self.row += 1;
                    let start = self.chunk.text.len();
                    let kept = self.cursor.value(&mut self.chunk.text, self.options.max_line_bytes);
                    match kept {
                        Ok(true) => self.mark(start, self.row),
                        Ok(false) => {
                            let beginning = self.chunk.text.split_off(start);
                            self.too_long(self.row, beginning);
                        }
                        Err(broken) => {
                            self.chunk.text.truncate(start);
                            return Err(broken);
                        }
                    }
                    self.flush_when_full()?;
                    self.lay_out(layout)?;
                }
            }
        }
    }

    /// The tables of a query API's reply.
    fn tables(&mut self) -> Step<()> {
        loop {
            match self.cursor.must("the document ends inside the list of tables")? {
                b']' => {
                    self.cursor.at += 1;
                    return Ok(());
                }
                b',' => self.cursor.at += 1,
                b'{' => {
                    self.cursor.at += 1;
                    self.table()?;
                }
                _ => return Err(self.cursor.structure("a table expected")),
            }
        }
    }

    /// One table of a reply, behind its opening brace.
    fn table(&mut self) -> Step<()> {
        let mut table = None;
        let mut columns: Option<Arc<[String]>> = None;
        let (mut key, mut value) = (Vec::new(), Vec::new());
        loop {
            match self.cursor.must("the document ends inside a table")? {
                b'}' => {
                    self.cursor.at += 1;
                    return Ok(());
                }
                b',' => {
                    self.cursor.at += 1;
                    continue;
                }
                b'"' => {}
                _ => return Err(self.cursor.structure("a member of a table expected")),
            }
            key.clear();
            self.cursor.value(&mut key, self.options.max_line_bytes)?;
            let name = unquoted(&key);
            self.cursor.colon()?;
            let opens = self.cursor.must("the document ends inside a table")? == b'[';
            if envelope::table::ROWS.contains(&name) && opens {
                let Some(columns) = &columns else {
                    return Err(self.cursor.structure("a table's columns must stand before its rows"));
                };
                self.cursor.at += 1;
                self.records(&Layout::Arrays { columns: Arc::clone(columns), table: table.clone() })?;
                continue;
            }
            value.clear();
            self.cursor.value(&mut value, self.options.max_line_bytes)?;
            let value = std::str::from_utf8(&value).unwrap_or_default();
            if envelope::table::NAME.contains(&name) {
                table = text_of(value).and_then(|name| route::known_table(&name)).map(Arc::from);
            } else if envelope::table::COLUMNS.contains(&name) {
                columns = Some(
                    column_names(value).ok_or_else(|| self.cursor.structure("the table's columns are not a list of names"))?,
                );
            }
        }
    }

    /// Sees to it that the records to come stand in a chunk of their layout.
    fn lay_out(&mut self, layout: &Layout) -> Step<()> {
        if self.chunk.layout != *layout {
            self.flush()?;
            self.chunk.layout = layout.clone();
        }
        Ok(())
    }

    fn mark(&mut self, start: usize, line: u64) {
        let end = self.chunk.text.len();
        if let Cut::Spans(spans) = &mut self.chunk.cut {
            spans.push((start..end, line));
        }
    }

    fn too_long(&mut self, line: u64, mut beginning: Vec<u8>) {
        beginning.truncate(self.options.max_reject_bytes + 1);
        let reason = format!("the record is longer than {} bytes", self.options.max_line_bytes);
        self.chunk.rejects.push((line, reason, beginning));
    }

    fn flush_when_full(&mut self) -> Step<()> {
        let full = self.chunk.text.len() >= self.options.chunk_bytes || self.chunk.rejects.len() >= self.options.batch_rows;
        if full { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Step<()> {
        let next = Chunk { layout: self.chunk.layout.clone(), ..Chunk::default() };
        let chunk = std::mem::replace(&mut self.chunk, next);
        if chunk.text.is_empty() && chunk.rejects.is_empty() {
            return Ok(());
        }
        (self.put)(chunk).map_err(Broken::Stop)
    }
}

/// A member's name as it stands in the document.
fn unquoted(key: &[u8]) -> &str {
    std::str::from_utf8(key).unwrap_or_default().trim_matches('"')
}

/// The text of a JSON string.
fn text_of(json: &str) -> Option<String> {
    match Tokenizer::new(json).whole() {
        Ok(Raw::Text(text)) => Some(text.to_owned()),
        _ => None,
    }
}

/// The names in a reply's list of columns.
fn column_names(json: &str) -> Option<Arc<[String]>> {
    let mut names = Vec::new();
    let mut complete = true;
    let listed = Tokenizer::new(json).array(|column| {
        let (mut fields, mut inner) = (Vec::new(), Vec::new());
        let name = match column {
            Raw::Nested { json, .. } if Tokenizer::new(json).object(&mut fields, &mut inner).is_ok() => fields
                .iter()
                .find(|field| envelope::table::COLUMN_NAME.contains(&field.key.as_ref()))
                .and_then(|field| field.value.plain_text()),
            _ => None,
        };
        complete &= name.is_some();
        names.extend(name.map(str::to_owned));
    });
    (listed.is_ok() && complete).then(|| names.into())
}

/// A place in the bytes of a document.
struct Cursor<R> {
    reader: R,
    buffer: Vec<u8>,
    at: usize,
    ended: bool,
    /// A fault met while reading ahead; it is told once the bytes before it are used up.
    fault: Option<io::Error>,
    line: u64,
}

impl<R: Read> Cursor<R> {
    /// Reads more bytes behind those not yet used; false at the end.
    fn more(&mut self) -> Step<bool> {
        if let Some(fault) = self.fault.take() {
            self.ended = true;
            return Err(Broken::Read(fault));
        }
        if self.ended {
            return Ok(false);
        }
        self.buffer.drain(..self.at);
        self.at = 0;
        let before = self.buffer.len();
        match Read::by_ref(&mut self.reader).take(STEP).read_to_end(&mut self.buffer) {
            Ok(_) => {}
            Err(fault) if self.buffer.len() > before => self.fault = Some(fault),
            Err(fault) => {
                self.ended = true;
                return Err(Broken::Read(fault));
            }
        }
        self.ended = self.buffer.len() == before;
        Ok(!self.ended)
    }

    fn peek(&mut self) -> Step<Option<u8>> {
        if self.at == self.buffer.len() && !self.more()? {
            return Ok(None);
        }
        Ok(self.buffer.get(self.at).copied())
    }

    /// Skips white space; the byte behind it.
    fn next_token(&mut self) -> Step<Option<u8>> {
        while let Some(byte) = self.peek()? {
            match byte {
                b'\n' => self.line += 1,
                b' ' | b'\t' | b'\r' => {}
                _ => return Ok(Some(byte)),
            }
            self.at += 1;
        }
        Ok(None)
    }

    /// The next byte that is no white space; without one the document is broken.
    fn must(&mut self, reason: &'static str) -> Step<u8> {
        self.next_token()?.ok_or(Broken::Structure { line: self.line, reason })
    }

    fn colon(&mut self) -> Step<()> {
        if self.must("the document ends behind a member's name")? != b':' {
            return Err(self.structure("`:` expected"));
        }
        self.at += 1;
        self.must("the document ends behind a member's name").map(|_| ())
    }

    /// Whether an array follows that is empty or begins with an object; if so, its bracket is read.
    fn opens_array_of_objects(&mut self) -> Step<bool> {
        if self.peek()? != Some(b'[') {
            return Ok(false);
        }
        while self.buffer.len() - self.at < AHEAD && self.fault.is_none() && self.more()? {}
        let ahead = self.buffer.get(self.at + 1..).unwrap_or_default().trim_ascii_start();
        let objects = matches!(ahead.first(), Some(b'{' | b']') | None);
        self.at += usize::from(objects);
        Ok(objects)
    }

    /// Appends one value to `out`; false when it is longer than `limit`, and then only its beginning is kept.
    fn value(&mut self, out: &mut Vec<u8>, limit: usize) -> Step<bool> {
        let start = out.len();
        let mut scan = Scan::default();
        let mut length = 0_usize;
        loop {
            if self.at == self.buffer.len() && !self.more()? {
                return match scan.ends_anywhere() {
                    true => Ok(length <= limit),
                    false => Err(Broken::Structure { line: self.line, reason: "the document ends inside a value" }),
                };
            }
            let rest = self.buffer.get(self.at..).unwrap_or_default();
            let (taken, done) = scan.advance(rest);
            let taken_bytes = rest.get(..taken).unwrap_or_default();
            self.line += memchr::memchr_iter(b'\n', taken_bytes).count() as u64;
            length = length.saturating_add(taken);
            let room = limit.saturating_sub(out.len() - start);
            out.extend_from_slice(taken_bytes.get(..taken.min(room)).unwrap_or_default());
            self.at += taken;
            if done {
                return Ok(length <= limit);
            }
        }
    }

    fn structure(&self, reason: &'static str) -> Broken {
        Broken::Structure { line: self.line, reason }
    }
}

/// How far a value is read.
#[derive(Debug, Default)]
struct Scan {
    begun: bool,
    depth: u64,
    in_string: bool,
    escaped: bool,
}

impl Scan {
    /// A number or word may end with the document.
    fn ends_anywhere(&self) -> bool {
        self.begun && self.depth == 0 && !self.in_string
    }

    /// How many bytes of `bytes` belong to the value, and whether it ends with them.
    fn advance(&mut self, bytes: &[u8]) -> (usize, bool) {
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            if self.in_string {
                if self.escaped {
                    self.escaped = false;
                    at += 1;
                    continue;
                }
                let Some(found) = memchr::memchr2(b'"', b'\\', bytes.get(at..).unwrap_or_default()) else {
                    return (bytes.len(), false);
                };
                at += found + 1;
                if bytes.get(at - 1) == Some(&b'\\') {
                    self.escaped = true;
                } else {
                    self.in_string = false;
                    if self.depth == 0 {
                        return (at, true);
                    }
                }
                continue;
            }
            match byte {
                b'"' if self.begun && self.depth == 0 => return (at, true),
                b'"' => self.in_string = true,
                b'{' | b'[' if self.begun && self.depth == 0 => return (at, true),
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' | b',' | b':' | b' ' | b'\t' | b'\r' | b'\n' if self.depth == 0 => return (at, true),
                b'}' | b']' => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        return (at + 1, true);
                    }
                }
                _ => {}
            }
            self.begun = true;
            at += 1;
        }
        (bytes.len(), false)
    }
}
